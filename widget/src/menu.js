/** What can be done with the whole conversation. What would be lost is asked about first. */

import { html } from 'lit';
import { words } from 'content:words';

/**
 * Returns the menu, or where `sure` is `restart` or `delete` the question before that. `actions` are `save`, `restart`,
 * `delete`, `isSure(what)` and `toggle`.
 */
export function menu(sure, actions) {
  const item = (title, act) => html`<button class="item" @click=${act}>${title}</button>`;
  if (sure) {
    const { text, confirm } = words.sure[sure];
    return html`<div class="menu" role="group" aria-label=${confirm}>
      <p>${text}</p>
      ${item(confirm, actions[sure])} ${item(words.sure.back, actions.toggle)}
    </div>`;
  }
  return html`<div class="menu" role="group" aria-label=${words.chat.more}>
    ${item(words.chat.save, actions.save)} ${item(words.sure.delete.confirm, () => actions.isSure('delete'))}
    ${item(words.chat.restart, () => actions.isSure('restart'))}
  </div>`;
}
