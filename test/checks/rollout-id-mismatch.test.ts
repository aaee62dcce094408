import { expect, test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { cured } from '../support/expectRepairs.ts';
import { home, HOME, idOf, NOW } from '../support/home.ts';
import { packedRollout } from '../support/packedRollout.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const FILE = 'sessions/2026/11/21/rollout-2026-11-21T11-00-00-t1.jsonl';
/** Of the moment at which the builder's first thread is made. */
const TIMED = timedId(60);
const timed = rolloutPath('t1').replace(idOf('t1'), TIMED);
const dead = { id: idOf('dead'), session_id: idOf('dead') };

test('the first line names another thread than file and row', () =>
  expectFindings(home().thread('t1', { header: dead }).thread('t2')).toBe(
    `error rollout-id-mismatch ${FILE}`,
  ));

test('also after Codex has made up a row for it', () =>
  expectFindings(
    home()
      .thread('t1', { header: dead })
      .thread('dead', { file: false, row: { rollout_path: `${HOME}/${rolloutPath('t1')}` } }),
  ).toBe(`error rollout-id-mismatch ${FILE}`));

test('a compressed file is told, and left as it is', async () => {
  const packed = home()
    .thread('t1', { file: false })
    .file(`${rolloutPath('t1')}.zst`, packedRollout('dead'));
  await expectOutcome(packed, 'rollout-id-mismatch').toBe('found');
  expect(await cured(packed, 'rollout-id-mismatch', null)).toBeNull();
});

// Where no row decides, the time does: an id begins with the moment at which the thread was made.
test('the time agrees with the name', () =>
  expectFindings(
    home()
      .thread('t1', { at: timed, row: { rollout_path: `${HOME}/sessions/gone.jsonl` } })
      .thread('t2'),
  ).toBe(`error rollout-id-mismatch ${timed}`));

test('the time agrees with the first line', () =>
  expectFindings(
    home()
      .thread('t1', { mode: 'legacy', header: { id: TIMED }, row: false })
      .thread('t2'),
  ).toBe(`warning rollout-misnamed ${FILE}`));

test('a row that leads here by the name counts more than the time', () =>
  expectFindings(
    home()
      .thread('t1', { header: { id: TIMED } })
      .thread('t2'),
  ).toBe(`error rollout-id-mismatch ${FILE}`));

test("a copy of another thread's file is that thread's duplicate, whatever the time says", () =>
  expectFindings(
    home()
      .thread('t1', { age: 2000 })
      .thread('c', { at: timed, age: 60, row: false, header: { id: idOf('t1') } }),
  ).toBe('warning thread-file-duplicate t1'));

// What would be corrected is what says whose conversation it is.
const exchanged = () =>
  home()
    .thread('t1', { at: rolloutPath('t2'), row: { rollout_path: `${HOME}/${rolloutPath('t1')}` } })
    .thread('t2', { at: rolloutPath('t1'), row: { rollout_path: `${HOME}/${rolloutPath('t2')}` } });
const putOver = () =>
  home()
    .thread('t1')
    .thread('t2', { header: { id: idOf('t1'), session_id: idOf('t1') } });

test.each([
  ['two files that were exchanged', exchanged],
  ['a file that was copied over the one of another thread', putOver],
])('%s get no other id', async (_, built) => {
  const done = await cured(built(), 'rollout-id-mismatch', null);
  expect(done).toBe(null);
});

test('where the time tells that first lines were exchanged both are corrected, and both rows stay', async () => {
  const other = timedId(120);
  const at = (id: string, time: string) =>
    `sessions/2026/11/21/rollout-2026-11-21T${time}-00-00-${id}.jsonl`;
  const built = home()
    .thread('t1', {
      ...{ age: 60, at: at(TIMED, '11'), row: { id: TIMED } },
      header: { id: other, session_id: other },
    })
    .thread('t2', {
      ...{ age: 120, at: at(other, '10'), row: { id: other } },
      header: { id: TIMED, session_id: TIMED },
    });
  const { changed } = (await cured(built, 'rollout-id-mismatch', null)) ?? { changed: {} };
  expect(Object.keys(changed)).toEqual([
    `${HOME}/${at(other, '10')}`,
    `${HOME}/${at(TIMED, '11')}`,
  ]);
});

test('not, when it is the name that is wrong', () =>
  expectFindings(home().thread('t1', { at: rolloutPath('beef') })).toBe(
    `warning rollout-misnamed ${rolloutPath('beef')}`,
  ));

test('nothing, when all agree', () => expectFindings(home().thread('t1')).toBe());

test('is said in one sentence', () =>
  expectFindings(home().thread('t1', { header: dead })).toSay(
    'rollout-id-mismatch',
    `The file ${FILE} is named after the thread t1, and its first line names ${idOf('dead')}: Codex refuses to open the conversation, and nothing of it is lost.`,
  ));

test('nobody is accused when the file cannot be read', () =>
  expectOutcome(home().thread('t1').trouble(rolloutPath('t1')), 'rollout-id-mismatch').toBe(
    'unknown',
  ));

/** An id of so many minutes before now. */
function timedId(age: number): string {
  const moment = (NOW - age * 60_000).toString(16).padStart(12, '0');
  return `${moment.slice(0, 8)}-${moment.slice(8)}-7000-8000-000000000001`;
}
