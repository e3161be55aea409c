/** The element: a button, and the panel that it opens, with the chat and at need the contact form in it. */

import { LitElement, html, nothing, unsafeCSS } from 'lit';
import { words } from 'content:words';
import { ContactForm, FORM_TAG } from './contact-form.js';
import { conversationWith, latest } from './conversation.js';
import { Cover, fitToKeyboard, stayInside } from './cover.js';
import { parted } from './disclaimer.js';
import { kept } from './history.js';
import { arrow, cross, more, speech } from './icons.js';
import { keepKeys } from './keys.js';
import { announced, messageList } from './messages.js';
import { showLatest } from './latest.js';
import { menu } from './menu.js';
import { hideFromRecorders } from './recorders.js';
import { answerText, conversationText, copied, save } from './transcript.js';
import { faultOf, unanswered } from './unanswered.js';
import styles from './chat-widget.css?inline';
import formStyles from './contact-form.css?inline';

export const TAG = 'anodyne-chat';
// As in chat-widget.css: the panel then covers the page.
const COVERS_PAGE = matchMedia('(max-width: 30rem), (max-height: 30rem)');
// The server reads no longer message; near its end what is left is counted down.
const LONGEST = Number(words.maxCharacters);
const COUNTED = 200;

/** Tells whether a topic is one that the bot answers. */
function canBeAsked(topic) {
  return Object.hasOwn(words.titles, topic);
}

export class ChatWidget extends LitElement {
  static styles = [unsafeCSS(styles), unsafeCSS(formStyles)];
  static properties = {
    server: { type: String },
    contact: { type: String },
    audience: { type: String },
    starters: { type: String },
    question: { attribute: 'ask' },
    position: { type: String },
    inline: { type: Boolean },
    launcher: { type: String },
    opened: { state: true },
    away: { state: true },
    form: { state: true },
    view: { state: true },
    menu: { state: true },
    sure: { state: true },
    everything: { state: true },
    written: { state: true },
    announcement: { state: true },
    told: { state: true },
  };

  /** The one that the script has put on the page, if it did: a site that changes the page's body does not lose it. */
  static placed;

  #cover = new Cover();
  #opener;
  #ends = [];

  constructor() {
    super();
    Object.assign(this, { view: 'chat', announcement: '', told: '', written: 0 });
  }

  connectedCallback() {
    super.connectedCallback();
    if (!customElements.get(FORM_TAG)) customElements.define(FORM_TAG, ContactForm);
    if (this.stays) ChatWidget.placed = this;
    hideFromRecorders(this);
    const address = this.server ? new URL(this.server.replace(/\/?$/, '/'), location.href).href : ChatWidget.home;
    this.address = address;
    this.#converse();
    const { open, away } = kept();
    this.opened = this.inline || Boolean(open);
    this.away = Boolean(away);
    this.#on(this.conversation, 'change', () => this.#changed());
    this.#on(COVERS_PAGE, 'change', () => this.requestUpdate());
    this.#on(document, 'click', (event) => this.#asksForPage(event));
    this.#ends.push(keepKeys(this, (event, target) => this.#keydown(event, target)), fitToKeyboard(this));
    this.requestUpdate();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    for (const end of this.#ends.splice(0)) end();
    this.#cover.set(this, false);
    queueMicrotask(() => {
      if (ChatWidget.placed && !document.querySelector(TAG)) document.body?.append(ChatWidget.placed);
    });
  }

  /** Takes the widget off the page for good. */
  remove() {
    if (ChatWidget.placed === this) ChatWidget.placed = undefined;
    super.remove();
  }

  willUpdate(changed) {
    if (changed.has('audience')) this.#converse();
  }

  firstUpdated() {
    this.#showLatest();
  }

  updated() {
    const root = this.renderRoot.querySelector('.root');
    // The top layer: nothing on the page clips it, moves it or lies above it.
    if (this.isConnected && !this.inline && root.showPopover && !root.matches(':popover-open')) root.showPopover();
    this.#cover.set(this, this.isConnected && this.#covers);
  }

  /** Opens the panel; a page may call it. */
  async open() {
    if (!this.opened) {
      this.#opener = document.activeElement;
      this.#tell('anodyne-open');
    }
    this.opened = true;
    this.#keep();
    await this.updateComplete;
    this.#showLatest();
    this.#focusInput();
    const { question } = this;
    this.question = undefined;
    if (question) this.#askTopic(question);
  }

  /** Closes it. */
  async close() {
    if (!this.opened || this.inline) return;
    Object.assign(this, { opened: false, menu: false, sure: undefined, told: '' });
    this.#tell('anodyne-close');
    this.#keep();
    await this.updateComplete;
    // What has opened it has the focus again: the button, or what the page has in its place.
    const launcher = this.renderRoot.querySelector('.launcher');
    (launcher.getClientRects().length ? launcher : this.#opener)?.focus();
  }

  render() {
    const hides = this.opened || this.away || this.launcher === 'none';
    return html`
      <div
        class="root ${this.position === 'left' ? 'left' : ''}"
        popover=${this.inline ? nothing : 'manual'}
        dir="ltr"
        lang="en-AU"
      >
        <div class="unseen" role="status" aria-live="polite" .textContent=${this.announcement}></div>
        ${this.inline ? nothing : this.#launcher(hides)}
        <div
          class="panel"
          role=${this.inline ? 'region' : 'dialog'}
          aria-modal=${this.#covers ? 'true' : nothing}
          aria-labelledby="title"
          tabindex="-1"
          ?hidden=${!this.opened}
        >
          ${this.#head()} ${this.menu ? this.#menu() : nothing}
          <p class="told" aria-hidden="true" ?hidden=${!this.told} .textContent=${this.told}></p>
          <div class="view" ?hidden=${this.view !== 'chat'}>${this.#log()} ${this.#composer()}</div>
          ${this.form ? this.#contactForm() : nothing}
        </div>
      </div>
    `;
  }

  #launcher(hides) {
    return html`
      <div class="corner" ?hidden=${hides}>
        <button
          class="launcher"
          aria-haspopup="dialog"
          aria-expanded=${String(this.opened)}
          aria-label=${words.chat.open}
          @click=${this.open}
        >
          ${speech} ${this.launcher === 'icon' ? nothing : html`<span>${words.chat.open}</span>`}
        </button>
        <button class="away" aria-label=${words.chat.away} title=${words.chat.away} @click=${this.#putAway}>${cross}</button>
      </div>
    `;
  }

  #head() {
    const { title, subtitle } = this.view === 'form' ? words.form : words.chat;
    const { chat } = words;
    return html`
      <div class="head">
        <div class="names">
          <h2 id="title" .textContent=${title}></h2>
          <p .textContent=${subtitle}></p>
        </div>
        <button class="icon more" aria-label=${chat.more} title=${chat.more} aria-expanded=${String(Boolean(this.menu))}
          ?hidden=${!this.#mayBeLost} @click=${this.#toggleMenu}>${more}</button>
        ${this.inline
          ? nothing
          : html`<button class="icon" aria-label=${chat.close} title=${chat.close} @click=${this.close}>${cross}</button>`}
      </div>
    `;
  }

  #menu() {
    return menu(this.sure, {
      save: () => this.#save(),
      restart: () => this.#restart(),
      delete: () => this.#delete(),
      isSure: (what) => this.#isSure(what),
      toggle: () => this.#toggleMenu(),
    });
  }

  #log() {
    const { entries, waiting, slow, unanswered } = this.conversation;
    const shown = this.everything ? entries : latest(entries);
    const begins = shown.length === entries.length;
    const first = this.#firstDisclaimed;
    return html`
      <div class="log" role="region" aria-label=${words.chat.conversation} tabindex="0">
        ${begins
          ? nothing
          : html`<button class="reply" @click=${() => (this.everything = true)}>${words.chat.earlier}</button>`}
        ${messageList(shown, { waiting, starters: this.#starters, first, begins }, {
          ask: (button) => this.#ask(button.payload, button.title),
          openForm: (button, entry) => this.#openForm(button, entry),
          rate: (entry, helpful, reason) => this.#rate(entry, helpful, reason),
          copy: (entry) => this.#copy(entry),
          privacy: `${this.conversation.server.address}privacy`,
        })}
        ${waiting
          ? html`<div class="typing"><span aria-hidden="true"><i></i><i></i><i></i></span>
              ${slow ? html`<p>${words.chat.working}</p>` : nothing}</div>`
          : nothing}
        ${unanswered ? this.#unanswered() : nothing}
      </div>
    `;
  }

  #unanswered() {
    return unanswered(this.conversation, this.contact, { shorten: () => this.#shorten(), retry: () => this.#retry() });
  }

  #composer() {
    const left = LONGEST - this.written;
    const count = left < 0 ? words.chat.over : words.chat.left;
    return html`
      <div class="composer">
        <label class="unseen" for="question">${words.chat.input}</label>
        <textarea id="question" rows="1" dir="auto" enterkeyhint="send" placeholder=${words.chat.input}
          aria-describedby="count" aria-invalid=${left < 0 ? 'true' : nothing} @input=${this.#count}></textarea>
        <button type="button" class="send" aria-label=${words.chat.send} title=${words.chat.send}
          aria-disabled=${String(this.conversation.waiting || left < 0)} @click=${this.#send}>${arrow}</button>
      </div>
      <p class="count ${left < 0 ? 'error' : ''}" id="count" role="status" ?hidden=${left >= COUNTED}
        .textContent=${left < COUNTED ? count.replace('{limit}', Math.abs(left)) : ''}></p>
      <p class="always">${words.chat.always}</p>
    `;
  }

  #contactForm() {
    return html`
      <anodyne-contact-form
        class="view"
        ?hidden=${this.view !== 'form'}
        .server=${this.conversation.server}
        .sender=${this.conversation.sender}
        .topic=${this.form.topic}
        .audience=${this.form.audience}
        @sent=${this.#formSent}
        @back=${this.#leaveForm}
      ></anodyne-contact-form>
    `;
  }

  get #covers() {
    return Boolean(this.opened && !this.inline && COVERS_PAGE.matches);
  }

  get #audience() {
    return words.audiences.includes(this.audience) ? this.audience : undefined;
  }

  get #mayBeLost() {
    return Boolean(this.conversation.entries.length || this.form);
  }

  get #firstDisclaimed() {
    return this.conversation.entries.find(({ message, text }) => message === undefined && text && parted(text).disclaimer);
  }

  /** The page's own, or those of content/; a clinician can say so at once. */
  get #starters() {
    const own = (this.starters ?? '').split(/[\s,]+/).filter(canBeAsked);
    const topics = (own.length ? own : words.starters).map((topic) => ({ title: words.titles[topic], payload: `/${topic}` }));
    const { clinician } = words.chat;
    return this.#audience ? topics : [...topics, { title: clinician, payload: clinician }];
  }

  async #ask(message, title) {
    this.#focusInput();
    await this.#announceReply(this.conversation.ask(message, title));
  }

  async #retry() {
    this.#focusInput();
    await this.#announceReply(this.conversation.retry());
  }

  #shorten() {
    this.#input.value = this.conversation.takeBack();
    this.#count();
    this.#focusInput();
  }

  /** Asks a topic's question; what is no topic that can be asked is no question. */
  #askTopic(topic) {
    if (canBeAsked(topic)) this.#ask(`/${topic}`, words.titles[topic]);
  }

  /** A link on the page asks a question. */
  async #asksForPage(event) {
    const { anodyneAsk } = event.target.closest?.('[data-anodyne-ask]')?.dataset ?? {};
    if (!canBeAsked(anodyneAsk)) return;
    event.preventDefault();
    this.question = anodyneAsk;
    await this.open();
  }

  async #announceReply(reply) {
    Object.assign(this, { announcement: words.chat.typing, told: '' });
    const first = !this.#firstDisclaimed;
    const messages = await reply;
    if (messages) this.announcement = announced(messages, first);
    else if (this.conversation.unanswered) {
      const { title, text } = faultOf(this.conversation);
      this.announcement = `${title}. ${text}`;
    }
    await this.updateComplete;
    this.#showLatest();
  }

  async #rate(entry, helpful, reason) {
    this.#say((await this.conversation.rate(entry, helpful, reason)) ? words.chat.thanks : words.chat.unrated);
    await this.updateComplete;
    this.renderRoot.querySelector('.reasons')?.scrollIntoView({ block: 'nearest' });
  }

  async #copy(entry) {
    this.#say((await copied(answerText(entry))) ? words.chat.copied : words.chat.uncopied);
  }

  #save() {
    this.menu = false;
    save(conversationText(this.conversation.entries));
  }

  async #toggleMenu() {
    Object.assign(this, { menu: !this.menu, sure: undefined, told: '' });
    await this.updateComplete;
    this.renderRoot.querySelector(this.menu ? '.item' : '.more').focus();
  }

  async #isSure(what) {
    this.sure = what;
    await this.updateComplete;
    this.renderRoot.querySelector('.item').focus();
  }

  #restart() {
    this.conversation.restart();
    this.#forgotten(words.chat.restarted);
  }

  async #delete() {
    this.menu = false;
    if (await this.conversation.delete()) this.#forgotten(words.deletion.done);
    else this.#say(words.deletion.failed);
  }

  #forgotten(sentence) {
    Object.assign(this, { form: undefined, view: 'chat', menu: false, sure: undefined, everything: false });
    this.#say(sentence);
    this.#focusInput();
  }

  async #openForm({ url }, entry) {
    const audience = this.#audience ?? new URLSearchParams(new URL(url).hash.slice(1)).get('audience');
    this.form ??= { topic: this.#topicAskedBefore(entry), audience };
    this.view = 'form';
    await this.updateComplete;
    this.renderRoot.querySelector(FORM_TAG).focusHeading();
  }

  /** What was asked last: where the offer of the form answers no question itself, the question before it. */
  #topicAskedBefore(entry) {
    const answers = this.conversation.entries.slice(0, this.conversation.entries.indexOf(entry) + 1);
    const last = answers.findLast(({ topic }) => topic && topic !== 'contact');
    return last?.source ? last.topic : undefined;
  }

  #formSent({ detail: { reference } }) {
    this.conversation.note(reference);
    this.#tell('anodyne-form-sent');
  }

  async #leaveForm({ detail: { sent } }) {
    if (sent) this.form = undefined;
    this.view = 'chat';
    await this.updateComplete;
    this.#showLatest();
    this.#focusInput();
  }

  #count() {
    this.written = [...this.#input.value].length;
  }

  #send() {
    const message = this.#input.value;
    if (!message.trim() || this.conversation.waiting || this.written > LONGEST) return;
    this.#input.value = '';
    this.#count();
    this.#ask(message);
  }

  #putAway() {
    this.away = true;
    this.#keep();
  }

  #keydown(event, target) {
    if (event.key === 'Escape') {
      if (this.menu) this.#toggleMenu();
      else this.close();
    }
    if (event.key === 'Enter' && target === this.#input && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    }
    if (event.key === 'Enter' && target.matches(`${FORM_TAG} input`)) target.closest(FORM_TAG).send();
    if (event.key === 'Tab' && this.#covers) stayInside(this.#panel, event);
  }

  /** On a touch screen the keyboard would cover the answers. */
  #focusInput() {
    (matchMedia('(hover: hover)').matches ? this.#input : this.#panel).focus({ preventScroll: true });
  }

  #showLatest() {
    showLatest(this.renderRoot.querySelector('.log'), this.#panel);
  }

  async #changed() {
    const { slow, waiting } = this.conversation;
    if (slow) this.announcement = words.chat.working;
    this.requestUpdate();
    await this.updateComplete;
    if (waiting) this.#showLatest();
  }

  #on(target, type, heard) {
    target.addEventListener(type, heard);
    this.#ends.push(() => target.removeEventListener(type, heard));
  }

  /** Says something on the screen and aloud; it goes with the next question. */
  #say(sentence) {
    Object.assign(this, { announcement: sentence, told: sentence });
  }

  /** Tells the page what has happened, and no word of what was said. */
  #tell(type) {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true }));
  }

  #converse() {
    this.conversation = conversationWith(this.address, this.#audience);
  }

  #keep() {
    this.conversation.keep({ open: this.opened, away: this.away });
  }

  get #panel() {
    return this.renderRoot.querySelector('.panel');
  }

  get #input() {
    return this.renderRoot.querySelector('#question');
  }
}
