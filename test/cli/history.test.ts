// What the vault takes, and what is dropped from it, as somebody types it.

import { describe, expect, test } from 'vitest';
import { home, HOME } from '../support/home.ts';
import { pictureOf } from '../support/pictures.ts';
import { terminal, typed, type TypedOptions } from './runCli.ts';

/** A thread whose row leads nowhere, and one whose file is empty. */
const sick = () =>
  home()
    .thread('t1', { row: { rollout_path: '/old/rollout.jsonl' } })
    .thread('t2', { text: () => '' });

/** A home that was repaired just now. */
async function repaired(options: TypedOptions = {}) {
  const machine = terminal(sick(), options);
  expect((await machine.type('apply', '--all', '--yes')).code).toBe(0);
  const receipts = async () => {
    const { out } = await machine.type('history', '--json');
    return (JSON.parse(out) as { receipts: { receipt: string; bytes: number }[] }).receipts;
  };
  const { memory } = machine;
  const removals = () => memory.operations.filter(line => /^(?:remove|rename) /.test(line));
  return { ...machine, receipts, removals };
}

const inOneLine = (text: string) => text.replaceAll(/\s+/g, ' ');

test('history says what each repair takes, and all of them', async () => {
  const { type, receipts } = await repaired();
  await type('undo', '--yes');
  await type('apply', '--all', '--yes');
  const each = await receipts();
  const { vaultBytes } = JSON.parse((await type('history', '--json')).out) as {
    vaultBytes: number;
  };
  expect(each).toHaveLength(2);
  expect(Math.min(...each.map(({ bytes }) => bytes))).toBeGreaterThan(0);
  expect(vaultBytes).toBe(each.reduce((sum, { bytes }) => sum + bytes, 0));
  expect((await type('history')).out).toMatch(/can be undone, [\d.]+ (?:bytes|KiB)\n/);
});

describe('--prune', () => {
  test('shows what goes and what only the vault has, asks, and drops it', async () => {
    const { type, receipts, files } = await repaired({ answer: 'y' });
    const [receipt] = await receipts();
    const before = pictureOf(files);
    const { code, out } = await type('history', '--prune', '--keep', '0');
    expect(code).toBe(0);
    const said = inOneLine(out);
    expect(said).toContain('To be dropped from the vault, for good: 1 receipt');
    expect(said).toContain(
      `${receipt?.receipt ?? ''} 2026-11-21 12:00:00 UTC could still be undone`,
    );
    expect(said).toContain('Only here, and gone with it: the file');
    expect(said).toContain('It can still be undone now, and no longer then.');
    expect(said).toContain('Dropped: 1 receipt.');
    expect(await receipts()).toEqual([]);
    expect(pictureOf(files)).toEqual(before);
    expect([...files.keys()].filter(file => file.includes('/vault/'))).toEqual([]);
    expect((await type('undo', '--yes')).code).toBe(3);
  });

  test.each(['n', ''])('nothing goes without a yes (%j)', async answer => {
    const { type, receipts, removals } = await repaired({ answer });
    const { code, err } = await type('history', '--prune', '--keep', '0');
    expect([code, err]).toEqual([3, expect.stringContaining('Nothing was changed.')]);
    expect(await receipts()).toHaveLength(1);
    expect(removals()).toEqual([]);
  });

  test('where nobody can be asked it shows what would go, and wants --yes', async () => {
    const { type, receipts, removals } = await repaired();
    const { code, out, err } = await type('history', '--prune', '--keep', '0');
    expect([code, err]).toEqual([3, expect.stringContaining('with --yes')]);
    expect(out).toContain('could still be undone');
    expect(removals()).toEqual([]);
    expect((await type('history', '--prune', '--keep', '0', '--yes')).code).toBe(0);
    expect(await receipts()).toEqual([]);
  });

  test('what is younger stays, and then there is nothing to ask', async () => {
    const { type, receipts } = await repaired();
    const { code, out } = await type('history', '--prune', '--older-than', '1d');
    expect([code, out]).toEqual([0, 'There is nothing to drop.\n']);
    expect(await receipts()).toHaveLength(1);
  });

  test('in JSON it looks without --yes, and drops with it', async () => {
    const { type, receipts, removals } = await repaired({ answer: 'y' });
    const looked = await type('history', '--prune', '--keep', '0', '--json');
    expect(looked.code).toBe(0);
    expect(JSON.parse(looked.out)).toMatchObject({
      schemaVersion: 1,
      done: false,
      drops: [{ undoable: true, onlyHere: [{ kind: 'file' }] }],
      kept: [],
    });
    expect(removals()).toEqual([]);
    const done = await type('history', '--prune', '--keep', '0', '--json', '--yes');
    expect([done.code, JSON.parse(done.out)]).toMatchObject([0, { done: true }]);
    expect(await receipts()).toEqual([]);
  });

  test('nothing goes while another repair is at work', async () => {
    const { type, memory, receipts, removals } = await repaired();
    const lock = await memory.hands.lock(`${HOME}/session-health/lock.sqlite`);
    const { code, err } = await type('history', '--prune', '--keep', '0', '--yes');
    expect([code, err]).toEqual([3, expect.stringContaining('Another codex-health')]);
    expect(removals()).toEqual([]);
    await lock?.release();
    expect(await receipts()).toHaveLength(1);
  });

  test('what a stop has left of it is removed by the next repair', async () => {
    const { type, memory, files, receipts } = await repaired();
    const left = () => [...files.keys()].filter(file => file.includes('/dropped/'));
    memory.stopAfter(1, true);
    expect((await type('history', '--prune', '--keep', '0', '--yes')).code).toBe(4);
    memory.restart();
    expect(left().length).toBeGreaterThan(0);
    expect(await receipts()).toEqual([]);
    expect((await type('provider', 'move', '--from', 'mock', '--to', 'openai', '--yes')).code).toBe(
      0,
    );
    expect(left()).toEqual([]);
  });

  test.each([
    [['--prune'], 'What shall go?'],
    [['--older-than', '90d'], '--older-than goes with --prune.'],
    [['--yes'], '--yes goes with --prune.'],
    [['--prune', '--older-than', '90'], '"90" is no age.'],
    [['--prune', '--older-than', '3m'], '"3m" is no age.'],
    [['--prune', '--keep', 'much'], '"much" is no size.'],
  ])('%j is not understood', async (args, says) => {
    const { code, out, err } = await typed(home(), ['history', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(inOneLine(err)).toContain(says);
  });

  test.each([
    ['365d', '1y'],
    ['14d', '2W'],
  ])('%s is %s', async (one, other) => {
    const { type } = await repaired();
    const told = async (age: string) =>
      (await type('history', '--prune', '--older-than', age, '--json')).out;
    expect(await told(one)).toBe(await told(other));
  });

  test.each([
    ['1.5k', '1536'],
    ['1GB', '1024 MiB'],
  ])('%s is %s', async (one, other) => {
    const { type } = await repaired();
    const told = async (size: string) =>
      (await type('history', '--prune', '--keep', size, '--json')).out;
    expect(await told(one)).toBe(await told(other));
  });
});
