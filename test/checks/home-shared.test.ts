import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, idOf, NOW } from '../support/home.ts';
import { logOf } from '../support/codexLog.ts';
import { keptOn } from '../support/keptHosts.ts';

const NFS = { type: 'nfs4', isNetwork: true, mountPoint: '/home', options: 'rw' };

test('an ordinary home', () => expectFindings(home().thread('t1')).toBe());

test('a home on a server that nobody else was seen to use', () =>
  expectFindings(home().thread('t1').filesystem(NFS)).toBe(
    'note database-on-network-filesystem state_5.sqlite',
  ));

test('another host has the same home', () =>
  expectFindings(home().thread('t1').sight('gpu-1')).toBe('warning home-shared home'));

test('another host has another home, or nobody can tell', () =>
  expectFindings(
    home()
      .thread('t1')
      .sight('gpu-1', { sharing: { answer: 'no', because: [] } })
      .sight('gpu-2', { sharing: { answer: 'unknown', because: [] } })
      .sight('gpu-3', { machine: null, by: 'nobody' }),
  ).toBe());

test('an alias that leads back to this machine', () =>
  expectFindings(
    home()
      .thread('t1')
      .sight('myself', {
        machine: {
          hostname: 'workbench',
          machine: '0123456789abcdef',
          system: 'linux',
          user: 'ada',
        },
      }),
  ).toBe());

test('threads were seen being written on another host', () =>
  expectFindings(keptOn(home().thread('t1'), 'gpu-1', { t1: NOW })).toBe(
    'warning home-shared home',
    'warning thread-other-host t1',
  ));

test('what was seen in other homes says nothing of this one', () =>
  expectFindings(keptOn(home().thread('t1'), 'gpu-1', { t2: NOW })).toBe());

test('this machine had another name before', () =>
  expectFindings(
    keptOn(home().thread('t1'), 'laptop.fritz.box', { t1: NOW }, '0123456789abcdef'),
  ).toBe());

test("Codex's log names another host", () =>
  expectFindings(
    home()
      .thread('t1')
      .filesystem(NFS)
      .file('logs_2.sqlite', logOf([['gpu-1', idOf('t1')]]), NOW - 3_600_000),
  ).toBe(
    'note database-on-network-filesystem state_5.sqlite',
    'warning home-shared home',
    'warning thread-other-host t1',
  ));

test("a log on a machine's own disk may hold an earlier name of it", () =>
  expectFindings(
    home()
      .thread('t1')
      .sight('elsewhere', { sharing: { answer: 'no', because: [] } })
      .file('logs_2.sqlite', logOf([['laptop.fritz.box', idOf('t1')]]), NOW - 3_600_000),
  ).toBe());

test('is said in one sentence, with versions that clash', async () => {
  await expectFindings(
    home()
      .thread('t1')
      .codex('0.169.0')
      .sight('gpu-1', { codexes: [{ path: '/usr/bin/codex', version: '0.142.0' }] })
      .sight('gpu-2', { codexes: [{ path: '/usr/bin/codex', version: '0.169.0' }] }),
  ).toSay(
    'home-shared',
    '3 hosts use this home (gpu-1, gpu-2 and workbench): each lists and opens the threads of the others. They do not have the same Codex: gpu-1 has 0.142.0, gpu-2 has 0.169.0 and workbench has 0.169.0.',
  );
  await expectFindings(home().thread('t1').codex('0.169.0').sight('gpu-1')).toSay(
    'home-shared',
    '2 hosts use this home (gpu-1 and workbench): each lists and opens the threads of the others.',
  );
  await expectFindings(home().thread('t1').sight('workbench')).toSay(
    'home-shared',
    'Several hosts use this home (workbench): each lists and opens the threads of the others. Several machines are called workbench.',
  );
});

test('nobody is told that all is well when the log cannot be searched', () =>
  expectOutcome(
    home().thread('t1').filesystem(NFS).file('logs_2.sqlite', 'no database'),
    'home-shared',
  ).toBe('unknown'));

test('nobody is told that all is well when what was kept cannot be read', () =>
  expectOutcome(home().thread('t1').kept('hosts/pins.json', { threads: 7 }), 'home-shared').toBe(
    'unknown',
  ));
