/** What the script tag does: it makes the element known, and puts one on a page that has none. */

import { ChatWidget, TAG } from './chat-widget.js';

ChatWidget.home = new URL('.', document.currentScript.src).href;
if (!customElements.get(TAG)) customElements.define(TAG, ChatWidget);
if (!document.querySelector(TAG)) document.body.append(document.createElement(TAG));
