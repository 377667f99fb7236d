/**
 * A function that asks the browser, the first time it is called, not to evict what it keeps for this origin (hazard
 * H10). A wish: browsers answer by themselves, or ask the user, and nothing here waits for it.
 */
export function persistenceRequest(): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    const { navigator } = globalThis as { readonly navigator?: { readonly storage?: Partial<StorageManager> } };
    // A refusal leaves everything as it was.
    navigator?.storage?.persist?.().catch(() => {});
  };
}
