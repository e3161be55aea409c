/** The keyboard's events stay in the widget: a page's shortcuts would eat letters, and Escape would reach the page. */

const elements = new Map();

// The window hears of an event first. What listens there before this script is loaded, though, nothing can precede.
for (const type of ['keydown', 'keypress', 'keyup']) window.addEventListener(type, stop, true);

/** Passes the keys that are pressed within an element to `pressed`, and to nobody else. Returns what ends it. */
export function keepKeys(element, pressed) {
  elements.set(element, pressed);
  return () => elements.delete(element);
}

function stop(event) {
  const path = event.composedPath();
  const pressed = elements.get(path.slice(1).find((each) => elements.has(each)));
  if (!pressed) return;
  event.stopImmediatePropagation();
  // What an input method composes is no key of ours; Safari ends it by an Enter that has only this sign.
  if (event.type === 'keydown' && !event.isComposing && event.keyCode !== 229) pressed(event, path[0]);
}
