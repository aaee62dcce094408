// A mount whose server is gone: nothing on it is touched, what lies there is unknown, and nobody
// is accused.

import { expect, test } from 'vitest';
import { createEngine, createRepairs } from '../../src/engine/engine.ts';
import type { Filesystem } from '../../src/engine/model/database.ts';
import type { Report } from '../../src/engine/model/report.ts';
import type { Read, Soon, World } from '../../src/engine/world.ts';
import { HOME, home } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';

const REQUEST = { home: HOME, sqliteHome: null, codex: null, full: false };

async function scanSilent(
  path: string,
  more: (builder: ReturnType<typeof home>) => unknown = () => {},
) {
  const { engine, touched } = silent(path, more);
  return { report: await engine.scan(REQUEST), touched };
}

function silent(path: string, more: (builder: ReturnType<typeof home>) => unknown = () => {}) {
  const builder = home().thread('t1').thread('t2', { row: false }).silence(path);
  more(builder);
  const { world } = builder.build();
  const touched: string[] = [];
  const watch =
    <A extends readonly unknown[], R>(act: (file: string, ...rest: A) => R) =>
    (file: string, ...rest: A): R => {
      if (file === path || file.startsWith(`${path}/`)) touched.push(file);
      return act(file, ...rest);
    };
  const { stat, list, tree, ends, range, whole, stream, realPath, measure } = world.files;
  const files: World['files'] = {
    ...world.files,
    stat: watch(stat),
    list: watch(list),
    tree: watch(tree),
    ends: watch(ends),
    range: watch(range),
    whole: watch(whole),
    stream: watch(stream),
    realPath: watch(realPath),
    measure: watch(measure),
  };
  const databases = { open: watch(world.databases.open) };
  return { engine: createEngine({ ...world, files, databases }), touched };
}

test('a home that does not answer is unknown, and left alone', async () => {
  const { report, touched } = await scanSilent(HOME);
  expect(touched).toEqual([]);
  expect(report.nothingLost.answer).toBe('unknown');
  expect(report.verdict).toBe('incomplete');
  expect(report.findings).toEqual([]);
});

test('nor does a scan that stands touch it, or whoever measures it', async () => {
  const { engine, touched } = silent(HOME);
  const standing = engine.stand(REQUEST, () => undefined);
  const reports = [await standing.look(), await standing.look()];
  standing.close();
  expect(reports.map(({ nothingLost }) => nothingLost.answer)).toEqual(['unknown', 'unknown']);
  const [report] = reports;
  const { gaps } = await engine.disk(report as Report);
  expect(gaps).toEqual([{ path: HOME, why: 'it does not answer' }]);
  expect(touched).toEqual([]);
});

test('a home that is taken off in the middle has not lost what is missing then', async () => {
  const { world } = home().thread('t1').thread('t2').build();
  const SHARE: Filesystem = { type: 'nfs4', isNetwork: true, mountPoint: HOME, options: '' };
  const DISK: Filesystem = { type: 'ext4', isNetwork: false, mountPoint: '/', options: '' };
  let isGone = false;
  const files: World['files'] = {
    ...world.files,
    filesystem: () => Promise.resolve(isGone ? DISK : SHARE),
    // The databases have been read by then, and what is left is an empty folder.
    tree: () => {
      isGone = true;
      return Promise.resolve({ ok: true, value: { entries: [], troubles: [] } });
    },
  };
  const report = await createEngine({ ...world, files }).scan(REQUEST);
  expect(report.findings).toEqual([]);
  expect(report.nothingLost.answer).toBe('unknown');
  expect(report.snapshot.gaps[0]).toMatchObject({
    source: 'home',
    why: 'it went away while it was looked at',
  });
});

test('a home that stops answering in the middle is unknown, and is seen whole when it is back', async () => {
  const { world } = home().thread('t1').thread('t2').build();
  const other = home().thread('t1').thread('t2').build();
  const whole = await createEngine(other.world).scan(REQUEST);
  let isSilent = false;
  let isBack = false;
  const answers =
    <A extends readonly unknown[], T>(ask: (...args: A) => Soon<Read<T>>) =>
    async (...args: A): Promise<Read<T>> =>
      isSilent
        ? { ok: false, trouble: { code: 'timeout', why: 'it stopped answering' } }
        : ask(...args);
  const { stat, tree, ends, range, whole: read } = world.files;
  const files: World['files'] = {
    ...world.files,
    stat: answers(stat),
    ends: answers(ends),
    range: answers(range),
    tree: answers(tree),
    whole: answers(read),
  };
  const databases: World['databases'] = {
    open: async (file, maxBytes) => {
      isSilent = !isBack;
      return answers(world.databases.open)(file, maxBytes);
    },
  };
  const scan = createEngine({ ...world, files, databases }).stand(REQUEST, () => undefined);
  const silent = await scan.look();
  expect([silent.nothingLost.answer, silent.findings]).toEqual(['unknown', []]);
  expect(silent.snapshot.gaps[0]).toMatchObject({
    source: 'home',
    why: 'it stopped answering while it was looked at',
  });
  isSilent = false;
  isBack = true;
  const again = await scan.look();
  scan.close();
  expect([again.nothingLost, again.findings]).toEqual([whole.nothingLost, whole.findings]);
  expect(again.snapshot.gaps).toEqual(whole.snapshot.gaps);
});

test('of a home that fell silent after it was looked at nobody says that a repair was stopped in it', async () => {
  const { world } = home().thread('t1').build();
  const report = await createEngine(world).scan(REQUEST);
  const silent = { ok: false, trouble: { code: 'timeout', why: 'it stopped answering' } } as const;
  const files: World['files'] = {
    ...world.files,
    mayHang: () => Promise.resolve(true),
    stat: () => Promise.resolve(silent),
    whole: () => Promise.resolve(silent),
    list: () => Promise.resolve(silent),
  };
  // So the system answers for a server that it has asked a moment ago.
  const outside = { look: () => Promise.resolve(new Map([[HOME, 'folder' as const]])) };
  const { hands } = createMemoryHands(new Map());
  const repairs = createRepairs({ ...world, files, outside }, hands);
  await expect(repairs.interrupted(report, null)).rejects.toMatchObject({ code: 'home-silent' });
});

test('a folder of sessions on a disk that does not answer leaves the rest readable', async () => {
  const { report, touched } = await scanSilent(`${HOME}/sessions`);
  expect(touched).toEqual([]);
  expect(report.nothingLost.answer).toBe('unknown');
  expect(report.snapshot.state?.rows).toHaveLength(1);
  expect(report.findings).toEqual([]);
});

test('databases on a disk that does not answer accuse no thread', async () => {
  const { report, touched } = await scanSilent('/mnt/gone', builder =>
    builder.environment('CODEX_SQLITE_HOME', '/mnt/gone'),
  );
  expect(touched).toEqual([]);
  expect(report.snapshot.rollouts).toHaveLength(2);
  expect(report.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
});

test('a working directory that does not answer is not called missing', async () => {
  const { report } = await scanSilent('/home/ada/work/one');
  expect(report.findings.map(({ check }) => check)).toEqual(['thread-row-missing']);
  expect(report.snapshot.gaps).toMatchObject([{ source: 'folders', extent: 'part' }]);
});
