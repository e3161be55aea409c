/** Where the panel covers the page: what lies under it is out of reach, and the on-screen keyboard leaves it whole. */

export class Cover {
  #undo = [];

  /** Puts the page of an element out of reach, or gives it back. */
  set(element, covers) {
    if (covers === Boolean(this.#undo.length)) return;
    if (!covers) {
      for (const undo of this.#undo) undo();
      this.#undo = [];
      return;
    }
    const { style } = document.documentElement;
    const { overflow } = style;
    style.overflow = 'hidden';
    this.#undo.push(() => (style.overflow = overflow));
    for (let inside = element; inside && inside !== document.body; inside = inside.parentElement) {
      for (const beside of inside.parentElement?.children ?? []) if (beside !== inside) this.#putAside(beside);
    }
  }

  #putAside(element) {
    if (element.inert) return;
    element.inert = true;
    this.#undo.push(() => (element.inert = false));
  }
}

const FOCUSABLE = 'a[href], button, input, textarea, summary, [tabindex="0"]';

/** Keeps the focus from going under a panel: from its end it goes to its beginning, and back. */
export function stayInside(panel, event) {
  const inside = [...panel.querySelectorAll(FOCUSABLE)].filter(
    (element) => element.tabIndex >= 0 && element.getClientRects().length,
  );
  const [from, to] = event.shiftKey ? [inside[0], inside.at(-1)] : [inside.at(-1), inside[0]];
  if (panel.getRootNode().activeElement !== from) return;
  event.preventDefault();
  to.focus();
}

/** Tells an element, in its style, what the window's visible part is while a keyboard covers the rest. Returns what ends it. */
export function fitToKeyboard(element) {
  const { visualViewport } = window;
  if (!visualViewport) return () => {};
  const fit = () => {
    // Enlarged by two fingers, it is the reader who chooses the part.
    const whole = visualViewport.scale !== 1 || visualViewport.height >= innerHeight;
    element.style.setProperty('--top', whole ? '' : `${visualViewport.offsetTop}px`);
    element.style.setProperty('--height', whole ? '' : `${visualViewport.height}px`);
  };
  const types = ['resize', 'scroll'];
  for (const type of types) visualViewport.addEventListener(type, fit);
  return () => types.forEach((type) => visualViewport.removeEventListener(type, fit));
}
