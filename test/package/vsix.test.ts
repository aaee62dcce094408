// What is handed to people: the packed extension, as `npm run package` makes it.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../..');
const MOST_BYTES = 2 * 1024 * 1024;

/** Whatever else is packed has to be put here, with what it is for. */
const WANTED = [
  ...['extension.vsixmanifest', '[Content_Types].xml'],
  ...['extension/package.json', 'extension/package.nls.json', 'extension/package.nls.zh-cn.json'],
  ...['extension/l10n/bundle.l10n.json', 'extension/l10n/bundle.l10n.zh-cn.json'],
  ...['extension/readme.md', 'extension/changelog.md', 'extension/LICENSE.txt'],
  // The extension, the language server, and the four that the server starts and loads.
  ...['extension/dist/extension.js', 'extension/dist/server.js', 'extension/dist/outside.js'],
  ...['extension/dist/reader.js', 'extension/dist/databases.js'],
  ...['extension/dist/sql-wasm.wasm', 'extension/dist/scanner.br'],
];

let said: string;
let file: string;
let packed: ReadonlyMap<string, () => Buffer>;
beforeAll(() => {
  said = execFileSync(process.execPath, ['scripts/package.mjs'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const [, name = ''] = /^(\S+\.vsix): \d+ KiB$/m.exec(said) ?? [];
  file = path.join(ROOT, name);
  packed = unpack(fs.readFileSync(file));
});

test('the build says how big everything is', () => {
  expect(said).toMatch(/^extension\.js +\d+ KiB$/m);
  expect(said).toMatch(/^server\.js +\d+ KiB$/m);
});

test('it is under two megabytes', () => {
  expect(fs.statSync(file).size).toBeLessThan(MOST_BYTES);
});

test('it holds what it needs', () => {
  expect(WANTED.filter(name => !packed.has(name))).toEqual([]);
});

test('it holds nothing that need not ship', () => {
  const used = mediaInUse();
  const spare = [...packed.keys()].filter(name => !WANTED.includes(name) && !used.has(name));
  expect(spare).toEqual([]);
});

test('everything that its manifest names is in it', () => {
  expect([...mediaInUse()].filter(name => !packed.has(name))).toEqual([]);
});

test('it carries no map of its sources, and points at none', () => {
  const programs = [...packed.keys()].filter(name => name.endsWith('.js'));
  expect(programs).toHaveLength(5);
  const pointing = programs.filter(name => /^\/\/# sourceMappingURL=/m.test(textOf(name)));
  expect(pointing).toEqual([]);
});

test('it says nothing of the machine on which it was packed', () => {
  const telling = [...packed.keys()].filter(name => textOf(name).includes(ROOT));
  expect(telling).toEqual([]);
});

/** Pictures, grammars and pages that the manifest names, and what those pages show. */
function mediaInUse(): ReadonlySet<string> {
  const used = new Set(mediaIn(textOf('extension/package.json')));
  const pages = [...used].filter(name => name.endsWith('.md'));
  for (const page of pages) {
    const folder = path.posix.dirname(page);
    for (const [, shown = ''] of textOf(page).matchAll(/!\[[^\]]*\]\(([^)]+)\)|src="([^"]+)"/g))
      used.add(path.posix.join(folder, shown));
    // A page in another language lies beside it.
    for (const name of packed.keys())
      if (name.startsWith(page.replace(/md$/, 'nls.'))) used.add(name);
  }
  return used;
}

function mediaIn(text: string): readonly string[] {
  return [...text.matchAll(/"(?:\.\/)?(media\/[^"]+)"/g)].map(([, name = '']) =>
    path.posix.join('extension', name),
  );
}

function textOf(name: string): string {
  return packed.get(name)?.().toString('utf8') ?? '';
}

/** The entries of an archive by their names, from the directory at its end. */
function unpack(archive: Buffer): ReadonlyMap<string, () => Buffer> {
  const end = archive.lastIndexOf('PK\x05\x06');
  const entries = new Map<string, () => Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map(offset =>
      archive.readUInt16LE(at + offset),
    ) as [number, number, number];
    const isPacked = archive.readUInt16LE(at + 10) === 8;
    const bytes = archive.readUInt32LE(at + 20);
    const header = archive.readUInt32LE(at + 42);
    entries.set(archive.toString('utf8', at + 46, at + 46 + nameBytes), () => {
      const begin =
        header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
      const content = archive.subarray(begin, begin + bytes);
      return isPacked ? inflateRawSync(content) : content;
    });
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}
