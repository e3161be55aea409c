/** One visitor's conversation with the server. */

/**
 * Its `entries` are what was said, in order: the visitor's have `message`, what was sent in place of `text` when a
 * button was pressed; the others are the server's messages. Each has `at`, the time in milliseconds.
 */
export class Conversation {
  waiting = false;

  /** Goes on from an earlier one; `changed` is called after each change. */
  constructor(server, { sender, entries = [] }, changed) {
    Object.assign(this, { server, sender, entries, changed });
  }

  /** Whether the visitor's last question has no answer and none is on its way. */
  get unanswered() {
    return !this.waiting && this.entries.at(-1)?.message !== undefined;
  }

  /** Asks, and returns the reply's messages; nothing where there is none. Only one question is asked at a time. */
  async ask(message, text = message) {
    if (this.waiting) return undefined;
    this.entries.push({ message, text, at: Date.now() });
    return this.#answered(message);
  }

  /** Asks the unanswered question again. */
  async retry() {
    return this.#answered(this.entries.at(-1).message);
  }

  /** Passes on whether an answer helped. Returns whether that worked. */
  async rate(entry, helpful) {
    try {
      await this.server.rate(this.sender, entry.topic, helpful);
      entry.helpful = helpful;
      this.changed();
      return true;
    } catch {
      return false;
    }
  }

  /** Forgets all that was said. */
  restart() {
    Object.assign(this, { sender: undefined, entries: [], waiting: false });
    this.changed();
  }

  async #answered(message) {
    const { entries } = this;
    this.waiting = true;
    this.changed();
    try {
      const sender = (this.sender ??= await this.server.begin());
      const messages = await this.server.ask(sender, message);
      // It may have been started again meanwhile.
      if (entries !== this.entries) return undefined;
      // A secret that the server no longer knows, since its key was changed, is answered with another to go on by.
      this.sender = messages[0].recipient_id ?? sender;
      const answers = messages.map((each) => ({ ...each, at: Date.now() }));
      entries.push(...answers);
      return answers;
    } catch {
      // `unanswered` tells of it.
      return undefined;
    } finally {
      if (entries === this.entries) this.waiting = false;
      this.changed();
    }
  }
}
