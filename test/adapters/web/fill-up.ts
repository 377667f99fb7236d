/** What Chromium lets an origin keep in localStorage: UTF-16 code units, keys included. */
export const BROWSER_QUOTA = 5_242_880;

const BALLAST = 'ballast';

/** Fills localStorage with one key, so that so many units are left. */
export function fillUp(left: number): void {
  localStorage.removeItem(BALLAST);
  let used = BALLAST.length;
  for (let index = 0; index < localStorage.length; index += 1) {
    const key = localStorage.key(index) as string;
    used += key.length + (localStorage.getItem(key) as string).length;
  }
  localStorage.setItem(BALLAST, 'x'.repeat(BROWSER_QUOTA - used - left));
}
