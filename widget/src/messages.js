/** What was said, as a list: the visitor's questions, and the answers with what belongs to each. */

import { html, nothing } from 'lit';
import { words } from 'content:words';
import { parted } from './disclaimer.js';
import { thumbDown, thumbUp } from './icons.js';
import { link } from './link.js';
import { richText } from './rich-text.js';

/**
 * Returns the list. `actions` are what its buttons do: `ask(button)`, `openForm(button, entry)`, `rate(entry, helpful)`.
 */
export function messageList(entries, waiting, actions) {
  const last = entries.at(-1);
  return html`
    <ol>
      ${welcome(!entries.length, actions)}
      ${entries.map((entry) =>
        entry.message === undefined ? answer(entry, entry === last && !waiting, actions) : question(entry),
      )}
    </ol>
  `;
}

/** Returns a reply as it is read aloud. */
export function announced(messages, withDisclaimer) {
  return messages
    .map(({ text }) => (withDisclaimer ? text : parted(text).body))
    .join('\n\n');
}

function welcome(offersStarters, actions) {
  const buttons = words.starters.map((topic) => ({ title: words.titles[topic], payload: `/${topic}` }));
  return html`
    <li class="bot">
      <div class="bubble">${richText(words.chat.welcome)}<small>${words.disclaimer}</small></div>
      ${offersStarters ? html`<p class="lead">${words.chat.starters}</p>${replies({ buttons }, true, actions)}` : nothing}
    </li>
  `;
}

function question({ text, at }) {
  return html`
    <li class="visitor">
      <div class="bubble"><span class="unseen">${words.chat.visitor}</span><p>${text}</p>${time(at)}</div>
    </li>
  `;
}

function answer(entry, isLast, actions) {
  const { body, disclaimer } = parted(entry.text);
  return html`
    <li class="bot">
      <div class="bubble">
        <span class="unseen">${words.chat.bot}</span>
        ${richText(body)}
        ${entry.source ? html`<small class="source">${entry.source}</small>` : nothing}
        ${disclaimer ? html`<small>${disclaimer}</small>` : nothing}
        ${time(entry.at)}
      </div>
      ${entry.topic in words.titles ? thumbs(entry, actions) : nothing} ${replies(entry, isLast, actions)}
    </li>
  `;
}

function thumbs(entry, actions) {
  const thumb = (helpful, title, picture) => html`
    <button class="icon" aria-label=${title} title=${title} aria-pressed=${entry.helpful === helpful}
      @click=${() => actions.rate(entry, helpful)}>${picture}</button>
  `;
  return html`<div class="thumbs">
    ${thumb(true, words.chat.helpful, thumbUp)} ${thumb(false, words.chat.unhelpful, thumbDown)}
  </div>`;
}

/** Questions to ask stand only under the latest answer; what leads to a person or a telephone stays. */
function replies(entry, isLast, actions) {
  const shown = (entry.buttons ?? []).filter(({ url }) => url || isLast);
  const button = (title, act) => html`<button class="reply" @click=${act}>${title}</button>`;
  return html`<div class="replies">
    ${shown.map((each) => {
      if (isContactButton(each)) return button(each.title, () => actions.openForm(each, entry));
      return each.url ? link(each.url, each.title, 'reply') : button(each.title, () => actions.ask(each));
    })}
  </div>`;
}

/** The button that accepts the offer of the contact form; its link is for those who have no widget. */
function isContactButton({ payload, url }) {
  return Boolean(url) && (payload === '/affirm' || payload === '/contact');
}

function time(at) {
  const moment = new Date(at);
  const told = moment.toLocaleTimeString('en-AU', { hour: 'numeric', minute: '2-digit' });
  return html`<time class="unseen" datetime=${moment.toISOString()}>${told}</time>`;
}
