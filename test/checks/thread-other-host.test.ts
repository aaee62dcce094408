import { expect, test } from 'vitest';
import { expectFindings, expectOutcome, scanned } from '../support/expect.ts';
import { home, idOf, NOW, PROJECT, type HomeBuilder } from '../support/home.ts';
import { logOf } from '../support/codexLog.ts';
import { keptOn } from '../support/keptHosts.ts';

const SHARED = 'warning home-shared home';
const shared = () => home().thread('t1').sight('gpu-1');
const log = (builder: HomeBuilder, ...hosts: readonly string[]) =>
  builder.file(
    'logs_2.sqlite',
    logOf(hosts.map(host => [host, idOf('t1')] as const)),
    NOW - 3_600_000,
  );

test('a thread of which nothing is known', () => expectFindings(shared()).toBe(SHARED));

test('a thread that was seen on another host', () =>
  expectFindings(keptOn(shared(), 'gpu-1', { t1: NOW })).toBe(
    SHARED,
    'warning thread-other-host t1',
  ));

test('a thread that was seen here', () =>
  expectFindings(keptOn(shared(), 'workbench', { t1: NOW }, '0123456789abcdef')).toBe(SHARED));

test('a thread that was seen here and there', () =>
  expectFindings(
    keptOn(keptOn(shared(), 'gpu-1', { t1: NOW }), 'workbench', { t1: NOW }, '0123456789abcdef'),
  ).toBe(SHARED));

test("a thread that was open on another host, as Codex's log says", () =>
  expectFindings(log(shared(), 'gpu-1')).toBe(SHARED, 'warning thread-other-host t1'));

test('a thread that was open on both', () =>
  expectFindings(log(shared(), 'gpu-1', 'workbench')).toBe(SHARED));

test('a thread whose folder only the other one has', () =>
  expectFindings(
    home()
      .thread('t1', { cwd: '/scratch/x' })
      .sight('gpu-1', { paths: { '/scratch/x': 'folder' } }),
  ).toBe(SHARED, 'warning thread-other-host t1'));

test('a folder of which a third host did not say anything', () =>
  expectFindings(
    home()
      .thread('t1', { cwd: '/scratch/x' })
      .sight('gpu-1', { paths: { '/scratch/x': 'folder' } })
      .sight('gpu-2', { by: 'nobody', machine: null, sharing: { answer: 'unknown', because: [] } }),
  ).toBe(SHARED, 'warning thread-cwd-missing t1'));

test('a thread that the person gave to another host', () =>
  expectFindings(
    home()
      .thread('t1')
      .kept('hosts/pins.json', { threads: { [idOf('t1')]: 'gpu-1' }, projects: {} }),
  ).toBe('warning thread-other-host t1'));

test('the person says that it belongs here, whatever was seen', () =>
  expectFindings(
    keptOn(shared(), 'gpu-1', { t1: NOW }).kept('hosts/pins.json', {
      threads: {},
      projects: { [PROJECT]: 'workbench' },
    }),
  ).toBe(SHARED));

test('two machines of that name', () =>
  expectFindings(
    keptOn(
      keptOn(home().thread('t1').sight('gpu-2'), 'gpu-1', { t1: NOW }),
      'gpu-1',
      { t1: NOW },
      'x',
    ),
  ).toBe(SHARED));

test('one that is archived is in nobody’s way', () =>
  expectFindings(
    keptOn(home().thread('t1', { archived: true }).sight('gpu-1'), 'gpu-1', { t1: NOW }),
  ).toBe(SHARED, 'note thread-other-host t1'));

test('is said with the evidence that weighs most', async () => {
  await expectFindings(log(keptOn(shared(), 'gpu-1', { t1: NOW }), 'gpu-1')).toSay(
    'thread-other-host',
    'This thread belongs to gpu-1. It was seen being written on gpu-1.',
  );
  const { report } = await scanned(log(keptOn(shared(), 'gpu-1', { t1: NOW }), 'gpu-1'));
  const found = report.findings.find(({ check }) => check === 'thread-other-host');
  expect(found?.facts).toEqual({
    host: 'gpu-1',
    confidence: 'seen',
    because: [
      'It was seen being written on gpu-1.',
      "Codex's own log says that it was open on gpu-1.",
    ],
  });
});

test('nobody is told that all is well when what was kept cannot be read', () =>
  expectOutcome(
    shared().kept('hosts/remembering.json', { remember: 'perhaps' }),
    'thread-other-host',
  ).toBe('unknown'));
