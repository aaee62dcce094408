// What npm hands to people who want the command line alone: it works with nothing beside it but what is packed.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordedVersions, unpackRecordedHome } from '../support/codex/recordedHomes.ts';

const ROOT = path.join(import.meta.dirname, '../..');

/** Whatever else is packed has to be put here, with what it is for. */
const WANTED = [
  ...['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE'],
  // The command line, the language server, and what both start, load and send to other hosts.
  ...['dist/cli.js', 'dist/server.js', 'dist/outside.js', 'dist/reader.js', 'dist/databases.js'],
  ...['dist/sql-wasm.wasm', 'dist/scanner.br'],
];

const MOST_BYTES = 2 * 1024 * 1024;

let folder: string;
let bytes: number;
let packed: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-health-packed-'));
  const inRoot = { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' } as const;
  execFileSync(process.execPath, ['esbuild.mjs', '--no-maps'], inRoot);
  const said = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], inRoot);
  const [pack] = JSON.parse(said) as [{ readonly filename: string; readonly size: number }];
  bytes = pack.size;
  execFileSync('tar', ['-xzf', path.join(folder, pack.filename), '-C', folder], inRoot);
  packed = path.join(folder, 'package');
});
afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

test('it is under two megabytes', () => {
  expect(bytes).toBeLessThan(MOST_BYTES);
});

test('it holds what it needs, and nothing else', () => {
  const files = fs.readdirSync(packed, { recursive: true, withFileTypes: true });
  const names = files
    .filter(entry => entry.isFile())
    .map(entry => path.relative(packed, path.join(entry.parentPath, entry.name)));
  expect(names.sort()).toEqual([...WANTED].sort());
});

test('it looks at a home by itself, databases and all', () => {
  const root = path.join(folder, 'somebody');
  const home = unpackRecordedHome(recordedVersions().at(-1) ?? '', root);
  const manifest = fs.readFileSync(path.join(packed, 'package.json'), 'utf8');
  const { bin } = JSON.parse(manifest) as { readonly bin: Record<string, string> };
  const program = path.join(packed, bin['codex-health'] ?? '');
  const said = spawnSync(process.execPath, [program, 'scan', '--json', '--home', home.folder], {
    env: { ...process.env, XDG_STATE_HOME: path.join(folder, 'state') },
    encoding: 'utf8',
  });
  const report = JSON.parse(said.stdout) as {
    readonly counts: { readonly threads: number };
    readonly gaps: readonly { readonly source: string }[];
  };
  expect(report.counts.threads).toBeGreaterThan(0);
  expect(report.gaps.map(({ source }) => source)).not.toContain('state-database');
});
