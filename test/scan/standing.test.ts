// What a scan that stands asks the machine again, and when.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { createWatching } from '../../src/node/watching.ts';
import { ChangingHome } from '../support/changingHome.ts';
import { home, HOME, idOf, NOW } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

test('who has files open is asked again, also after the clock was set back', async () => {
  const { world } = home().thread('t1').build();
  let nowMs = NOW;
  let asked = 0;
  const holders = () => {
    asked += 1;
    return world.processes.holders([HOME]);
  };
  const processes = { ...world.processes, holders };
  const engine = createEngine({ ...world, now: () => nowMs, processes });
  const request = { home: HOME, sqliteHome: null, codex: null, full: false };
  const standing = engine.stand(request, () => undefined);
  const askedAt = async (atMs: number) => {
    const before = asked;
    nowMs = atMs;
    await standing.look();
    return asked - before;
  };
  expect(await askedAt(NOW)).toBe(1);
  expect(await askedAt(NOW + 1000)).toBe(0);
  expect(await askedAt(NOW + 10_000)).toBe(1);
  expect(await askedAt(NOW - 3_600_000)).toBe(1);
  expect(await askedAt(NOW - 3_599_000)).toBe(0);
  standing.close();
});

test('a database that is kept locked is waited for once', async () => {
  const { world } = home().thread('t1').lock().build();
  let waitedMs = 0;
  const pause = (milliseconds: number) => Promise.resolve(void (waitedMs += milliseconds));
  const engine = createEngine({ ...world, files: { ...world.files, pause } });
  const request = { home: HOME, sqliteHome: null, codex: null, full: false };
  const standing = engine.stand(request, () => undefined);
  const { snapshot } = await standing.look();
  expect(snapshot.locked).toMatchObject([{ by: { program: 'sqlitebrowser' } }]);
  expect(waitedMs).toBeGreaterThan(1500);
  const after = waitedMs;
  expect((await standing.look()).snapshot.locked).toEqual(snapshot.locked);
  expect(waitedMs).toBe(after);
  standing.close();
});

test('who can see a thread is predicted anew only when more than growth has happened', async () => {
  const changing = new ChangingHome();
  const request = { home: changing.folder, sqliteHome: null, codex: null, full: false };
  const standing = createEngine(changing.world()).stand(request, () => undefined);
  try {
    // The first one ends a file in another way than before.
    changing.change({ kind: 'a turn', which: 3 });
    const { visibility } = await standing.look();
    changing.change({ kind: 'a turn', which: 3 });
    expect((await standing.look()).visibility).toBe(visibility);
    changing.change({ kind: 'a new thread', which: 1 });
    expect((await standing.look()).visibility).not.toBe(visibility);
  } finally {
    standing.close();
    changing.remove();
  }
});

test('files to which only a link leads are heard of, and read again', async () => {
  const changing = new ChangingHome();
  const kept = path.join(path.dirname(changing.folder), 'kept');
  fs.mkdirSync(kept);
  for (const name of ['config.toml', 'session_index.jsonl']) {
    fs.renameSync(path.join(changing.folder, name), path.join(kept, name));
    fs.symlinkSync(path.join('..', 'kept', name), path.join(changing.folder, name));
  }
  let hear: () => void = () => undefined;
  const engine = createEngine({
    ...changing.world(),
    watching: createWatching({ log: () => undefined, isHearable: () => Promise.resolve(true) }),
  });
  const request = { home: changing.folder, sqliteHome: null, codex: null, full: false };
  const standing = engine.stand(request, () => hear());
  try {
    await standing.look();
    const written = async (name: string, text: string) => {
      const heard = new Promise<void>(resolve => (hear = resolve));
      fs.appendFileSync(path.join(kept, name), text);
      await heard;
      return (await standing.look()).snapshot;
    };
    const entry = { id: idOf('t2'), thread_name: 'another', updated_at: '2026-11-21T10:00:00Z' };
    const { names } = await written('session_index.jsonl', `${JSON.stringify(entry)}\n`);
    expect(names[idOf('t2')]).toBe('another');
    const { config } = await written('config.toml', '\n[broken');
    expect(config.state).toBe('broken');
  } finally {
    standing.close();
    changing.remove();
  }
});

test('a file outside the home to which a row leads is read again when it has changed', async () => {
  const at = rolloutPath('t1');
  const { world, files } = home()
    .thread('t1', { row: { rollout_path: `/original/${at}` } })
    .elsewhere(`/original/${at}`, at)
    .build();
  let read = 0;
  const ends: typeof world.files.ends = (file, ...rest) => {
    if (file.startsWith('/original/')) read += 1;
    return world.files.ends(file, ...rest);
  };
  const engine = createEngine({ ...world, files: { ...world.files, ends } });
  const request = { home: HOME, sqliteHome: null, codex: null, full: false };
  const standing = engine.stand(request, () => undefined);
  const longer = async () => {
    const { findings } = await standing.look();
    return findings.find(({ check }) => check === 'thread-file-elsewhere')?.facts['longer'];
  };
  expect([await longer(), await longer(), read]).toEqual([0, 0, 1]);
  const before = files.get(`/original/${at}`)?.bytes ?? new Uint8Array();
  files.set(`/original/${at}`, {
    bytes: new Uint8Array([...before, ...before]),
    modifiedMs: NOW + 1,
  });
  expect([await longer(), read]).toEqual([1, 2]);
  standing.close();
});
