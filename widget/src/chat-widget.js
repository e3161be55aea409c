/** The element: a button, and the panel that it opens, with the chat and at need the contact form in it. */

import { LitElement, html, nothing, unsafeCSS } from 'lit';
import { words } from 'content:words';
import { ContactForm, FORM_TAG } from './contact-form.js';
import { Conversation } from './conversation.js';
import { parted } from './disclaimer.js';
import { keep, kept } from './history.js';
import { again, arrow, cross, speech } from './icons.js';
import { announced, messageList } from './messages.js';
import { link } from './link.js';
import { Server } from './server.js';
import styles from './chat-widget.css?inline';
import formStyles from './contact-form.css?inline';

export const TAG = 'anodyne-chat';
// As in chat-widget.css: the panel then covers the page.
const COVERS_PAGE = '(max-width: 30rem), (max-height: 30rem)';
// Pixels above the question that is brought to the top.
const MARGIN = 16;
const FOCUSABLE = 'a[href], button, input, textarea, [tabindex="0"]';

export class ChatWidget extends LitElement {
  static styles = [unsafeCSS(styles), unsafeCSS(formStyles)];
  static properties = {
    server: { type: String },
    contact: { type: String },
    open: { state: true },
    form: { state: true },
    view: { state: true },
    announcement: { state: true },
  };

  connectedCallback() {
    super.connectedCallback();
    if (!customElements.get(FORM_TAG)) customElements.define(FORM_TAG, ContactForm);
    const address = this.server ? new URL(this.server.replace(/\/?$/, '/'), location.href).href : ChatWidget.home;
    const state = kept();
    this.backend = new Server(address);
    this.conversation = new Conversation(this.backend, state, () => this.#changed());
    this.open = Boolean(state.open);
    this.view = 'chat';
    this.announcement = '';
  }

  firstUpdated() {
    this.#showLatest();
  }

  render() {
    return html`
      <div class="unseen" role="status" aria-live="polite">${this.announcement}</div>
      <button class="launcher" ?hidden=${this.open} aria-haspopup="dialog" @click=${this.#show}>
        ${speech} <span>${words.chat.open}</span>
      </button>
      <div
        class="panel"
        role="dialog"
        aria-labelledby="title"
        tabindex="-1"
        lang="en-AU"
        ?hidden=${!this.open}
        @keydown=${this.#keydown}
      >
        ${this.#head()}
        <div class="view" ?hidden=${this.view !== 'chat'}>${this.#log()} ${this.#composer()}</div>
        ${this.form ? this.#contactForm() : nothing}
      </div>
    `;
  }

  #head() {
    return html`
      <div class="head">
        <div class="names">
          <h2 id="title">${words.chat.title}</h2>
          <p>${words.chat.subtitle}</p>
        </div>
        <button class="icon" aria-label=${words.chat.restart} title=${words.chat.restart}
          ?hidden=${this.view !== 'chat'} @click=${this.#restart}>${again}</button>
        <button class="icon" aria-label=${words.chat.close} title=${words.chat.close} @click=${this.#close}>${cross}</button>
      </div>
    `;
  }

  #log() {
    const { entries, waiting, unanswered } = this.conversation;
    return html`
      <div class="log" role="region" aria-label=${words.chat.conversation} tabindex="0">
        ${messageList(entries, waiting, {
          ask: (button) => this.#ask(button.payload, button.title),
          openForm: (button, entry) => this.#openForm(button, entry),
          rate: (entry, helpful) => this.#rate(entry, helpful),
        })}
        ${waiting ? html`<div class="typing" aria-hidden="true"><i></i><i></i><i></i></div>` : nothing}
        ${unanswered ? this.#offline() : nothing}
      </div>
    `;
  }

  #offline() {
    return html`
      <div class="offline">
        <h3>${words.offline.title}</h3>
        <p>${words.offline.text}</p>
        <div class="replies">
          <button class="reply" @click=${this.#retry}>${words.offline.retry}</button>
          ${link(this.contact ?? `${this.backend.address}contact`, words.offline.contact, 'reply')}
          ${link(words.emergency.url, words.emergency.call, 'reply')}
        </div>
      </div>
    `;
  }

  #composer() {
    return html`
      <form class="composer" @submit=${this.#submit}>
        <label class="unseen" for="question">${words.chat.input}</label>
        <textarea id="question" rows="1" placeholder=${words.chat.input} @keydown=${this.#sendByEnter}></textarea>
        <button class="send" aria-label=${words.chat.send} title=${words.chat.send}
          aria-disabled=${this.conversation.waiting}>${arrow}</button>
      </form>
    `;
  }

  #contactForm() {
    return html`
      <anodyne-contact-form
        class="view"
        ?hidden=${this.view !== 'form'}
        .server=${this.backend}
        .sender=${this.conversation.sender}
        .topic=${this.form.topic}
        .audience=${this.form.audience}
        @back=${this.#leaveForm}
      ></anodyne-contact-form>
    `;
  }

  async #ask(message, title) {
    this.#focusInput();
    await this.#announceReply(this.conversation.ask(message, title));
  }

  async #retry() {
    this.#focusInput();
    await this.#announceReply(this.conversation.retry());
  }

  async #announceReply(reply) {
    this.announcement = words.chat.typing;
    const first = !this.conversation.entries.some(({ message, text }) => message === undefined && parted(text).disclaimer);
    const messages = await reply;
    if (messages) this.announcement = announced(messages, first);
    else if (this.conversation.unanswered) this.announcement = `${words.offline.title}. ${words.offline.text}`;
    await this.updateComplete;
    this.#showLatest();
  }

  async #rate(entry, helpful) {
    this.announcement = (await this.conversation.rate(entry, helpful)) ? words.chat.thanks : words.chat.unrated;
  }

  async #restart() {
    this.conversation.restart();
    this.form = undefined;
    this.announcement = words.chat.restarted;
    this.#focusInput();
  }

  async #openForm({ url }, entry) {
    const asked = new URL(url).searchParams;
    const { entries } = this.conversation;
    const answered = entries.slice(0, entries.indexOf(entry)).findLast(({ source }) => source);
    this.form ??= { topic: asked.get('topic') ?? answered?.topic, audience: asked.get('audience') };
    this.view = 'form';
    await this.updateComplete;
    this.renderRoot.querySelector(FORM_TAG).focusHeading();
  }

  async #leaveForm({ detail: { sent } }) {
    if (sent) this.form = undefined;
    this.view = 'chat';
    await this.updateComplete;
    this.#showLatest();
    this.#focusInput();
  }

  #submit(event) {
    event.preventDefault();
    const input = this.#input;
    const message = input.value;
    if (!message.trim() || this.conversation.waiting) return;
    input.value = '';
    this.#ask(message);
  }

  #sendByEnter(event) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) this.#submit(event);
  }

  async #show() {
    this.open = true;
    this.#keep();
    await this.updateComplete;
    this.#showLatest();
    this.#focusInput();
  }

  async #close() {
    this.open = false;
    this.#keep();
    await this.updateComplete;
    this.renderRoot.querySelector('.launcher').focus();
  }

  #keydown(event) {
    if (event.key === 'Escape') this.#close();
    if (event.key === 'Tab' && matchMedia(COVERS_PAGE).matches) this.#stayInside(event);
  }

  /** Keeps the focus from going under the panel where it covers the page. */
  #stayInside(event) {
    const inside = [...this.#panel.querySelectorAll(FOCUSABLE)].filter(
      (element) => element.tabIndex >= 0 && element.getClientRects().length,
    );
    const [from, to] = event.shiftKey ? [inside[0], inside.at(-1)] : [inside.at(-1), inside[0]];
    if (this.renderRoot.activeElement !== from) return;
    event.preventDefault();
    to.focus();
  }

  /** On a touch screen the keyboard would cover the answers. */
  #focusInput() {
    (matchMedia('(hover: hover)').matches ? this.#input : this.#panel).focus();
  }

  /** Brings the latest question to the top, so that its answer is read from the beginning. */
  #showLatest() {
    const log = this.renderRoot.querySelector('.log');
    const latest = [...log.querySelectorAll('.visitor')].at(-1);
    if (latest) log.scrollTop = latest.offsetTop - log.offsetTop - MARGIN;
  }

  async #changed() {
    this.#keep();
    this.requestUpdate();
    await this.updateComplete;
    if (this.conversation.waiting) this.#showLatest();
  }

  #keep() {
    const { sender, entries } = this.conversation;
    keep({ sender, entries, open: this.open });
  }

  get #panel() {
    return this.renderRoot.querySelector('.panel');
  }

  get #input() {
    return this.renderRoot.querySelector('#question');
  }
}
