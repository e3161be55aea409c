/** The server's addresses. Whatever keeps it from answering as agreed is thrown as an error. */

const SECONDS = 30;
const AGREED = [201, 400, 403, 413, 422, 429, 503];

export class Server {
  /** @param {string} address where the widget's script lies, with a slash at its end */
  constructor(address) {
    this.address = address;
  }

  /** Returns a fresh conversation id. */
  async begin() {
    return (await this.#answer('webhooks/rest/conversation', {})).sender;
  }

  /** Returns the reply's messages, of which there is at least one. */
  async ask(sender, message) {
    const messages = await this.#answer('webhooks/rest/webhook', { sender, message });
    if (!Array.isArray(messages) || !messages.length || !messages.every(({ text }) => text)) throw new Error('no reply');
    return messages;
  }

  /** Passes a verdict on the answer to a topic on. */
  async rate(sender, topic, helpful) {
    const response = await this.#post('webhooks/rest/feedback', { sender, topic, helpful });
    if (!response.ok) throw new Error('not kept');
  }

  /** Returns the token and the sum that go with one contact form. */
  async challenge() {
    const response = await this.#fetch('contact/challenge', {});
    if (!response.ok) throw new Error('no challenge');
    return response.json();
  }

  /** Sends the contact form. Returns `{reference, next}`, `{errors}` by field, or `{text}` that says what to do. */
  async enquire(form) {
    const response = await this.#post('contact.json', form);
    if (!AGREED.includes(response.status)) throw new Error('no receipt');
    return response.json();
  }

  async #answer(path, body) {
    const response = await this.#post(path, body);
    if (!response.ok) throw new Error('no answer');
    return response.json();
  }

  #post(path, body) {
    const headers = { 'Content-Type': 'application/json' };
    return this.#fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  #fetch(path, options) {
    // Browsers without the timeout wait as long as they do of themselves.
    const signal = AbortSignal.timeout?.(SECONDS * 1000);
    return fetch(this.address + path, { ...options, signal, credentials: 'omit', cache: 'no-store' });
  }
}
