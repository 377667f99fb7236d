/** Whether a text holds no lone surrogates, which UTF-8 cannot carry (hazard H6). In every engine since 2023. */
export function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
