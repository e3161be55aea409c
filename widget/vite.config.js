import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';
import { banner } from './build/banner.js';

const PROJECT = join(import.meta.dirname, '..');
const STATIC = join(PROJECT, 'ketamine_faq/static');

// The server puts the words of content/ in: ketamine_faq/website/widget.py.
const wordsOfContent = {
  name: 'words-of-content',
  resolveId: (id) => (id === 'content:words' ? '\0content:words' : undefined),
  load: (id) => (id === '\0content:words' ? 'export const words = __WORDS_OF_CONTENT__;' : undefined),
};

// Lit keeps its versions and the metadata of its decorators on the page's globals, which belong to the page.
const litWithoutGlobals = {
  name: 'lit-without-globals',
  transform: (code, id) =>
    /node_modules\/(lit|@lit)/.test(id)
      ? code
          .replace(/\(\w+\.\w+Versions\?\?=\[\]\)\.push\("[\d.]+"\)/, '0')
          .replace(/Symbol\.metadata\?\?=[^,]+,\w+\.litPropertyMetadata\?\?=/, 'const litPropertyMetadata=')
      : undefined,
};

const withBanner = {
  name: 'with-banner',
  writeBundle: (_, bundle) => {
    const { code } = bundle['widget.js'];
    writeFileSync(join(STATIC, 'widget.js'), banner(PROJECT, code) + code);
  },
};

export default defineConfig({
  plugins: [wordsOfContent, litWithoutGlobals, withBanner],
  publicDir: false,
  build: {
    outDir: STATIC,
    emptyOutDir: false,
    target: 'es2021',
    lib: { entry: 'src/main.js', formats: ['iife'], name: 'unused', fileName: () => 'widget.js' },
  },
});
