// The server as it is shipped: a bundle in a process of its own, spoken to over its standard
// streams, on a home on disk.

import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Wish } from '../../src/protocol/repairs.ts';
import { writeSampleHome, type SampleHome } from '../editor/sampleHome.ts';
import { initialize, speak, type Editor } from './editor.ts';

const root = path.join(import.meta.dirname, '../..');
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-health-server-'));
const programs = path.join(temporary, 'dist');
let sample: SampleHome;
let sampleRows: readonly unknown[];

beforeAll(async () => {
  execFileSync(process.execPath, ['esbuild.mjs', '--out', programs], { cwd: root });
  sample = await writeSampleHome(path.join(temporary, 'sample'));
  sampleRows = rowsOf(sample.folder);
});

afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

function startProcess(): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [path.join(programs, 'server.js'), '--stdio'], {
    env: { PATH: process.env['PATH'], HOME: temporary, XDG_CACHE_HOME: temporary },
  });
}

async function open(home: string) {
  const server = startProcess();
  let errors = '';
  server.stderr.on('data', chunk => (errors += String(chunk)));
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const editor = speak(connection);
  const changed = editor.nextChange();
  await initialize(connection, { settings: { home, problems: 'all' } });
  await changed;
  const ended = new Promise(resolve => server.once('exit', resolve));
  return { editor, server, ended, errors: () => errors };
}

test('the shipped server answers over its standard streams, and ends when told to', async () => {
  const { editor, ended, errors } = await open(sample.folder);
  const tree = await editor.tree();
  expect(tree.state).toBe('read');
  expect(tree.hosts[0]?.projects.map(project => path.basename(project.path)).sort()).toEqual([
    'dotfiles',
    'thesis',
    'webshop',
  ]);
  const codes = [...editor.markers.values()].flat().map(({ code }) => code);
  expect(codes).toContain('thread-row-missing');
  await editor.leave();
  expect(await ended).toBe(0);
  expect(errors()).toBe('');
});

test('it ends when the editor is gone', async () => {
  const { server, ended } = await open(sample.folder);
  server.stdin.end();
  expect(await ended).not.toBe(null);
});

test('looking at a home leaves every file as it was, and adds none', async () => {
  const before = stateOf(sample.folder);
  const { editor, ended } = await open(sample.folder);
  await editor.ask('codexHealth/refresh');
  await editor.ask('codexHealth/report');
  await editor.leave();
  await ended;
  expect(stateOf(sample.folder)).toEqual(before);
});

test('it repairs a home on disk, and undo leaves every file of it as it was', async () => {
  const { editor, ended, errors } = await open(sample.folder);
  const before = stateOf(sample.folder);
  const codes = () => [...editor.markers.values()].flat().map(({ code }) => code);
  const sick = codes().sort();
  const wish: Wish = {
    kind: 'findings',
    findings: (await findingsOf(editor)).filter(id => id.startsWith('thread-path-stale:')),
    ...{ cure: null, to: null },
  };
  const plan = await editor.ask('codexHealth/plan', { wish });
  expect(await editor.text(plan.uri)).toContain('1 repair. Nothing is lost');
  const request = { wish, sha: plan.sha, waits: false, workDoneToken: 'one' };
  const done = await editor.ask('codexHealth/apply', request);
  expect(done).toMatchObject({ healed: wish.findings, failed: [], remaining: [] });
  expect(editor.progress.length).toBeGreaterThan(2);
  expect(codes()).not.toContain('thread-path-stale');
  const undone = await editor.ask('codexHealth/undo', { receipt: done.receipt });
  expect(undone).toEqual({ receipt: done.receipt, undone: 1, left: [] });
  expect(codes().sort()).toEqual(sick);
  await editor.leave();
  expect(await ended).toBe(0);
  expect(errors()).toBe('');
  const isTheirs = (line: string) => !/^session-health|\.sqlite(?:-wal|-shm)? /.test(line);
  expect(stateOf(sample.folder).filter(isTheirs)).toEqual(before.filter(isTheirs));
  expect(rowsOf(sample.folder)).toEqual(sampleRows);
});

async function findingsOf(editor: Editor): Promise<readonly string[]> {
  const { hosts } = await editor.tree();
  const projects = hosts.flatMap(host => host.projects);
  const threads = await Promise.all(projects.map(project => editor.threads(project.path)));
  return threads.flat().flatMap(({ findings }) => findings.map(({ id }) => id));
}

/** The rows as they stand in the database, which keeps its file another way when it was written. */
function rowsOf(folder: string): readonly unknown[] {
  const database = new DatabaseSync(path.join(folder, 'state_5.sqlite'), { readOnly: true });
  try {
    return database.prepare('SELECT * FROM threads ORDER BY id').all();
  } finally {
    database.close();
  }
}

/** Every path below a folder with all that a change would change. */
function stateOf(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => {
      const file = path.join(folder, name);
      const { mtimeMs, size, mode } = fs.statSync(file);
      const isFile = fs.statSync(file).isFile();
      const content = isFile
        ? createHash('sha256').update(fs.readFileSync(file)).digest('hex')
        : '';
      return [name, mode, mtimeMs, size, content].join(' ');
    })
    .sort();
}
