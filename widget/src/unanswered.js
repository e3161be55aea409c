/** What stands in place of an answer that did not come. */

import { html } from 'lit';
import { words } from 'content:words';
import { helpLines } from './help.js';
import { link } from './link.js';

/** Returns the words for the reason: `long`, `busy`, `slow` or `offline`. */
export function faultOf({ fault }) {
  return words.faults[fault] ?? words.offline;
}

/** Help first: nobody has read what was asked, and it may be what can't wait. `actions` are `shorten` and `retry`. */
export function unanswered(conversation, contact, actions) {
  const { title, text } = faultOf(conversation);
  const again = (named, act) => html`<button class="reply" @click=${act}>${named}</button>`;
  return html`
    <div class="offline">
      <h3>${title}</h3>
      <p>${text}</p>
      <div class="danger"><p>${words.help.heading}</p>${helpLines([])}</div>
      <div class="replies">
        ${conversation.fault === 'long'
          ? again(words.faults.shorten, actions.shorten)
          : again(words.offline.retry, actions.retry)}
        ${link(contact ?? `${conversation.server.address}contact`, words.offline.contact, 'reply')}
      </div>
    </div>
  `;
}
