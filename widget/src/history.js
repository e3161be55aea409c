/** What outlives a reload: the conversation, in this tab and no longer than it. Form fields never come here. */

const KEY = 'anodyne-chat';

/** Returns what was kept last, or an empty object. */
export function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/** Keeps an object in place of what was kept. */
export function keep(state) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(state));
  } catch {
    // Storage is barred or full: the conversation then ends with the page.
  }
}

/**
 * Calls `restored` when the page comes back out of the browser's memory, and `rewritten` when another frame of the tab
 * has kept something: what is kept is then newer than what this page knows.
 */
export function onNewer(restored, rewritten) {
  addEventListener('pageshow', ({ persisted }) => persisted && restored());
  addEventListener('storage', ({ key, storageArea }) => key === KEY && storageArea === sessionStorage && rewritten());
}
