/** Whom to turn to in danger: numbers as wide buttons, the first first, the others behind one tap. */

import { html, nothing } from 'lit';
import { words } from 'content:words';
import { link } from './link.js';

const MOST = 3;

/** Tells whether a button calls or texts somebody. */
export function isLine({ url }) {
  return /^(tel|sms):/.test(url ?? '');
}

/** Returns the buttons of a reply, or without them those that the widget knows itself; `more` leads to the others. */
export function helpLines(lines, more) {
  const known = lines.length ? lines : words.help.lines;
  const wide = ({ url, title }) => link(url, title, 'line');
  const others = known.slice(MOST);
  return html`
    <div class="lines">
      ${known.slice(0, MOST).map(wide)}
      ${others.length
        ? html`<details><summary class="line quiet">${words.help.other}</summary>${others.map(wide)}</details>`
        : nothing}
      ${more || nothing}
    </div>
  `;
}
