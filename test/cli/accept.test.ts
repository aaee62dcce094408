import { describe, expect, test } from 'vitest';
import { home } from '../support/home.ts';
import { terminal } from './runCli.ts';

const CHECK = 'thread-row-missing';
const unlisted = () =>
  home().thread('t1', { row: false }).thread('t2').thread('t3', { row: false });
const idOfFinding = (key: string) => `${CHECK}:01a00000-0000-7000-8000-00000000743${key}`;
const ONE = idOfFinding('1');

describe('a finding that was accepted', () => {
  test('counts nowhere', async () => {
    const { type } = terminal(home().thread('t1', { row: false }));
    expect((await type('scan', '--check', CHECK)).code).toBe(1);
    const accepted = await type('accept', ONE);
    expect(accepted.code).toBe(0);
    expect(accepted.out).toContain('Accepted: 1 finding no longer counts');
    const { code, out } = await type('scan', '--check', CHECK);
    expect(code).toBe(0);
    expect(out).toContain('1 finding that you accepted is not counted.');
    expect(out).toContain('codex-health accept --list');
  });

  test('is still in the JSON, and marked', async () => {
    const { type } = terminal(unlisted());
    await type('accept', ONE);
    const { out } = await type('scan', '--json', '--check', CHECK);
    const { findings, verdict } = JSON.parse(out) as {
      readonly verdict: string;
      readonly findings: readonly { readonly id: string; readonly accepted: boolean }[];
    };
    expect(verdict).toBe('findings');
    expect(Object.fromEntries(findings.map(({ id, accepted }) => [id, accepted]))).toEqual({
      [ONE]: true,
      [idOfFinding('3')]: false,
    });
  });

  test('is in no thread of the tree', async () => {
    const { type } = terminal(unlisted());
    await type('accept', ONE);
    const { out } = await type('threads', '--json');
    const { threads } = JSON.parse(out) as {
      readonly threads: readonly { readonly findings: readonly string[] }[];
    };
    const listed = threads.flatMap(({ findings }) => findings).filter(id => id.startsWith(CHECK));
    expect(listed).toEqual([idOfFinding('3')]);
  });

  test('can be taken back', async () => {
    const { type } = terminal(unlisted());
    await type('accept', ONE);
    expect((await type('accept', '--take-back', ONE)).out).toBe(
      'Taken back: 1 finding counts again.\n',
    );
    expect((await type('accept', '--list')).out).toBe('Nothing is accepted for this home.\n');
    expect((await type('scan', '--check', CHECK)).out).not.toContain('accepted');
  });

  test('is listed with what became of it', async () => {
    const { type } = terminal(unlisted());
    await type('accept', ONE, idOfFinding('3'));
    const { out } = await type('accept', '--list', '--json');
    expect(JSON.parse(out)).toMatchObject({
      accepted: [
        { finding: ONE, at: '2026-11-21T12:00:00.000Z', state: 'accepted' },
        { finding: idOfFinding('3'), state: 'accepted' },
      ],
    });
    expect((await type('accept', '--list')).out).toContain('accepted just now; not counted');
  });

  test('is named by a beginning that no other has', async () => {
    const { type } = terminal(home().thread('t1', { row: false }));
    expect((await type('accept', `${CHECK}:01a0`)).out).toContain(ONE);
  });
});

test('it counts again when its facts change, and is said to be gone when it is gone', async () => {
  const before = terminal(unlisted());
  await before.type('accept', ONE, idOfFinding('3'));
  const after = terminal(home().thread('t1', { row: false, archived: true }));
  const kept = before.world.keep;
  Object.assign(after.world.keep, { read: kept.read, write: kept.write });
  const { out } = await after.type('accept', '--list', '--json');
  expect(JSON.parse(out)).toMatchObject({
    accepted: [
      { finding: ONE, state: 'changed' },
      { finding: idOfFinding('3'), state: 'gone' },
    ],
  });
  expect((await after.type('scan', '--check', CHECK)).code).toBe(1);
});

describe('is refused, with the next step', () => {
  test('when no finding has that name', async () => {
    const { code, err } = await terminal(unlisted()).type('accept', 'thread-row-missing:nobody');
    expect(code).toBe(3);
    expect(err).toContain('There is no finding "thread-row-missing:nobody"');
    expect(err).toContain('codex-health scan --json');
  });

  test('when several begin so', async () => {
    const { code, err } = await terminal(unlisted()).type('accept', CHECK);
    expect(code).toBe(3);
    expect(err).toContain('2 findings begin with');
  });

  test('when what was kept cannot be read: nothing is overwritten', async () => {
    const { type, world } = terminal(unlisted());
    let written = 0;
    Object.assign(world.keep, {
      read: () => Promise.resolve({ ok: true, value: '{"schemaVersion": 9}' }),
      write: () => Promise.resolve({ ok: true, value: void (written += 1) }),
    });
    const { code, err } = await type('accept', ONE);
    expect([code, written]).toEqual([3, 0]);
    expect(err).toContain('could not be read');
    // A scan goes on: it says too much, never too little.
    expect((await type('scan', '--check', CHECK)).code).toBe(1);
  });

  test('when it cannot be kept', async () => {
    const { type, world } = terminal(unlisted());
    const trouble = { code: 'denied', why: 'this account may not write there' };
    Object.assign(world.keep, { write: () => Promise.resolve({ ok: false, trouble }) });
    const { code, err } = await type('accept', ONE);
    expect(code).toBe(3);
    expect(err).toContain('this account may not write there');
  });
});
