/** A plain text as paragraphs and lists, its web addresses and telephone numbers made links. */

import { html } from 'lit';
import { words } from 'content:words';
import { link } from './link.js';

const BULLET = '• ';
const PHONES = new Map(words.services.map(({ number, url }) => [number, url]));
const numbers = [...PHONES.keys()].sort((one, other) => other.length - one.length).map(escaped);
// A number counts only where it stands alone: the end of '1,000' is nobody's telephone.
const LINKABLE = new RegExp(`(^|[^\\d.,])(?:(https?://\\S*[^\\s.,;:!?)])|(${numbers.join('|')})(?!\\d))`, 'g');

/** Returns the template of a text, or of its blocks; whatever looks like markup in it is shown as it is. */
export function richText(text) {
  return (Array.isArray(text) ? text : blocks(text)).map((block) =>
    Array.isArray(block)
      ? html`<ul>${block.map((item) => html`<li>${linked(item)}</li>`)}</ul>`
      : html`<p>${linked(block)}</p>`,
  );
}

/** Tells whether a paragraph names one of the services' numbers. */
export function hasNumber(block) {
  return !Array.isArray(block) && [...block.matchAll(LINKABLE)].some(({ 3: number }) => number);
}

/** Returns a text's paragraphs, each a text, and lists, each the texts of its items. */
export function blocks(text) {
  const found = [];
  for (const line of text.split('\n').filter((each) => each.trim())) {
    if (!line.startsWith(BULLET)) found.push(line);
    else if (Array.isArray(found.at(-1))) found.at(-1).push(line.slice(BULLET.length));
    else found.push([line.slice(BULLET.length)]);
  }
  return found;
}

function linked(text) {
  const parts = [];
  let end = 0;
  for (const { 0: match, 1: before, 2: address, 3: number, index } of text.matchAll(LINKABLE)) {
    parts.push(text.slice(end, index + before.length), link(address ?? PHONES.get(number), address ?? number));
    end = index + match.length;
  }
  return [...parts, text.slice(end)];
}

function escaped(literal) {
  return literal.replace(/[^\w\s]/g, '\\$&');
}
