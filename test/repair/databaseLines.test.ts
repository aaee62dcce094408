// The lines that tell a Codex where the databases of its host are, in the shells themselves: on the host, on others
// that read the same file, and where the environment of one host is handed on to another, as schedulers do it.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databaseLines } from '../../src/engine/repair/ownDatabases/databaseLines.ts';
import { homeLines } from '../../src/engine/repair/split/homeLines.ts';
import type { Shell } from '../../src/engine/repair/startUp/shells.ts';

let root: string;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'database-lines-'));
});
afterEach(() => {
  fs.rmSync(root, { recursive: true });
});

const HOME = '/home/ada lovelace/.codex';
const DISK = '/scratch/ada lovelace/databases';
const linesFor = (shell: Shell, host: string, folder = DISK) =>
  databaseLines(shell, { host, home: HOME, folder });

/** How each of them reads a file of its own language, and then tells what it has set. */
const SHELLS: readonly { readonly shell: Shell; readonly run: readonly string[] }[] = [
  { shell: 'bash', run: ['bash', '-c', '. "$WRITTEN"; printenv CODEX_SQLITE_HOME'] },
  { shell: 'zsh', run: ['zsh', '-fc', '. "$WRITTEN"; printenv CODEX_SQLITE_HOME'] },
  { shell: 'sh', run: ['dash', '-euc', '. "$WRITTEN"; printenv CODEX_SQLITE_HOME || :'] },
  { shell: 'fish', run: ['fish', '-Nc', 'source "$WRITTEN"; printenv CODEX_SQLITE_HOME'] },
  { shell: 'tcsh', run: ['tcsh', '-fc', 'source "$WRITTEN"; printenv CODEX_SQLITE_HOME'] },
];

describe.each(SHELLS)('$shell', ({ shell, run }) => {
  const told = (
    text: string,
    hostname: string | null,
    environment: Readonly<Record<string, string>> = {},
  ) => {
    const lines = path.join(root, 'lines');
    fs.writeFileSync(lines, text);
    const [program = '', ...words] = run;
    const { stdout, stderr } = spawnSync(program, words, {
      env: { HOME: root, PATH: `${bin(hostname)}:/usr/bin:/bin`, WRITTEN: lines, ...environment },
      cwd: root,
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(stderr).toBe('');
    return stdout.trim();
  };
  const two = () => linesFor(shell, 'gpu-2', '/disk2') + linesFor(shell, 'gpu-1');

  test('on its host, and on no other', () => {
    const text = linesFor(shell, 'gpu-1');
    expect(told(text, 'gpu-1')).toBe(DISK);
    for (const other of ['gpu-10', 'gpu-2', '', null]) expect(told(text, other)).toBe('');
  });

  test('two hosts in one file, in either order', () => {
    const turned = linesFor(shell, 'gpu-1') + linesFor(shell, 'gpu-2', '/disk2');
    for (const text of [two(), turned]) {
      expect(told(text, 'gpu-1')).toBe(DISK);
      expect(told(text, 'gpu-2')).toBe('/disk2');
      expect(told(text, 'gpu-3')).toBe('');
    }
  });

  test('what was handed on from another host does not stand', () => {
    const handed = { CODEX_SQLITE_HOME: DISK, CODEX_HEALTH_DATABASES_OF: 'gpu-1' };
    expect(told(two(), 'gpu-3', handed)).toBe('');
    expect(told(two(), 'gpu-2', handed)).toBe('/disk2');
    expect(told(two(), 'gpu-1', handed)).toBe(DISK);
    expect(told(two(), null, handed)).toBe('');
  });

  test('what a person has chosen stands, and so does another home', () => {
    const text = linesFor(shell, 'gpu-1');
    expect(told(text, 'gpu-1', { CODEX_SQLITE_HOME: '/mine' })).toBe('/mine');
    expect(told(text, 'gpu-1', { CODEX_HOME: '/other' })).toBe('');
    expect(told(text, 'gpu-1', { CODEX_HOME: HOME })).toBe(DISK);
    expect(told(text, 'gpu-1', { CODEX_HOME: '' })).toBe(DISK);
  });

  test('read twice, and before or behind the lines of a split', () => {
    const own = linesFor(shell, 'gpu-1');
    const split = homeLines(shell, [{ host: 'gpu-1', home: HOME }], '/home/ada lovelace/old');
    for (const text of [own + own, own + split, split + own])
      expect(told(text, 'gpu-1')).toBe(DISK);
  });
});

/** Where the only `hostname` is one that says this; null: there is none. */
function bin(hostname: string | null): string {
  const folder = path.join(root, 'bin');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder);
  const script = hostname === null ? 'exit 127' : `echo '${hostname}'`;
  fs.writeFileSync(path.join(folder, 'hostname'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}
