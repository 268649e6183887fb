// Peers of match_peers.py: {"names": [...], "texts": [...]} on stdin, the best name and its score for each text out.
//
//   node search.mjs minisearch|fuzzysort FOLDER     FOLDER holds node_modules

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [engine, folder] = process.argv.slice(2);
const load = createRequire(join(folder, 'package.json'));
const { names, texts } = JSON.parse(readFileSync(0, 'utf8'));

// Both are made for short questions over longer texts, so a text that finds nothing is asked again with fewer words.
function shorter(text, ask) {
  const words = text.split(' ');
  for (let count = Math.min(words.length, 4); count > 0; count -= 1) {
    const found = ask(words.slice(0, count).join(' '));
    if (found) return found;
  }
  return null;
}

function minisearch() {
  const index = new (load('minisearch'))({ fields: ['name'], storeFields: ['name'] });
  index.addAll(names.map((name, id) => ({ id, name })));
  return (text) => {
    const [best] = index.search(text, { combineWith: 'OR' });
    return best ? [best.name, best.score] : null;
  };
}

function fuzzysort() {
  const library = load('fuzzysort');
  const go = library.go ?? library.default.go;
  const targets = names.map((name) => (library.prepare ?? library.default.prepare)(name));
  return (text) => shorter(text, (words) => {
    const [best] = go(words, targets, { limit: 1 });
    return best ? [best.target, best.score] : null;
  });
}

const ask = engine === 'minisearch' ? minisearch() : fuzzysort();
const before = process.cpuUsage();
const found = texts.map((text) => ask(text) ?? ['', 0]);
const spent = process.cpuUsage(before);
console.log(JSON.stringify({ found, seconds: (spent.user + spent.system) / 1e6 }));
