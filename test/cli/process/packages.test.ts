// What people download from npm; what they download as an extension is in test/package.

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../../..');
const MOST_BYTES = 2 * 1024 * 1024;

const PROGRAMS = ['databases.js', 'outside.js', 'server.js', 'sql-wasm.wasm'];

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
