// Changes of real files are told of, whatever happens to the folders that they are in; and where the
// system does not tell, that is said.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Watch, WatchedPlace } from '../../src/engine/world.ts';
import { createFiles } from '../../src/node/files.ts';
import { createWatching, type WatchingOptions } from '../../src/node/watching.ts';

const MOST_MS = 10_000;
let folder = '';
let heard: (readonly string[] | null)[] = [];
let logged: string[] = [];
let wake: () => void = () => undefined;
let watches: Watch[] = [];

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'codex-health-watching-')));
  [heard, logged, watches] = [[], [], []];
});

afterEach(() => {
  for (const watch of watches) watch.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const at = (...parts: readonly string[]) => path.join(folder, ...parts);

function make(file: string, text = ''): void {
  fs.mkdirSync(path.dirname(at(file)), { recursive: true });
  fs.writeFileSync(at(file), text);
}

async function watch(
  places: readonly WatchedPlace[],
  options: Partial<WatchingOptions> = {},
): Promise<Watch> {
  const watching = createWatching({ log: line => logged.push(line), ...options });
  const made = watching.watch(places, changed => {
    heard.push(changed);
    wake();
  });
  watches.push(made);
  await made.ready;
  return made;
}

/** Waits until a change of this path was told of, be it by a folder above it. */
async function hears(file: string | null): Promise<void> {
  const isIt = (changed: readonly string[] | null) =>
    changed === null
      ? file === null
      : changed.some(one => one === file || file?.startsWith(one + path.sep) === true);
  const until = performance.now() + MOST_MS;
  while (!heard.some(isIt)) {
    if (performance.now() > until)
      throw new Error(`nothing was told of ${file ?? 'anything'}, but of ${JSON.stringify(heard)}`);
    await new Promise<void>(resolve => {
      wake = resolve;
      setTimeout(resolve, 100);
    });
  }
  heard = [];
}

/** All that was told of before is over when this comes. */
async function settle(): Promise<void> {
  make('sessions/marker', String(performance.now()));
  await hears(at('sessions/marker'));
  await new Promise(resolve => setTimeout(resolve, 50));
  heard = [];
}

const SESSIONS = (): WatchedPlace => ({ folder: at('sessions'), isTree: true });

test('a line behind the others, a file that is moved, and one that goes', async () => {
  make('sessions/2026/11/21/one.jsonl', 'a\n');
  await watch([SESSIONS()]);
  fs.appendFileSync(at('sessions/2026/11/21/one.jsonl'), 'b\n');
  await hears(at('sessions/2026/11/21/one.jsonl'));
  fs.renameSync(at('sessions/2026/11/21/one.jsonl'), at('sessions/2026/11/21/two.jsonl'));
  await hears(at('sessions/2026/11/21/two.jsonl'));
  fs.rmSync(at('sessions/2026/11/21/two.jsonl'));
  await hears(at('sessions/2026/11/21/two.jsonl'));
});

test('a file in folders that have just been made, and its next lines', async () => {
  make('sessions/2026/11/21/one.jsonl');
  await watch([SESSIONS()]);
  make('sessions/2027/01/01/new.jsonl', 'a\n');
  await hears(at('sessions/2027/01/01/new.jsonl'));
  await settle();
  fs.appendFileSync(at('sessions/2027/01/01/new.jsonl'), 'b\n');
  await hears(at('sessions/2027/01/01/new.jsonl'));
});

test('a folder that is moved away, and another one that comes in its place', async () => {
  make('sessions/2026/11/21/one.jsonl');
  make('aside/11/21/other.jsonl');
  await watch([SESSIONS()]);
  fs.renameSync(at('sessions/2026'), at('gone'));
  await hears(at('sessions/2026/11/21/one.jsonl'));
  fs.renameSync(at('aside'), at('sessions/2026'));
  await hears(at('sessions/2026/11/21/other.jsonl'));
  await settle();
  fs.appendFileSync(at('sessions/2026/11/21/other.jsonl'), 'b\n');
  await hears(at('sessions/2026/11/21/other.jsonl'));
});

test('a home that is not there yet, and all of its folders', async () => {
  await watch([
    { folder: at('far/home'), isTree: false, names: name => name === 'config.toml' },
    { folder: at('far/home/sessions'), isTree: true },
  ]);
  make('far/home/config.toml', 'a');
  await hears(at('far/home/config.toml'));
  make('far/home/sessions/2026/one.jsonl');
  await hears(at('far/home/sessions/2026/one.jsonl'));
  fs.appendFileSync(at('far/home/config.toml'), 'b');
  await hears(at('far/home/config.toml'));
});

test('a home that is replaced by another one', async () => {
  make('home/config.toml');
  make('other/config.toml');
  make('other/sessions/2026/one.jsonl');
  await watch([
    { folder: at('home'), isTree: false },
    { folder: at('home/sessions'), isTree: true },
  ]);
  fs.renameSync(at('home'), at('old'));
  fs.renameSync(at('other'), at('home'));
  await hears(at('home/sessions/2026/one.jsonl'));
  await new Promise(resolve => setTimeout(resolve, 200));
  heard = [];
  fs.appendFileSync(at('home/sessions/2026/one.jsonl'), 'b');
  await hears(at('home/sessions/2026/one.jsonl'));
});

test('sessions that are a link to another disk', async () => {
  make('disk/2026/one.jsonl');
  fs.symlinkSync(at('disk'), at('sessions'));
  await watch([SESSIONS()]);
  fs.appendFileSync(at('disk/2026/one.jsonl'), 'b');
  await hears(at('sessions/2026/one.jsonl'));
});

test('a commit to a database, which goes to its log alone', async () => {
  const database = new DatabaseSync(at('state_5.sqlite'));
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)');
  await watch([{ folder, isTree: false, names: name => name.endsWith('-wal') }]);
  database.exec('UPDATE t SET x = 2');
  await hears(at('state_5.sqlite-wal'));
  database.close();
});

test('to be looked at is no change', async () => {
  make('sessions/2026/one.jsonl', 'a\n');
  await watch([{ folder, isTree: false }, SESSIONS()]);
  const files = createFiles();
  await files.tree(at('sessions'));
  await files.ends(at('sessions/2026/one.jsonl'), 10, 10);
  await files.whole(at('sessions/2026/one.jsonl'), 10);
  await files.list(folder);
  make('sessions/marker');
  await hears(at('sessions/marker'));
  expect(heard.flat().filter(file => file?.endsWith('one.jsonl'))).toEqual([]);
});

test('names that do not matter are not told of', async () => {
  await watch([{ folder, isTree: false, names: name => name === 'b' }]);
  make('a');
  make('session-health/vault');
  make('b');
  await hears(at('b'));
  fs.writeFileSync(at('a'), 'more');
  fs.writeFileSync(at('b'), 'more');
  await hears(at('b'));
  expect(heard.flat()).not.toContain(at('a'));
});

test('one watch for a folder, however many files are in it', async () => {
  for (let index = 0; index < 300; index += 1) make(`sessions/2026/${String(index)}.jsonl`);
  let count = 0;
  const watchFolder = ((...asked: Parameters<typeof fs.watch>) => {
    count += 1;
    return fs.watch(...asked);
  }) as typeof fs.watch;
  await watch([SESSIONS()], { watchFolder });
  // The two folders, and the one above them, in which they might be replaced.
  expect(count).toBe(3);
});

test('where the system has no more watches, that is said once, and looked at slowly', async () => {
  make('sessions/2026/one.jsonl');
  const watchFolder = (() => {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  }) as unknown as typeof fs.watch;
  await watch([SESSIONS(), { folder, isTree: false }], { watchFolder, slowMs: 20 });
  await hears(null);
  await hears(null);
  expect(logged).toEqual([
    `${folder} cannot be watched (no space left on device): it is looked at every 0.02 s instead.`,
  ]);
});

test('a disk of which no changes are told is not touched, and looked at slowly', async () => {
  const watchFolder = (() => {
    throw new Error('it was touched');
  }) as unknown as typeof fs.watch;
  const isHearable = () => Promise.resolve(false);
  const made = await watch([SESSIONS()], { watchFolder, isHearable, slowMs: 20 });
  await hears(null);
  expect(logged.join()).toContain('is on a disk of which no changes are told');
  made.close();
  heard = [];
  await new Promise(resolve => setTimeout(resolve, 100));
  expect(heard).toEqual([]);
});

test('a watch that fails later is looked at slowly from then on', async () => {
  make('sessions/2026/one.jsonl');
  const made: fs.FSWatcher[] = [];
  const watchFolder = ((...asked: Parameters<typeof fs.watch>) => {
    const watcher = fs.watch(...asked);
    made.push(watcher);
    return watcher;
  }) as typeof fs.watch;
  await watch([SESSIONS()], { watchFolder, slowMs: 20 });
  made.at(-1)?.emit('error', Object.assign(new Error('gone wrong'), { code: 'EIO' }));
  await hears(null);
  expect(logged).toHaveLength(1);
});
