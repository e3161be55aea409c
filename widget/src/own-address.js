/** Where the script lies, and so the server. Pages load it in many ways, of which one alone names the script. */

const FILE = /^[^?#]*\/widget\.js(?=$|[?#])/;

/** Returns the address of the script's folder; that of the page where nothing tells. */
export function ownAddress() {
  const found = [...named()].find((address) => FILE.test(address));
  if (!found) console.warn('anodyne-chat: the script does not know where it came from. Set <anodyne-chat server="…">.');
  return new URL('.', new URL(found ?? '', document.baseURI)).href;
}

function* named() {
  yield document.currentScript?.src;
  // A module, or one that an optimiser has put off: it keeps the address in an attribute of its own naming.
  for (const script of document.querySelectorAll('script')) for (const { value } of script.attributes) yield value;
  // Imported by another script.
  for (const { name } of performance.getEntriesByType('resource')) yield name;
}
