/** What the script tag does: it makes the element known, and puts one on a page that has none. */

import { ChatWidget, TAG } from './chat-widget.js';
import { ownAddress } from './own-address.js';

ChatWidget.home = ownAddress();
if (!customElements.get(TAG)) customElements.define(TAG, ChatWidget);
// The page's own element may still be to come, and there may be no body yet.
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', place);
else place();

function place() {
  if (document.querySelector(TAG)) return;
  const element = document.createElement(TAG);
  element.stays = true;
  document.body.append(element);
}
