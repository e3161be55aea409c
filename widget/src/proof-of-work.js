/** The sum that a contact form costs its sender. */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

// So many at a time that the page stays responsive.
const BATCH = 500;

/** Returns the challenge's solution as the server takes it; throws where it has none. */
export async function solve({ challenge, salt, maxnumber, signature }) {
  for (let number = 0; number <= maxnumber; number += 1) {
    if (number % BATCH === 0) await new Promise((resume) => setTimeout(resume));
    if (bytesToHex(sha256(utf8ToBytes(`${salt}${number}`))) === challenge) return { challenge, number, salt, signature };
  }
  throw new Error('no solution');
}
