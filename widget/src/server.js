/** The server's addresses. Whatever keeps it from answering as agreed is thrown as an error. */

const SECONDS = 25;
const AGREED = [201, 400, 403, 413, 422, 429, 503];
const REASONS = { 413: 'long', 429: 'busy', 503: 'busy' };

/** There is no answer; `reason` is one of `long`, `busy`, `slow` or `offline`. */
export class NoAnswer extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

export class Server {
  /** @param {string} address where the widget's script lies, with a slash at its end */
  constructor(address) {
    this.address = address;
  }

  /** Returns a fresh conversation id. */
  async begin() {
    return (await this.#answer('webhooks/rest/conversation', {})).sender;
  }

  /** Returns the reply's messages, of which there is at least one. `audience` is what the page says of its readers. */
  async ask(sender, message, audience) {
    const messages = await this.#answer('webhooks/rest/webhook', { sender, message, audience });
    if (!Array.isArray(messages) || !messages.length || !messages.every(({ text }) => text)) throw new Error('no reply');
    return messages;
  }

  /** Passes a verdict on the answer to a topic on. */
  async rate(sender, topic, helpful, reason) {
    const response = await this.#post('webhooks/rest/feedback', { sender, topic, helpful, reason });
    if (!response.ok) throw new Error('not kept');
  }

  /** Deletes what the server keeps of a conversation. */
  async forget(sender) {
    const response = await this.#post('webhooks/rest/conversation', { sender }, 'DELETE');
    if (!response.ok) throw new Error('not deleted');
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
    if (!response.ok) throw new NoAnswer(REASONS[response.status] ?? 'offline');
    return response.json();
  }

  #post(path, body, method = 'POST') {
    const headers = { 'Content-Type': 'application/json' };
    return this.#fetch(path, { method, headers, body: JSON.stringify(body) });
  }

  async #fetch(path, options) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), SECONDS * 1000);
    try {
      const { signal } = controller;
      return await fetch(this.address + path, { ...options, signal, credentials: 'omit', cache: 'no-store' });
    } catch {
      throw new NoAnswer(controller.signal.aborted ? 'slow' : 'offline');
    } finally {
      clearTimeout(timer);
    }
  }
}
