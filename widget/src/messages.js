/** What was said, as a list: the visitor's questions, and the answers with what belongs to each. */

import { html, nothing } from 'lit';
import { words } from 'content:words';
import { parted } from './disclaimer.js';
import { helpLines, isLine } from './help.js';
import { copy, thumbDown, thumbUp } from './icons.js';
import { link } from './link.js';
import { blocks, hasNumber, richText } from './rich-text.js';

// One or two.
const FIRST_SENTENCES = /^((?:.*?[.!?](?:\s+|$)){1,2}|.*)(.*)$/;

/**
 * Returns the list. `starters` are the buttons that it begins with; `first` is the first entry with a disclaimer.
 * `actions` are what its buttons do: `ask(button)`, `openForm(button, entry)`, `rate(entry, helpful, reason)`,
 * `copy(entry)`; and `privacy`, the address of the page that says what is kept.
 */
export function messageList(entries, { waiting, starters, first, begins }, actions) {
  const last = entries.at(-1);
  const item = (entry) => {
    if (entry.message !== undefined) return question(entry);
    if (entry.reference) return receipt(entry);
    return answer(entry, { isLast: entry === last && !waiting, isFirst: entry === first }, actions);
  };
  return html`<ol>${begins ? welcome(entries.length ? [] : starters, actions) : nothing} ${entries.map(item)}</ol>`;
}

/** Returns a reply as it is read aloud. */
export function announced(messages, withDisclaimer) {
  return messages
    .map(({ text }) => (withDisclaimer ? text : parted(text).body))
    .join('\n\n');
}

/** Returns what a message says, without an address that its button opens. */
export function said({ text, buttons = [] }) {
  const { body } = parted(text);
  const form = buttons.find(isContactButton)?.url.split(/[?#]/)[0];
  if (!form) return body;
  return body
    .split('\n')
    .map((line) => {
      const at = line.indexOf(form);
      if (at < 0) return line;
      const [before, after] = [line.slice(0, at).trim().replace(/:$/, ''), line.slice(at).replace(/^\S*?(?=[.,;]?(\s|$))/, '')];
      return before + (after.trim() ? after : '.');
    })
    .join('\n');
}

function welcome(starters, actions) {
  return html`
    <li class="bot">
      <div class="bubble">${richText(words.chat.welcome)}<p>${link(actions.privacy, words.chat.privacy)}</p></div>
      ${starters.length
        ? html`<p class="lead">${words.chat.starters}</p>${suggestions({ buttons: starters }, true, actions)}`
        : nothing}
    </li>
  `;
}

function question({ text, at }) {
  return html`
    <li class="visitor">
      <div class="bubble"><span class="unseen">${words.chat.visitor}</span><p dir="auto">${text}</p>${time(at)}</div>
    </li>
  `;
}

function receipt({ reference, at }) {
  return html`<li class="note"><p>${words.chat.sent} <strong class="reference">${reference}</strong></p>${time(at)}</li>`;
}

function answer(entry, { isLast, isFirst }, actions) {
  const { disclaimer } = parted(entry.text);
  // What was not read may have been a call for help.
  const danger = entry.concern === 'danger' || Boolean(entry.error);
  return html`
    <li class="bot">
      <div class=${danger ? 'bubble danger' : 'bubble'}>
        <span class="unseen">${words.chat.bot}</span>
        ${danger ? urgent(entry, isLast, actions) : calm(entry)}
        ${disclaimer ? smallPrint(disclaimer, isFirst) : nothing}
        ${time(entry.at)}
      </div>
      ${suggestions(entry, isLast, actions)} ${foot(entry, actions)}
    </li>
  `;
}

/** One line, that opens to the whole; the first of a conversation is whole already. */
function smallPrint(text, isWhole) {
  return isWhole ? html`<small>${text}</small>` : html`<details class="print"><summary>${text}</summary></details>`;
}

/** A sentence or two, then whom to turn to, then the rest. */
function urgent(entry, isLast, actions) {
  const rest = blocks(said(entry));
  const [, lead, more] = (Array.isArray(rest[0]) ? '' : rest.shift() ?? '').match(FIRST_SENTENCES);
  const lines = (entry.buttons ?? []).filter(isLine);
  return html`
    ${richText([lead])} ${helpLines(lines, isLast && otherLines(entry, actions))}
    ${richText([more, ...rest].filter((block) => block.length))}
  `;
}

/** The answer; where there may be cause for concern, a quiet line with a number goes before it, however long it is. */
function calm(entry) {
  const parts = blocks(said(entry));
  if (entry.concern !== 'possible') return richText(parts);
  if (parts.length > 1 && hasNumber(parts.at(-1))) {
    return html`<div class="possible">${richText([parts.at(-1)])}</div>${richText(parts.slice(0, -1))}`;
  }
  if (parts.length && hasNumber(parts[0])) return richText(parts);
  const { url, title } = entry.buttons?.find(isLine) ?? words.help.lines[1];
  return html`<p class="possible">${words.help.possible} ${link(url, title)}</p>${richText(parts)}`;
}

/** The server's button for more lines than the first. */
function otherLines({ buttons }, actions) {
  const other = buttons?.find(isOtherLines);
  return other && html`<button class="line quiet" @click=${() => actions.ask(other)}>${other.title}</button>`;
}

/** Its source, and what can be done with an answer. */
function foot(entry, actions) {
  const isAnswer = Object.hasOwn(words.titles, entry.topic);
  if (!isAnswer && !entry.source) return nothing;
  const icon = (title, picture, act, pressed = nothing) => html`
    <button class="icon" aria-label=${title} title=${title} aria-pressed=${pressed} @click=${act}>${picture}</button>
  `;
  const thumb = (helpful, title, picture) =>
    icon(title, picture, () => actions.rate(entry, helpful), String(entry.helpful === helpful));
  return html`
    <div class="foot">
      ${entry.source ? html`<details class="print source"><summary>${entry.source}</summary></details>` : nothing}
      ${isAnswer
        ? html`${icon(words.chat.copy, copy, () => actions.copy(entry))}
            ${thumb(true, words.chat.helpful, thumbUp)} ${thumb(false, words.chat.unhelpful, thumbDown)}`
        : nothing}
    </div>
    ${entry.helpful === false && !entry.reason ? reasons(entry, actions) : nothing}
  `;
}

function reasons(entry, actions) {
  return html`
    <div class="reasons" role="group" aria-label=${words.chat.why}>
      <p class="lead">${words.chat.why}</p>
      <div class="replies">
        ${Object.entries(words.chat.reasons).map(
          ([reason, title]) =>
            html`<button class="reply" @click=${() => actions.rate(entry, false, reason)}>${title}</button>`,
        )}
      </div>
    </div>
  `;
}

/** Questions to ask stand only under the latest answer; what leads to a person or a telephone stays. */
function suggestions(entry, isLast, actions) {
  const inCard = (button) => isOtherLines(button) || isLine(button);
  const shown = (entry.buttons ?? [])
    .filter(({ url }) => url || isLast)
    .filter((button) => !(entry.concern === 'danger' && inCard(button)));
  if (!shown.length) return nothing;
  const reply = (title, act) => html`<button class="reply" @click=${act}>${title}</button>`;
  return html`<div class="replies">
    ${shown.map((each) => {
      if (isContactButton(each)) return reply(each.title, () => actions.openForm(each, entry));
      return each.url ? link(each.url, each.title, 'reply') : reply(each.title, () => actions.ask(each));
    })}
  </div>`;
}

/** The button that accepts the offer of the contact form; its link is for those who have no widget. */
function isContactButton({ payload, url }) {
  return Boolean(url) && (payload === '/affirm' || payload === '/contact');
}

function isOtherLines({ payload }) {
  return payload === '/other_lines';
}

function time(at) {
  const moment = new Date(at);
  const told = moment.toLocaleTimeString('en-AU', { hour: 'numeric', minute: '2-digit' });
  return html`<time class="unseen" datetime=${moment.toISOString()}>${told}</time>`;
}
