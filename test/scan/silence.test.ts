// A mount whose server is gone: nothing on it is touched, what lies there is unknown, and nobody
// is accused.

import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { World } from '../../src/engine/world.ts';
import { HOME, home } from '../support/home.ts';

async function scanSilent(
  path: string,
  more: (builder: ReturnType<typeof home>) => unknown = () => {},
) {
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
  const { stat, list, tree, ends, range, whole, stream, realPath } = world.files;
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
  };
  const request = { home: HOME, sqliteHome: null, codex: null, full: false };
  const databases = { open: watch(world.databases.open) };
  return { report: await createEngine({ ...world, files, databases }).scan(request), touched };
}

test('a home that does not answer is unknown, and left alone', async () => {
  const { report, touched } = await scanSilent(HOME);
  expect(touched).toEqual([]);
  expect(report.nothingLost.answer).toBe('unknown');
  expect(report.verdict).toBe('incomplete');
  expect(report.findings).toEqual([]);
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
