/** The pictures on buttons; each button has its name in words. */

import { svg, html } from 'lit';

const icon = (shape) => html`<svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor"
  stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${shape}</svg>`;

const THUMB = 'M7 11v9H4v-9zM7 11l4-8c1.7 0 2.6 1.2 2.2 2.8L12.5 9H19c1.2 0 2 1 1.8 2.2l-1.2 7c-.2 1-1 1.8-2 1.8H7';

export const speech = icon(svg`<path d="M21 12a8 8 0 0 1-8 8H4l2-3.5A8 8 0 1 1 21 12z"/>`);
export const cross = icon(svg`<path d="M6 6l12 12M18 6L6 18"/>`);
export const arrow = icon(svg`<path d="M5 12h14M13 6l6 6-6 6"/>`);
export const back = icon(svg`<path d="M19 12H5M11 6l-6 6 6 6"/>`);
export const thumbUp = icon(svg`<path d=${THUMB}/>`);
export const thumbDown = icon(svg`<g transform="rotate(180 12 12)"><path d=${THUMB}/></g>`);
export const copy = icon(svg`<path d="M9 9h11v12H9zM5 15H4V3h11v2"/>`);
export const more = icon(svg`<path d="M12 5v.01M12 12v.01M12 19v.01" stroke-width="3.5"/>`);
