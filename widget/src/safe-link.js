/** Which addresses may become links. */

const SCHEMES = ['https:', 'http:', 'tel:', 'sms:', 'mailto:'];

/** Returns the address if it may be a link, and null for whatever else it is. */
export function safeLink(address) {
  try {
    return SCHEMES.includes(new URL(address).protocol) ? address : null;
  } catch {
    return null;
  }
}
