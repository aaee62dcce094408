// A server that watches: what happens on disk while an editor is open reaches it without being asked for.
// The shipped server in a process of its own, on real files.

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { HealthTree } from '../../src/protocol/tree.ts';
import { writeSampleHome, type SampleHome } from '../editor/sampleHome.ts';
import { idOf } from '../support/home.ts';
import { initialize, speak, type Editor } from './editor.ts';

vi.setConfig({ testTimeout: 60_000 });

const root = path.join(import.meta.dirname, '../..');
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-health-freshness-'));
const programs = path.join(temporary, 'dist');
/** On a machine that does much else besides. */
const MOST_MS = 20_000;
let sample: SampleHome;
let count = 0;
let close = () => undefined as void;

beforeAll(() => {
  execFileSync(process.execPath, ['esbuild.mjs', '--out', programs], { cwd: root });
}, MOST_MS * 3);

beforeEach(async () => {
  sample = await writeSampleHome(path.join(temporary, String((count += 1))));
});

afterEach(() => close());

afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

async function open(home: string): Promise<Editor> {
  const server = spawn(process.execPath, [path.join(programs, 'server.js'), '--stdio'], {
    env: { PATH: process.env['PATH'], HOME: temporary, XDG_CACHE_HOME: temporary },
  });
  close = () => void server.kill();
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const editor = speak(connection);
  const changed = editor.nextChange();
  await initialize(connection, { settings: { home, problems: 'all' } });
  await changed;
  return editor;
}

/** Asks again after each change that the server tells of, as the tree does. */
async function until<T>(
  editor: Editor,
  ask: () => Promise<T>,
  isThere: (answer: T) => boolean,
): Promise<T> {
  const late = performance.now() + MOST_MS;
  for (;;) {
    const changed = editor.nextChange();
    const answer = await ask();
    if (isThere(answer)) return answer;
    await Promise.race([changed, new Promise(resolve => setTimeout(resolve, MOST_MS).unref())]);
    if (performance.now() > late)
      throw new Error(`no change was told of after which it is so: ${JSON.stringify(answer)}`);
  }
}

function rolloutOf(home: string, key: string): string {
  const names = fs.readdirSync(home, { recursive: true, encoding: 'utf8' });
  const name = names.find(one => one.endsWith(`${idOf(key)}.jsonl`));
  return path.join(home, name ?? '');
}

function takeTurn(home: string, database: DatabaseSync, key: string, atMs: number): void {
  const line = { type: 'event_msg', payload: { type: 'agent_message', message: 'done' } };
  fs.appendFileSync(rolloutOf(home, key), `${JSON.stringify(line)}\n`);
  const update = 'UPDATE threads SET updated_at = ?, updated_at_ms = ? WHERE id = ?';
  database.prepare(update).run(Math.floor(atMs / 1000), atMs, idOf(key));
}

test('turns that arrive while the tree is open', async () => {
  const home = sample.folder;
  const database = new DatabaseSync(path.join(home, 'state_5.sqlite'));
  database.exec('PRAGMA journal_mode = WAL');
  const editor = await open(home);
  const ask = () => editor.threads(sample.projects.thesis);
  for (const [turn, key] of ['t3', 't1', 't3', 't4'].entries()) {
    const atMs = Date.now() + turn;
    takeTurn(home, database, key, atMs);
    const isThere = (threads: Awaited<ReturnType<typeof ask>>) =>
      threads.some(({ id, updatedAtMs }) => id === idOf(key) && updatedAtMs >= atMs);
    await until(editor, ask, isThere);
  }
  database.close();
});

test('a thread that begins, and one whose row comes late', async () => {
  const home = sample.folder;
  const database = new DatabaseSync(path.join(home, 'state_5.sqlite'));
  database.exec('PRAGMA journal_mode = WAL');
  const editor = await open(home);
  const from = rolloutOf(home, 't1');
  const id = idOf('new');
  const to = path.join(home, 'sessions/2030/01/02', `rollout-2030-01-02T10-00-00-${id}.jsonl`);
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.writeFileSync(to, fs.readFileSync(from, 'utf8').replaceAll(idOf('t1'), id));
  const ask = async () =>
    (await editor.threads(sample.projects.thesis)).find(thread => thread.id === id);
  const found = await until(editor, ask, thread => thread !== undefined);
  expect(found?.findings.map(({ check }) => check)).toContain('thread-row-missing');
  const marked = () => [...editor.markers.values()].flat().map(({ code }) => code);
  const before = marked().filter(code => code === 'thread-row-missing').length;
  const columns = database.prepare("SELECT name FROM pragma_table_info('threads')").all();
  const names = columns
    .map(({ name }) => String(name))
    .filter(name => !/^(id|rollout_path)$/.test(name));
  database
    .prepare(
      `INSERT INTO threads (id, rollout_path, ${names.join()}) SELECT ?, ?, ${names.join()} FROM threads WHERE id = ?`,
    )
    .run(id, to, idOf('t1'));
  const isMissed = ({ findings }: NonNullable<typeof found>) =>
    findings.some(({ check }) => check === 'thread-row-missing');
  await until(editor, ask, thread => thread !== undefined && !isMissed(thread));
  const after = marked().filter(code => code === 'thread-row-missing').length;
  expect(after).toBe(before - 1);
  database.close();
});

test('a home that appears later, and goes again', async () => {
  const later = path.join(path.dirname(sample.folder), 'far', 'later');
  const editor = await open(later);
  expect((await editor.tree()).state).toBe('no-home');
  fs.mkdirSync(path.dirname(later));
  fs.renameSync(sample.folder, later);
  const isRead = ({ state, hosts }: HealthTree) =>
    state === 'read' && (hosts[0]?.counts.threads ?? 0) > 8;
  await until(editor, () => editor.tree(), isRead);
  fs.renameSync(later, sample.folder);
  await until(
    editor,
    () => editor.tree(),
    ({ state }) => state === 'no-home',
  );
});

test('a config.toml that names other databases', async () => {
  const editor = await open(sample.folder);
  const before = (await editor.tree()).threadsInTrouble;
  const elsewhere = path.join(path.dirname(sample.folder), 'elsewhere');
  fs.mkdirSync(elsewhere);
  fs.appendFileSync(path.join(sample.folder, 'config.toml'), '');
  const text = fs.readFileSync(path.join(sample.folder, 'config.toml'), 'utf8');
  fs.writeFileSync(
    path.join(sample.folder, 'config.toml'),
    `sqlite_home = ${JSON.stringify(elsewhere)}\n${text}`,
  );
  await until(
    editor,
    () => editor.tree(),
    tree => tree.threadsInTrouble !== before,
  );
});

test('what does not concern a scan does not wake anybody', async () => {
  const editor = await open(sample.folder);
  await editor.tree();
  let told = 0;
  const listen = async () => {
    for (;;) {
      await editor.nextChange();
      told += 1;
    }
  };
  void listen();
  fs.mkdirSync(path.join(sample.folder, 'session-health'));
  fs.writeFileSync(path.join(sample.folder, 'session-health', 'journal'), 'x');
  fs.writeFileSync(path.join(sample.folder, 'history.jsonl'), 'x');
  fs.utimesSync(path.join(sample.folder, 'config.toml'), new Date(), new Date());
  // What does concern it comes behind all that, and is told once.
  await new Promise(resolve => setTimeout(resolve, 1500));
  expect(told).toBe(0);
  fs.rmSync(rolloutOf(sample.folder, 't4'));
  await until(
    editor,
    () => editor.tree(),
    () => told > 0,
  );
  expect(told).toBe(1);
});
