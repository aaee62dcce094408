import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../src/engine/model/plan.ts';
import { groupsOf } from '../../src/engine/repair/groups.ts';
import '../support/seed.ts';

const edit = (file: string): Step => ({
  ...{ kind: 'edit', file, bytes: 1, modifiedMs: 0 },
  splices: [],
});
const row = (database: string, id: string): Step => ({
  ...{ kind: 'rows', database, table: 'threads' },
  changes: [{ key: { id }, before: null, after: {} }],
});
const move = (from: string): Step => ({
  ...{ kind: 'move', from, to: { vault: 'x' }, bytes: 1, modifiedMs: 0 },
});
const image = (imaged: string): Step => ({
  ...{ kind: 'create', file: `copy of ${imaged}`, modifiedMs: null },
  content: { imaged, on: 'here' },
});
const ask: Step = { kind: 'ask', codex: 'c', home: 'h', sqliteHome: 'h', state: 's', calls: [] };

function grouped(...units: readonly (readonly Step[])[]): readonly (readonly number[])[] {
  const begun = units.map((steps, unit) => ({ unit, steps }));
  return groupsOf(begun).map(group => group.map(({ unit }) => unit));
}

test.each([
  [
    'other files and other rows are done together',
    [
      [edit('a'), row('d', '1')],
      [edit('b'), row('d', '2')],
    ],
    [[0, 1]],
  ],
  [
    'a file that was changed before',
    [[edit('a')], [edit('b')], [edit('c'), edit('a')]],
    [[0, 1], [2]],
  ],
  ['a row that was changed before', [[row('d', '1')], [row('d', '1')]], [[0], [1]]],
  ['a database whose rows were changed before', [[row('d', '1')], [move('d')]], [[0], [1]]],
  ['rows of a database that was moved before', [[move('d')], [row('d', '1')]], [[0], [1]]],
  ['a database that is copied before it is moved', [[image('d')], [move('d')]], [[0], [1]]],
  ['Codex may do anything', [[edit('a')], [ask], [edit('b')], [edit('c')]], [[0], [1], [2, 3]]],
] as const)('%s', (_, units, groups) => {
  expect(grouped(...units)).toEqual(groups);
});

const step = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'd').map(edit),
  fc
    .tuple(fc.constantFrom('d', 'e'), fc.constantFrom('1', '2', '3'))
    .map(([database, id]) => row(database, id)),
  fc.constantFrom('a', 'd').map(move),
);

test('every unit is in one group, in order, and none meets another one of its group', () => {
  fc.assert(
    fc.property(fc.array(fc.array(step, { minLength: 1, maxLength: 3 })), units => {
      const groups = grouped(...units);
      expect(groups.flat()).toEqual(units.map((_, unit) => unit));
      for (const group of groups)
        for (const [at, one] of group.entries())
          for (const other of group.slice(at + 1))
            expect(grouped(units[one] ?? [], units[other] ?? [])).toHaveLength(1);
    }),
  );
});
