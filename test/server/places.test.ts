import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { Finding, SubjectKind } from '../../src/engine/model/finding.ts';
import type { Report } from '../../src/engine/model/report.ts';
import { diagnose } from '../../src/server/diagnostics.ts';
import { comparablePath, isInside, toFileUri } from '../../src/server/fileUri.ts';
import { factsOf } from '../../src/server/record.ts';
import { DEFAULT_SETTINGS } from '../../src/server/settings.ts';
import { viewReport } from '../../src/server/view.ts';
import { home, HOME, idOf, type HomeBuilder } from '../support/home.ts';

const ROLLOUT = 'sessions/2026/11/21/rollout-2026-11-21T11-00-00-'.concat(idOf('one'), '.jsonl');

async function scan(builder: HomeBuilder): Promise<Report> {
  const { world } = builder.build();
  return createEngine(world).scan({ home: HOME, sqliteHome: null, codex: null, full: false });
}

/** A finding as a check would make it. */
function finding(
  check: string,
  kind: SubjectKind,
  key: string,
  facts: Finding['facts'] = {},
): Finding {
  return {
    id: `${check}:${key}`,
    check,
    severity: 'error',
    subject: { kind, key, path: null },
    says: 'something is wrong',
    facts,
    threads: kind === 'thread' || kind === 'rollout' ? [idOf('one')] : [],
    cures: [],
    accepted: false,
  };
}

/** Where a finding is marked, as `address:line text`, counted from one. */
async function placeOf(wanted: Finding, builder = home().thread('one')): Promise<string> {
  const report = { ...(await scan(builder)), findings: [wanted] };
  const view = viewReport(report, { ...DEFAULT_SETTINGS, problems: 'all' }, new Map());
  const [[uri, [marker]] = ['', []]] = diagnose(view, []);
  const { start, end } = marker?.range ?? { start: null, end: null };
  return `${uri} ${Number(start?.line) + 1}:${Number(start?.character) + 1}-${Number(end?.character) + 1}`;
}

test('a finding about config.toml stands in the real file, where its facts say', async () => {
  const facts = { line: 3, column: 5, endColumn: 9 };
  expect(await placeOf(finding('config-unreadable', 'config', 'config.toml', facts))).toBe(
    `file://${HOME}/config.toml 3:5-9`,
  );
});

test('a config that does not parse is marked where it breaks', async () => {
  const broken = home().thread('one').config('a = 1\nb = = 2\n');
  const place = await placeOf(finding('config-unreadable', 'config', 'config.toml'), broken);
  expect(place).toMatch(/config\.toml 2:\d+-\d+$/);
});

test('a finding about a line of a rollout stands in the rollout, when it is small', async () => {
  const small = home().thread('one', { at: ROLLOUT });
  const wanted = finding('rollout-line-bad', 'rollout', ROLLOUT, { line: 4 });
  expect(await placeOf(wanted, small)).toMatch(/^file:.*jsonl 4:1-/);
  const large = home().thread('one', { at: ROLLOUT, text: text => text + ' '.repeat(2 ** 20) });
  expect(await placeOf(wanted, large)).toMatch(/^codex-health:.*\/thread\//);
});

test('other findings stand in a page of ours', async () => {
  expect(await placeOf(finding('home-shared', 'home', 'home'))).toMatch(/\/home \d+:/);
  expect(await placeOf(finding('codex-version-skew', 'codex', '0.1'))).toMatch(/\/home \d+:/);
  const database = finding('migration-rows-missing', 'database', 'state_5.sqlite', {
    versions: [2],
  });
  expect(await placeOf(database)).toMatch(/\/database\/state_5\.sqlite \d+:/);
});

test('an accepted finding is marked nowhere', async () => {
  const accepted = { ...finding('thread-untitled', 'thread', idOf('one')), accepted: true };
  expect(await placeOf(accepted)).toMatch(/^ /);
});

test('paths of every system become addresses, and back', () => {
  expect(toFileUri('/home/ä b/c#d', 'linux')).toBe('file:///home/%C3%A4%20b/c%23d');
  expect(toFileUri('C:\\Users\\ada', 'win32')).toBe('file:///C%3A/Users/ada');
  expect(toFileUri('\\\\server\\share\\x', 'win32')).toBe('file://server/share/x');
  expect(comparablePath('file:///home/%C3%A4%20b/', 'linux')).toBe('/home/ä b');
  expect(comparablePath('file:///c%3A/Users/Ada', 'win32')).toBe('c:/users/ada');
  expect(comparablePath('file://server/share', 'win32')).toBe('//server/share');
  expect(comparablePath('vscode-vfs://github/x', 'linux')).toBeNull();
  expect(comparablePath('file:///%zz', 'linux')).toBeNull();
});

test('a folder is inside itself and its parents, and not inside its neighbours', () => {
  expect(isInside('/a/b', '/a/b')).toBe(true);
  expect(isInside('/a/b/c', '/a/b')).toBe(true);
  expect(isInside('/a/bc', '/a/b')).toBe(false);
  expect(isInside('/a', '/')).toBe(true);
});

test('every check about threads and files knows the line that it is about', async () => {
  const { checks } = createEngine(home().build().world);
  const mute = checks
    .map(({ id }) => finding(id, 'thread', idOf('one')))
    .filter(
      ({ check }) =>
        /^(?:thread|row|rollout)-/.test(check) &&
        factsOf(finding(check, 'thread', '')).length === 0,
    );
  expect(mute.map(({ check }) => check)).toEqual([]);
});
