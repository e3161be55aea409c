/** Tools that record visitors' sessions: what is marked so, they leave out. */

const MARKS = {
  class: 'fs-exclude rr-block ph-no-capture no-mouseflow',
  'data-hj-suppress': '',
  'data-clarity-mask': 'true',
  'data-dd-privacy': 'mask',
  'data-private': '',
  'data-matomo-mask': '',
  'data-sentry-block': '',
};

/** Marks an element; what the page has set itself stays. */
export function hideFromRecorders(element) {
  const { class: names, ...marks } = MARKS;
  element.classList.add(...names.split(' '));
  for (const [name, value] of Object.entries(marks)) if (!element.hasAttribute(name)) element.setAttribute(name, value);
}
