/** One visitor's conversation with the server. */

import { keep, kept, onNewer } from './history.js';
import { Server } from './server.js';
import { findTwin } from './twin.js';

// So many are kept, and shown at first.
export const TURNS = 50;
const STILL_WORKING = 8000;
// A page that is left breaks off what it asks, and some browsers tell before they say that it is left.
const LEAVING = 400;
// A question that was under way when the page was left is asked again, but not hours later.
const STILL_WANTED = 120_000;

const conversations = new Map();

/**
 * Returns the page's one conversation with a server: it outlives the element where a site changes the page's body.
 * `audience` is whom the page is for, where it says so.
 */
export function conversationWith(address, audience) {
  if (!conversations.has(address)) conversations.set(address, new Conversation(new Server(address), audience));
  const conversation = conversations.get(address);
  conversation.audience = audience;
  return conversation;
}

/** Returns the entries of the last turns. */
export function latest(entries) {
  const questions = entries.flatMap(({ message }, index) => (message === undefined ? [] : [index]));
  return questions.length > TURNS ? entries.slice(questions.at(-TURNS)) : entries;
}

/**
 * Its `entries` are what was said, in order: the visitor's have `message`, what was sent in place of `text` when a
 * button was pressed; a `reference` is the receipt of a form; the others are the server's messages. Each has `at`, the
 * time in milliseconds. It tells of each change by the event `change`.
 */
class Conversation extends EventTarget {
  entries = [];
  /** Since when an answer is on its way. */
  asked = undefined;
  /** Whether that has taken so long that it has to be said. */
  slow = false;
  /** Why the last question has no answer, where that is known. */
  fault = undefined;
  #leaving = false;
  #attempt = 0;

  constructor(server, audience) {
    super();
    Object.assign(this, { server, audience });
    this.#adopt();
    findTwin(() => this.sender, () => this.restart());
    addEventListener('pagehide', () => (this.#leaving = true));
    onNewer(
      () => {
        this.#leaving = false;
        this.#adopt();
      },
      () => this.#adopt({ askedElsewhere: true }),
    );
  }

  get waiting() {
    return this.asked !== undefined;
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

  /** Takes the unanswered question back, and returns it. */
  takeBack() {
    const { message } = this.entries.pop();
    this.fault = undefined;
    this.#changed();
    return message;
  }

  /** Passes on whether an answer helped, and why not. Returns whether that worked. */
  async rate(entry, helpful, reason) {
    try {
      await this.server.rate(this.sender, entry.topic, helpful, reason);
    } catch {
      return false;
    }
    Object.assign(entry, { helpful, reason });
    this.#changed();
    return true;
  }

  /** Notes the receipt of a form. */
  note(reference) {
    this.entries.push({ reference, at: Date.now() });
    this.#changed();
  }

  /** Forgets all that was said. */
  restart() {
    this.#attempt += 1;
    Object.assign(this, { sender: undefined, entries: [], asked: undefined, slow: false, fault: undefined });
    this.#changed();
  }

  /** Forgets it on the server, too. Returns whether that worked; where it did not, nothing is forgotten. */
  async delete() {
    try {
      if (this.sender) await this.server.forget(this.sender);
    } catch {
      return false;
    }
    this.restart();
    return true;
  }

  /** Keeps something of the widget's own beside the conversation. */
  keep(values) {
    keep({ ...kept(), ...values });
  }

  async #answered(message) {
    const attempt = (this.#attempt += 1);
    Object.assign(this, { asked: Date.now(), slow: false, fault: undefined });
    this.#changed();
    const timer = setTimeout(() => {
      if (attempt !== this.#attempt) return;
      this.slow = true;
      this.#changed();
    }, STILL_WORKING);
    let answers, fault;
    try {
      const sender = (this.sender ??= await this.server.begin());
      const messages = await this.server.ask(sender, message, this.audience);
      // A secret that the server no longer knows, since its key was changed, is answered with another to go on by.
      if (attempt === this.#attempt) this.sender = messages[0].recipient_id ?? sender;
      answers = messages.map((each) => ({ ...each, at: Date.now() }));
    } catch (error) {
      fault = error.reason ?? 'offline';
      if (fault === 'offline') await new Promise((resume) => setTimeout(resume, LEAVING));
    }
    clearTimeout(timer);
    // It may have been started again meanwhile, or the page left, to which the next one comes back.
    if (attempt !== this.#attempt || (fault && this.#leaving)) return undefined;
    this.entries.push(...(answers ?? []));
    Object.assign(this, { asked: undefined, slow: false, fault });
    this.#changed();
    return answers;
  }

  /** Goes on with what was kept last; a question that another frame has asked is that frame's to be answered. */
  #adopt({ askedElsewhere = false } = {}) {
    const { sender, entries = [], asked } = kept();
    this.#attempt += 1;
    Object.assign(this, { sender, entries, asked: askedElsewhere ? asked : undefined, slow: false, fault: undefined });
    const question = entries.at(-1)?.message;
    const isWanted = question !== undefined && asked && Date.now() - asked < STILL_WANTED;
    if (isWanted && !askedElsewhere) this.#answered(question);
    else this.dispatchEvent(new Event('change'));
  }

  #changed() {
    const { sender, entries, asked } = this;
    this.keep({ sender, entries: latest(entries), asked });
    this.dispatchEvent(new Event('change'));
  }
}
