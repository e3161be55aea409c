/** The first line of the bundle: what it was made from and what it holds, so that a test can tell without Node. */

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

/** Returns the line for a bundle's code; tests/website/test_bundle.py makes the same. */
export function banner(project, code) {
  const listed = JSON.parse(readFileSync(join(project, 'widget/sources.json'), 'utf8'));
  const files = listed.flatMap((path) => filesBelow(project, path)).sort();
  const sources = sha256(...files.flatMap((path) => [`${path}\0`, readFileSync(join(project, path)), '\0']));
  return `/*! Built by \`make widget\`: change its sources instead. sources ${sources} code ${sha256(code)} */\n`;
}

function filesBelow(project, path) {
  if (!statSync(join(project, path)).isDirectory()) return [path];
  return readdirSync(join(project, path)).flatMap((name) => filesBelow(project, `${path}/${name}`));
}
