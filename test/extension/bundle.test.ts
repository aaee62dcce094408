// What the extension host loads: no engine, little else, and nothing that it does before it is asked.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { runInThisContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { standInForVscode } from './standInForVscode.ts';

const ROOT = path.join(import.meta.dirname, '../..');

/** The client of the Language Server Protocol, and what it brings along. */
const LIBRARIES = [
  'vscode-jsonrpc',
  'vscode-languageclient',
  'vscode-languageserver-protocol',
  'vscode-languageserver-textdocument',
  'vscode-languageserver-types',
  'balanced-match',
  'brace-expansion',
  'minimatch',
  'semver',
];

/** These compute and tell; they read and start nothing. */
const HARMLESS = ['path', 'util', 'os', 'crypto', 'events', 'url', 'assert'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'codex-health-bundle-'));
  execFileSync(process.execPath, ['esbuild.mjs', '--meta', '--out', folder], { cwd: ROOT });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('nothing of the engine, of Node and of the server is in it', () => {
  const rooms = inputs()
    .filter(file => file.startsWith('src/'))
    .map(file => file.split('/')[1]);
  expect([...new Set(rooms)].sort()).toEqual(['extension', 'protocol', 'words']);
});

test('it carries one library, with what that brings along', () => {
  const libraries = inputs()
    .map(file => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1])
    .filter(name => name !== undefined);
  expect([...new Set(libraries)].filter(name => !LIBRARIES.includes(name))).toEqual([]);
});

test('activation reads nothing, starts nothing and connects to nothing', () => {
  const { calls, registered } = activate();
  expect(registered).toEqual(expect.arrayContaining(['createTreeView', 'registerCommand']));
  expect(calls).toEqual([]);
});

function inputs(): readonly string[] {
  const meta = path.join(folder, 'extension.js.meta.json');
  const { inputs } = JSON.parse(readFileSync(meta, 'utf8')) as {
    inputs: Readonly<Record<string, unknown>>;
  };
  return Object.keys(inputs);
}

/** Loads and activates the built file, and notes what it calls of Node until activation is over. */
function activate(): { readonly calls: readonly string[]; readonly registered: readonly string[] } {
  const vscode = standInForVscode();
  const calls: string[] = [];
  const require = createRequire(import.meta.url);
  const requireWatched = (name: string): unknown => {
    if (name === 'vscode') return vscode.module;
    const loaded = require(name) as object;
    const plain = name.replace('node:', '');
    return !isBuiltin(name) || HARMLESS.includes(plain) ? loaded : watched(plain, loaded, calls);
  };
  const file = path.join(folder, 'extension.js');
  const load = runInThisContext(`(function (require, module, exports) {${readFileSync(file, 'utf8')}
})`) as (require: unknown, module: object, exports: object) => void;
  const module = { exports: {} };
  load(requireWatched, module, module.exports);
  const { activate: start } = module.exports as { activate: (context: object) => void };
  start(vscode.context);
  return { calls: [...calls], registered: vscode.called() };
}

/** The same module, whose functions note that they were called and do nothing. */
function watched(name: string, module: object, calls: string[]): unknown {
  return new Proxy(module, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function' || /^[A-Z]/.test(String(key))) return value;
      return () => {
        calls.push(`${name}.${String(key)}`);
      };
    },
  });
}
