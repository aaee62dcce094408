// An entry is taken out of the database only where no file can be its own: what lies where nobody could
// look may be just that file, and the names and pins of the entry would be gone from the lists.

import { describe, expect, test } from 'vitest';
import { terminal } from '../cli/runCli.ts';
import { home, HOME, idOf, type HomeBuilder } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const other = { rollout_path: `${HOME}/${rolloutPath('t2', { age: 61 })}` };
const wrong = { id: idOf('dead'), session_id: idOf('dead') };
const CLOSED = 'sessions/2025/01/02';

const sick: readonly (readonly [string, () => HomeBuilder])[] = [
  [
    'thread-bound-to-other',
    () => home().thread('t1', { file: false, row: other }).thread('t2').file(`${CLOSED}/x`, ''),
  ],
  [
    'row-undecodable',
    () =>
      home()
        .thread('t1', { file: false })
        .file(`${CLOSED}/x`, '')
        .state(`UPDATE threads SET history_mode = 'x' WHERE id = '${idOf('t1')}'`),
  ],
];

describe.each(sick)('%s', (check, builder) => {
  test('the entry goes into the vault where all files were seen', async () => {
    const { taken, refused } = await planned(builder(), check);
    expect([taken, refused]).toEqual([[idOf('t1')], []]);
  });

  test('and stays where its file may be what could not be looked at', async () => {
    const { taken, refused } = await planned(builder().trouble(CLOSED), check);
    expect([taken, refused]).toEqual([[], [expect.stringContaining('could not be looked at')]]);
  });
});

test('a first line is put right all the same, and the entry made up from it stays', async () => {
  const mismatched = () =>
    home()
      .thread('t1', { header: wrong })
      .thread('dead', { file: false, row: { rollout_path: `${HOME}/${rolloutPath('t1')}` } })
      .file(`${CLOSED}/x`, '');
  const whole = await planned(mismatched(), 'rollout-id-mismatch');
  expect([whole.kinds, whole.taken]).toEqual([['edit', 'rows'], [idOf('dead')]]);
  const partly = await planned(mismatched().trouble(CLOSED), 'rollout-id-mismatch');
  expect([partly.kinds, partly.taken, partly.refused]).toEqual([['edit'], [], []]);
});

interface Planned {
  readonly steps: readonly { readonly kind: string; readonly touches: readonly string[] }[];
  readonly refused: readonly { readonly why: string }[];
}

async function planned(builder: HomeBuilder, check: string) {
  const { out } = await terminal(builder).type('plan', '--json', '--check', check);
  const { steps, refused } = JSON.parse(out) as Planned;
  return {
    kinds: steps.map(({ kind }) => kind),
    taken: steps
      .filter(({ kind }) => kind === 'rows')
      .flatMap(({ touches }) => touches.flatMap(text => /'([^']+)'/.exec(text)?.[1] ?? [])),
    refused: refused.map(({ why }) => why),
  };
}
