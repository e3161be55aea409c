/** A link that leaves the page where it is. */

import { html, nothing } from 'lit';
import { words } from 'content:words';
import { safeLink } from './safe-link.js';

/** Returns a link, or the plain title where the address may not be one. */
export function link(address, title, style = nothing) {
  if (!safeLink(address)) return title;
  if (!address.startsWith('http')) return html`<a class=${style} href=${address}>${title}</a>`;
  return html`<a class=${style} href=${address} target="_blank" rel="noopener noreferrer"
    >${title} <span class="unseen">${words.chat.newWindow}</span></a
  >`;
}
