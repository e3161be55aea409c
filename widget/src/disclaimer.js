/** The disclaimer that ends a reply. */

import { words } from 'content:words';

/** Returns a text in two: what it says, and the disclaimer at its end, which may be empty. */
export function parted(text) {
  if (!text.endsWith(words.disclaimer)) return { body: text, disclaimer: '' };
  return { body: text.slice(0, -words.disclaimer.length).trim(), disclaimer: words.disclaimer };
}
