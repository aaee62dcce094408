// What people download: the extension, and the command line from npm.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { nodeOf } from './runProcess.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const MOST_BYTES = 2 * 1024 * 1024;

const PROGRAMS = ['databases.js', 'outside.js', 'server.js', 'sql-wasm.wasm'];

test('the extension is small, and holds what it needs and nothing else', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'package-'));
  const file = path.join(folder, 'extension.vsix');
  try {
    await vsce('package', '--no-dependencies', '--out', file);
    expect(fs.statSync(file).size).toBeLessThan(MOST_BYTES);
    const listed = (await vsce('ls', '--no-dependencies')).split('\n').filter(Boolean);
    const [media, others] = [listed.filter(isMedia), listed.filter(name => !isMedia(name))];
    expect(media.length).toBeGreaterThan(1);
    expect(others.sort()).toEqual(
      [
        ...['package.json', 'package.nls.json', 'README.md', 'CHANGELOG.md', 'LICENSE'],
        ...['extension.js', ...PROGRAMS].map(name => `dist/${name}`),
      ].sort(),
    );
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('the command line is small, and holds what it needs and nothing else', async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--silent'], {
    cwd: ROOT,
  });
  const [pack] = JSON.parse(stdout) as { size: number; files: { path: string }[] }[];
  expect(pack?.size).toBeLessThan(MOST_BYTES);
  expect(pack?.files.map(one => one.path).sort()).toEqual(
    [
      ...['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE'],
      ...['cli.js', ...PROGRAMS].map(name => `dist/${name}`),
    ].sort(),
  );
});

function isMedia(name: string): boolean {
  return name.startsWith('media/');
}

async function vsce(...args: readonly string[]): Promise<string> {
  const program = path.join(ROOT, 'node_modules/@vscode/vsce/vsce');
  const { stdout } = await promisify(execFile)(nodeOf(24), [program, ...args], { cwd: ROOT });
  return stdout;
}
