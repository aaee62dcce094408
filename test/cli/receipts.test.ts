// Receipts of earlier repairs: a plan can be long, so it is read when it is needed, and only then; and one
// that is not whole is named before anything relies on it.

import { describe, expect, test } from 'vitest';
import { home, HOME } from '../support/home.ts';
import { terminal } from './runCli.ts';

const VAULT = `${HOME}/session-health/vault`;
const MOVES = [
  ['--from', 'mock', '--to', 'other'],
  ['--from', 'other', '--to', 'mock'],
] as const;

/** A home whose threads were moved there and back, which left two receipts. */
async function movedTwice() {
  const machine = terminal(
    home()
      .config(
        'model_provider = "mock"\n[model_providers.mock]\nname = "M"\n[model_providers.other]\nname = "O"\n',
      )
      .thread('t1')
      .thread('t2'),
  );
  for (const move of MOVES)
    expect((await machine.type('provider', 'move', ...move, '--yes')).code).toBe(0);
  const plans = [...machine.files.keys()].filter(file => file.endsWith('plan.json')).sort();
  expect(plans).toHaveLength(2);
  return { ...machine, plans };
}

type Machine = Awaited<ReturnType<typeof movedTwice>>;

/** Which files of the vault are read as a whole from now on, and how many bytes of a plan at most. */
function countReads({ world, plans }: Machine) {
  const whole: string[] = [];
  const bytesOf = new Map<string, number>();
  const count = (file: string, bytes: number) =>
    void bytesOf.set(file, (bytesOf.get(file) ?? 0) + bytes);
  const { files } = world;
  const real = { ...files };
  files.whole = async (file, most) => {
    const read = await real.whole(file, most);
    if (file.startsWith(VAULT)) whole.push(file);
    if (read.ok) count(file, read.value.length);
    return read;
  };
  files.range = async (file, at, length) => {
    const read = await real.range(file, at, length);
    if (read.ok) count(file, read.value.length);
    return read;
  };
  files.ends = async (file, head, tail, room) => {
    const read = await real.ends(file, head, tail, room);
    if (read.ok) count(file, read.value.head.length + read.value.tail.length);
    return read;
  };
  const plansRead = () => whole.filter(file => plans.includes(file));
  return {
    whole,
    plansRead,
    mostOfAPlan: () => Math.max(...plans.map(plan => bytesOf.get(plan) ?? 0)),
  };
}

function change({ files }: Machine, file: string, how: (text: string) => string) {
  const found = files.get(file);
  if (found === undefined) throw new Error(`there is no ${file}`);
  const text = how(new TextDecoder().decode(found.bytes));
  files.set(file, { ...found, bytes: new TextEncoder().encode(text) });
}

const inOneLine = (text: string) => text.replaceAll(/\s+/g, ' ');

describe('what is read of earlier plans', () => {
  test('scan: both ends of each plan, and of journals no more', async () => {
    const machine = await movedTwice();
    const { whole, mostOfAPlan } = countReads(machine);
    await machine.type('scan');
    expect(whole).toEqual([]);
    expect(mostOfAPlan()).toBeLessThan(500);
  });

  test('history: both ends of each plan', async () => {
    const machine = await movedTwice();
    const { plansRead, mostOfAPlan } = countReads(machine);
    await machine.type('history');
    expect(plansRead()).toEqual([]);
    expect(mostOfAPlan()).toBeLessThan(1000);
  });

  test('a repair that has nothing to do with them: none', async () => {
    const machine = await movedTwice();
    const { plansRead } = countReads(machine);
    const { code } = await machine.type('provider', 'move', ...MOVES[0], '--yes');
    expect([code, plansRead()]).toEqual([0, []]);
  });

  test('undo: the one that is undone, once', async () => {
    const machine = await movedTwice();
    const { plansRead } = countReads(machine);
    expect((await machine.type('undo', '--yes')).code).toBe(0);
    expect(plansRead()).toEqual(machine.plans.slice(1));
  });

  test('dropping one that could be undone: that one for showing it, and again before it goes', async () => {
    const machine = await movedTwice();
    await machine.type('undo', '--yes');
    const { plansRead } = countReads(machine);
    expect((await machine.type('history', '--prune', '--keep', '0', '--yes')).code).toBe(0);
    const [first] = machine.plans;
    expect(plansRead()).toEqual([first, first]);
  });
});

describe('what a scan says of a repair by its last note', () => {
  const journalOf = (machine: Machine) =>
    (machine.plans[1] ?? '').replace('plan.json', 'journal.jsonl');
  const interruptedIn = async (machine: Machine) => {
    const { out } = await machine.type('scan', '--json');
    return (JSON.parse(out) as { interrupted: string | null }).interrupted !== null;
  };

  test.each([
    ['an undo was begun after it', (text: string) => `${text}{"at":"","note":"undoing"}\n`, true],
    ['its last note was cut off', (text: string) => text.slice(0, -3), true],
    ['its last line lacks only its end', (text: string) => text.slice(0, -1), false],
    ['half a note was begun after it', (text: string) => `${text}{"at":"2026`, false],
    [
      'an early version wrote it',
      (text: string) =>
        text.replaceAll(
          /^\{(.*),("note":"\w+")\}$/gm,
          (_, said: string, note: string) => `{${note},${said}}`,
        ),
      false,
    ],
  ])('%s', async (_, how, isInterrupted) => {
    const machine = await movedTwice();
    change(machine, journalOf(machine), how);
    expect(await interruptedIn(machine)).toBe(isInterrupted);
    const { interrupted } = JSON.parse((await machine.type('history', '--json')).out) as {
      interrupted: string | null;
    };
    // What is interrupted has been taken back by then.
    expect(interrupted).toBeNull();
  });
});

test('a receipt of an early version, which has noted no words, is told like any other', async () => {
  const machine = await movedTwice();
  const { out } = await machine.type('history', '--json');
  const { receipts } = JSON.parse(out) as { receipts: { says: readonly string[] }[] };
  expect(receipts.map(({ says }) => says)).toEqual([
    ['Keep threads under the provider "mock" (2 times)'],
    ['Keep threads under the provider "other" (2 times)'],
  ]);
  for (const plan of machine.plans)
    change(machine, plan.replace('plan.json', 'journal.jsonl'), text =>
      text.slice(text.indexOf('\n') + 1),
    );
  const again = JSON.parse((await machine.type('history', '--json')).out) as object;
  expect(again).toMatchObject({ receipts: receipts.map(({ says }) => ({ says })) });
  expect((await machine.type('undo', '--yes')).code).toBe(0);
});

describe('a plan that is not what was written', () => {
  const cut = (text: string) => text.slice(0, text.length / 2);

  test.each([
    ['cut off', cut],
    ['empty', () => ''],
    ['overwritten with zeros', (text: string) => text.replaceAll(/[^]/g, '\0')],
  ])('%s: it is named, and nothing new is begun', async (_, damage) => {
    const machine = await movedTwice();
    const [plan = ''] = machine.plans;
    change(machine, plan, damage);
    const said = inOneLine((await machine.type('scan')).out);
    expect(said).toContain('What was written down of earlier repairs cannot be read');
    expect(said).toContain(`${plan}: it is not what was written.`);
    const done = machine.memory.operations.length;
    for (const args of [
      ['undo', '--yes'],
      ['history'],
      ['provider', 'move', ...MOVES[0], '--yes'],
    ]) {
      const { code, err } = await machine.type(...args);
      expect([code, err.replaceAll(/\s+/g, '')]).toEqual([3, expect.stringContaining(plan)]);
    }
    expect(machine.memory.operations.slice(done)).toEqual([]);
  });

  test('damaged in its middle: it is named when it is to be undone, and nothing is', async () => {
    const machine = await movedTwice();
    const plan = machine.plans[1] ?? '';
    change(machine, plan, text => text.replace('"units":[', '"units":[['));
    const done = machine.memory.operations.length;
    const { code, err } = await machine.type('undo', '--yes');
    expect([code, err.replaceAll(/\s+/g, '')]).toEqual([3, expect.stringContaining(plan)]);
    expect(machine.memory.operations.slice(done)).toEqual([]);
  });

  test('one that may not be read is not taken for one that was never begun', async () => {
    const machine = await movedTwice();
    const { files } = machine.world;
    const real = { ...files };
    const trouble = { code: 'denied', why: 'permission denied' } as const;
    files.ends = async (file, ...rest) =>
      file.startsWith(VAULT) ? { ok: false, trouble } : real.ends(file, ...rest);
    const { code, err } = await machine.type('undo', '--yes');
    expect([code, inOneLine(err)]).toEqual([3, expect.stringContaining('permission denied')]);
  });
});
