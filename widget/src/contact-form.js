/** The contact form, and the receipt for it. What is written in it stays in its fields until it is sent. */

import { LitElement, html, nothing } from 'lit';
import { words } from 'content:words';
import { back } from './icons.js';
import { link } from './link.js';
import { solve } from './proof-of-work.js';

export const FORM_TAG = 'anodyne-contact-form';
const { page, fields, notice, received, aboutTopic } = words.contactForm;

/**
 * Sends `sent` with the `reference` of what was received, and `back` when the visitor returns to the chat; its detail
 * has `sent`, whether there is nothing to come back to.
 */
export class ContactForm extends LitElement {
  static properties = {
    server: { attribute: false },
    sender: { attribute: false },
    topic: { attribute: false },
    audience: { attribute: false },
    role: { state: true },
    errors: { state: true },
    failure: { state: true },
    sending: { state: true },
    receipt: { state: true },
  };

  /** It is a part of the widget's own tree, so that its labels, styles and focus are the widget's. */
  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.role = this.audience in fields.role.options ? this.audience : undefined;
    this.errors = {};
    // The sum is done while the form is filled in.
    this.#work().catch(() => {});
  }

  render() {
    return html`
      <button class="back" @click=${this.#leave}>${back} ${words.form.back}</button>
      ${this.receipt ? this.#received() : this.#form()}
    `;
  }

  /** Puts the focus where reading begins. */
  focusHeading() {
    this.querySelector('h3').focus();
  }

  #received() {
    return html`
      <h3 tabindex="-1">${received.title}</h3>
      <p>${received.reference} <strong class="reference">${this.receipt.reference}</strong></p>
      <p>${received.keep}</p>
      <h4>${received.next_heading}</h4>
      ${this.receipt.next.map((step) => html`<p>${step}</p>`)}
      <p><a href=${this.#saved()} download=${`anodyne-${this.receipt.reference}.txt`}>${received.save}</a></p>
      ${this.#urgent()}
    `;
  }

  #saved() {
    const { reference, next } = this.receipt;
    const text = [`${received.title}. ${received.reference} ${reference}`, ...next].join('\n\n');
    return `data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}`;
  }

  #form() {
    return html`
      <h3 tabindex="-1">${page.title}</h3>
      ${this.#urgent()}
      <p>${page.intro} ${page.required}</p>
      ${this.#faults()}
      <form novalidate>
        <fieldset role="radiogroup" aria-describedby=${this.#notesOf('role')} aria-invalid=${this.#isFaulty('role')}>
          <legend>${fields.role.label}</legend>
          ${this.#notes('role')}
          ${Object.entries(fields.role.options).map(([role, label]) => this.#roleChoice(role, label))}
        </fieldset>
        ${this.#field('name', { autocomplete: 'name', required: true })}
        ${this.#field('email', { type: 'email', autocomplete: 'email' })}
        ${this.#field('phone', { type: 'tel', autocomplete: 'tel' })} ${this.#select('reach_by')}
        ${this.#field('reach_when')} ${this.#select('may_leave_message')} ${this.#field('interpreter')} ${this.#about()}
        ${this.role === 'carer' ? this.#select('knows') : nothing}
        <fieldset ?hidden=${this.role !== 'referrer'} ?disabled=${this.role !== 'referrer'}>
          <legend>${fields.referrers.label}</legend>
          <p>${fields.referrers.hint} ${page.secure}</p>
          ${this.#field('practice', { autocomplete: 'organization' })} ${this.#field('provider_number')}
        </fieldset>
        ${this.#honeypot()}
        ${this.sender
          ? html`<div class="field">
              ${this.#tick('include_conversation', words.form.conversation.label, words.form.conversation.hint)}
            </div>`
          : nothing}
        <section class="notice">
          <h4>${notice.heading}</h4>
          ${notice.text.split('\n').map((paragraph) => html`<p>${paragraph}</p>`)}
          <p>${link(`${this.server.address}privacy`, notice.more)}</p>
        </section>
        <div class="field">${this.#notes('consent')} ${this.#tick('consent', fields.consent.label)}</div>
        <button type="button" id="send" class="primary" aria-disabled=${String(Boolean(this.sending))} @click=${this.send}
          .textContent=${this.sending ? words.form.sending : page.send}></button>
      </form>
    `;
  }

  #urgent() {
    return html`<p class="urgent">
      <strong>${page.not_for_emergencies}</strong> ${page.emergency_now}
      ${link(words.emergency.url, words.emergency.call)}
    </p>`;
  }

  #faults() {
    const faults = Object.entries(this.errors);
    if (!faults.length && !this.failure) return nothing;
    const item = ([name, sentence]) => html`<li><a href="#" @click=${(event) => this.#goTo(name, event)}>${sentence}</a></li>`;
    return html`
      <div class="errors" tabindex="-1" role="group" aria-labelledby="errors-heading">
        <h4 id="errors-heading">${page.errors_heading}</h4>
        ${this.failure ? html`<p>${this.failure}</p>` : html`<ul>${faults.map(item)}</ul>`}
      </div>
    `;
  }

  #roleChoice(role, label) {
    return html`<label class="choice">
      <input type="radio" name="role" value=${role} required ?checked=${this.role === role}
        @change=${() => (this.role = role)} />
      <span>${label}</span>
    </label>`;
  }

  #field(name, { type = 'text', autocomplete = 'off', required = false } = {}) {
    return html`<div class="field">
      <label for=${name}>${fields[name].label}</label>
      ${this.#notes(name)}
      <input id=${name} name=${name} type=${type} autocomplete=${autocomplete} ?required=${required}
        aria-describedby=${this.#notesOf(name)} aria-invalid=${this.#isFaulty(name)} />
    </div>`;
  }

  #select(name) {
    const { label, options } = fields[name];
    return html`<div class="field">
      <label for=${name}>${label}</label>
      ${this.#notes(name)}
      <select id=${name} name=${name} aria-describedby=${this.#notesOf(name)}>
        <option value="">${page.choose}</option>
        ${Object.entries(options).map(([value, words]) => html`<option value=${value}>${words}</option>`)}
      </select>
    </div>`;
  }

  #about() {
    const title = words.titles[this.topic];
    const prefilled = title ? aboutTopic.replace('{question}', title) : '';
    return html`<div class="field">
      <label for="about">${fields.about.label}</label>
      ${this.#notes('about')}
      <textarea id="about" name="about" rows="4" required .defaultValue=${prefilled}
        aria-describedby=${this.#notesOf('about')} aria-invalid=${this.#isFaulty('about')}></textarea>
    </div>`;
  }

  #tick(name, label, hint) {
    return html`<label class="choice" for=${name}>
      <input id=${name} name=${name} type="checkbox" aria-describedby=${this.#notesOf(name)}
        aria-invalid=${this.#isFaulty(name)} />
      <span>${label}${hint ? html`<span class="hint">${hint}</span>` : nothing}</span>
    </label>`;
  }

  /** People neither see nor reach it; machines fill in whatever looks like a field. */
  #honeypot() {
    return html`<div class="aside" aria-hidden="true">
      <label for="leave_empty">${page.leave_empty}</label>
      <input id="leave_empty" name="leave_empty" tabindex="-1" autocomplete="off" />
    </div>`;
  }

  #notes(name) {
    const hint = fields[name].hint;
    return html`
      ${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : nothing}
      ${this.errors[name] ? html`<p class="error" id="${name}-error">${this.errors[name]}</p>` : nothing}
    `;
  }

  #notesOf(name) {
    const ids = [fields[name]?.hint && `${name}-hint`, this.errors[name] && `${name}-error`].filter(Boolean);
    return ids.join(' ') || nothing;
  }

  #isFaulty(name) {
    return this.errors[name] ? 'true' : nothing;
  }

  #goTo(name, event) {
    event.preventDefault();
    const place = { role: '[name=role]', token: '#send' }[name] ?? `#${name}`;
    this.querySelector(place).focus();
  }

  /** Sends it. A frame without `allow-forms` lets no form be submitted, so none is. */
  async send() {
    if (this.sending) return;
    this.sending = true;
    const reply = await this.#reply(this.querySelector('form')).catch(() => ({ text: words.form.unreachable }));
    this.sending = false;
    this.receipt = reply.reference && reply;
    this.errors = reply.errors ?? {};
    this.failure = reply.text;
    if (this.errors.token) this.work = undefined;
    await this.updateComplete;
    if (this.receipt) this.dispatchEvent(new CustomEvent('sent', { detail: { reference: reply.reference } }));
    if (this.receipt) this.focusHeading();
    else this.querySelector('.errors').focus();
  }

  async #reply(form) {
    const work = await this.#work();
    const filled = Object.fromEntries(new FormData(form));
    return this.server.enquire({
      role: '',
      ...filled,
      consent: 'consent' in filled,
      include_conversation: 'include_conversation' in filled,
      topic: this.topic ?? '',
      sender: this.sender ?? '',
      ...work,
    });
  }

  /** Returns the form's token with its solution: one for all attempts, so that an enquiry is kept only once. */
  #work() {
    this.work ??= this.#worked().catch((error) => {
      this.work = undefined;
      throw error;
    });
    return this.work;
  }

  async #worked() {
    const { token, ...challenge } = await this.server.challenge();
    return { token, solution: await solve(challenge) };
  }

  #leave() {
    this.dispatchEvent(new CustomEvent('back', { detail: { sent: Boolean(this.receipt) } }));
  }
}
