import { expect, test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { expectRepairs } from '../support/expectRepairs.ts';
import { home, idOf, PROJECT } from '../support/home.ts';

const two = '/home/ada/work/two';
const turnIn = (cwd: string) => ({ type: 'turn_context', payload: { cwd } });
const settingsIn = (cwd: string) => ({
  type: 'event_msg',
  payload: {
    type: 'thread_settings_applied',
    thread_settings: { model_provider_id: 'mock', cwd },
  },
});
const filler = { type: 'response_item', payload: { text: 'x'.repeat(90_000) } };

test('the row names another directory', () =>
  expectFindings(
    home()
      .folder(two)
      .thread('t1', { row: { cwd: two } })
      .thread('t2'),
  ).toBe('warning thread-cwd-mismatch t1'));

test('the row names a directory that is none', () =>
  expectFindings(home().thread('t1', { row: { cwd: 'rel/dir' } })).toBe(
    'warning thread-cwd-mismatch t1',
  ));

test('the row names a directory that is gone, and the file one that is there', () =>
  expectFindings(home().thread('t1', { row: { cwd: '/home/ada/work/gone' } })).toBe(
    'warning thread-cwd-mismatch t1',
  ));

test('the first line was changed: it does not fit the first turn either', () =>
  expectFindings(
    home()
      .folder(two)
      .thread('t1', { header: { cwd: two } }),
  ).toBe('warning thread-cwd-mismatch t1'));

test('the first line was changed: it does not fit the roots beside it', () =>
  expectFindings(
    home()
      .folder(two)
      .thread('t1', { header: { cwd: two, runtime_workspace_roots: [PROJECT] } }),
  ).toBe('warning thread-cwd-mismatch t1'));

test('row and first line were changed, and the turns were not', () =>
  expectFindings(
    home()
      .folder(two)
      .thread('t1', { header: { cwd: two }, row: { cwd: two } }),
  ).toBe('warning thread-cwd-mismatch t1'));

const moved = { header: { cwd: two }, row: { cwd: two } };
const unsettled = (text: string) => text.replace(/.*thread_settings_applied.*\n/, '');

test('not, when row and first line agree and no settings say otherwise: turns decide nothing', () =>
  expectFindings(
    home()
      .folder(two)
      .thread('t1', { ...moved, mode: 'legacy', text: unsettled }),
  ).toBe());

test.each(['paginated', 'legacy'] as const)(
  'the first line is set to what database and turns say (%s)',
  async mode => {
    const header = { cwd: two, runtime_workspace_roots: [PROJECT] };
    const builder = home().folder(two).thread('t1', { mode, header });
    expect(await expectRepairs(builder)).toEqual([`thread-cwd-mismatch:${idOf('t1')}`]);
  },
);

test.each([`${PROJECT}/`, `${PROJECT}//.`, '/home//ada/work/one'])(
  'not another spelling: %s',
  spelling =>
    expectFindings(
      home()
        .folder(spelling)
        .thread('t1', { row: { cwd: spelling } }),
    ).toBe(),
);

test('not a thread that has moved', () =>
  expectFindings(
    home()
      .folder(two)
      .thread('t1', { row: { cwd: two }, more: [turnIn(two)] }),
  ).toBe());

test('not a thread whose directory was set between two turns', () =>
  expectFindings(
    home()
      .folder(two)
      .thread('t1', { row: { cwd: two }, more: [settingsIn(two)] }),
  ).toBe());

test('not a thread whose first turn a client has put elsewhere', () =>
  expectFindings(
    home()
      .folder(two)
      .thread('t1', { header: { cwd: two, runtime_workspace_roots: [two] } }),
  ).toBe());

test('not a fork that begins with the turns of its parent', () =>
  expectFindings(
    home()
      .folder(two)
      .thread('t1', {
        mode: 'legacy',
        header: { cwd: two, forked_from_id: idOf('x') },
        row: { cwd: two },
        more: [turnIn(two)],
      }),
  ).toBe());

test('says who says what', () =>
  expectFindings(
    home()
      .folder(two)
      .thread('t1', { row: { cwd: two } }),
  ).toSay(
    'thread-cwd-mismatch',
    'The database says that it works in /home/ada/work/two, and its file says /home/ada/work/one: lists show it in different projects.',
  ));

test('says that it is the first line', () =>
  expectFindings(
    home()
      .folder(two)
      .thread('t1', { header: { cwd: two } }),
  ).toSay(
    'thread-cwd-mismatch',
    'The first line of its file says that it works in /home/ada/work/two, and database and turns say /home/ada/work/one: lists show it in different projects.',
  ));

test('nobody is accused when the newest turn is in a part that was not read', () =>
  expectOutcome(
    home()
      .folder(two)
      .thread('t1', { row: { cwd: two }, more: [filler, turnIn(two), filler] }),
    'thread-cwd-mismatch',
  ).toBe('unknown'));

test('nobody is accused after all of it was read', () =>
  expectFindings(
    home()
      .folder(two)
      .thread('t1', { row: { cwd: two }, more: [filler, turnIn(two), filler] }),
    true,
  ).toBe());
