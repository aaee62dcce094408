import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { Files } from '../../src/engine/world.ts';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { cured } from '../support/expectRepairs.ts';
import { home, HOME, type HomeBuilder } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const ORIGINAL = '/backup/.codex';
const at = rolloutPath('t1');
const archived = rolloutPath('t2', { archived: true, age: 61 });
const leadingTo = (place: string) => ({ row: { rollout_path: `${ORIGINAL}/${place}` } });
const FOUND = `warning thread-file-elsewhere ${ORIGINAL}`;

/** A home with one thread that leads to the original, and one in the archive that does. */
function copied(): HomeBuilder {
  return home()
    .thread('t1', leadingTo(at))
    .thread('t2', { archived: true, ...leadingTo(archived) })
    .elsewhere(`${ORIGINAL}/${at}`, at)
    .elsewhere(`${ORIGINAL}/${archived}`, archived);
}

test('a home that was copied is one finding', () => expectFindings(copied()).toBe(FOUND));

test('the other home may have lost what lies there', () =>
  expectFindings(copied().file(`${ORIGINAL}/${at}`, '')).toBe(FOUND));

test('two homes to which rows lead are two findings', () =>
  expectFindings(
    home()
      .thread('t1', leadingTo(at))
      .thread('t2', { row: { rollout_path: `/older/${rolloutPath('t2', { age: 61 })}` } })
      .elsewhere(`${ORIGINAL}/${at}`, at)
      .elsewhere(`/older/${rolloutPath('t2', { age: 61 })}`, rolloutPath('t2', { age: 61 })),
  ).toBe(FOUND, 'warning thread-file-elsewhere /older'));

test('not, when it is a second name of the same file', () =>
  expectFindings(
    home().thread('t1', leadingTo(at)).elsewhere(`${ORIGINAL}/${at}`, at, 'name'),
  ).toBe());

test('not, when the thread has no file in this home: then that one is its own', () =>
  expectFindings(
    home()
      .thread('t1', { ...leadingTo(at), file: false })
      .file(`${ORIGINAL}/${at}`, '{}\n'),
  ).toBe());

test('nothing, when the rows lead to the files of this home', () =>
  expectFindings(
    home().thread('t1').thread('t2', { archived: true }).elsewhere(`${ORIGINAL}/${at}`, at),
  ).toBe());

test('when nothing is there, the path is stale, and this is not said', () =>
  expectFindings(home().thread('t1', leadingTo(at))).toBe('error thread-path-stale t1'));

test.each([
  ['on a disk of another machine, from here', ['/backup'], 'ok'],
  ['both on one such disk', ['/backup', HOME], 'found'],
] as const)(
  'identities of two disks say nothing where one may be far: %s',
  async (_, far, outcome) => {
    const { world } = copied().build();
    const isFar = (path: string) => far.some(place => path.startsWith(place));
    const files: Files = {
      ...world.files,
      mayHang: path => Promise.resolve(isFar(path)),
      filesystem: path =>
        Promise.resolve({
          ...{ type: isFar(path) ? 'nfs4' : 'ext4', isNetwork: isFar(path), options: '' },
          mountPoint: isFar(path) ? '/far' : '/',
        }),
    };
    const report = await createEngine({ ...world, files }).scan({
      ...{ home: HOME, sqliteHome: null, codex: null, full: false },
    });
    expect(report.checks.find(({ id }) => id === 'thread-file-elsewhere')).toMatchObject({
      outcome,
    });
  },
);

test('nobody is accused when nobody answers', () =>
  expectOutcome(
    home().thread('t1', leadingTo(at)).silence(`${ORIGINAL}/${at}`),
    'thread-file-elsewhere',
  ).toBe('unknown'));

test('nobody is accused when the file there may not be looked at', () =>
  expectOutcome(
    home()
      .thread('t1', leadingTo(at))
      .elsewhere(`${ORIGINAL}/${at}`, at)
      .trouble(`${ORIGINAL}/${at}`),
    'thread-file-elsewhere',
  ).toBe('unknown'));

test('nobody is accused when the database cannot be read', () =>
  expectOutcome(copied().trouble('state_5.sqlite'), 'thread-file-elsewhere').toBe('unknown'));

test('says what goes where', () =>
  expectFindings(copied()).toSay(
    'thread-file-elsewhere',
    'The database leads to files below /backup/.codex for 2 conversations that have their files in this home: what is written here goes there.',
  ));

test('says that there is more over there', () =>
  expectFindings(
    home().thread('t1', leadingTo(at)).file(`${ORIGINAL}/${at}`, 'x'.repeat(100_000)),
  ).toSay(
    'thread-file-elsewhere',
    'The database leads to files below /backup/.codex for 1 conversation that has its file in this home: what is written here goes there. The one there holds more than the one here.',
  ));

test('the rows lead to the files of this home when somebody chooses that', async () => {
  const done = await cured(copied(), 'thread-file-elsewhere', 'rebind');
  expect(done?.refused).toEqual([]);
  expect(Object.keys(done?.changed ?? {})).toEqual([`${HOME}/state_5.sqlite`]);
});
