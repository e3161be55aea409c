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
