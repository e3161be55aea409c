/** What a visitor takes along: one answer, or the whole conversation, as plain text. */

import { words } from 'content:words';
import { said } from './messages.js';

/** Returns an answer with its source and its disclaimer. */
export function answerText(entry) {
  return [said(entry), entry.source, words.disclaimer].filter(Boolean).join('\n\n');
}

/** Returns a conversation with its date, and the disclaimer once. */
export function conversationText(entries) {
  const when = (at) => new Date(at).toLocaleString('en-AU', { dateStyle: 'long', timeStyle: 'short' });
  const part = (entry) => {
    if (entry.message !== undefined) return `${words.chat.visitor} ${entry.text}`;
    if (entry.reference) return `${words.chat.sent} ${entry.reference}`;
    return [`${words.chat.bot} ${said(entry)}`, entry.source].filter(Boolean).join('\n');
  };
  return [`${words.chat.saved} ${when(Date.now())}`, ...entries.map(part), words.disclaimer].join('\n\n');
}

/** Has the browser save a text. */
export function save(text) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const name = `${words.chat.file}-${new Date().toISOString().slice(0, 10)}.txt`;
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Puts a text on the clipboard. Returns whether that worked. */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
