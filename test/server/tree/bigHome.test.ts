// A home of ten thousand threads: how often its threads are looked at is counted, not timed.

import { beforeAll, expect, test } from 'vitest';
import { createEngine } from '../../../src/engine/engine.ts';
import type { Report } from '../../../src/engine/model/report.ts';
import type { Thread } from '../../../src/engine/model/thread.ts';
import { createMarkerBoard, diagnose } from '../../../src/server/diagnostics.ts';
import { DEFAULT_SETTINGS } from '../../../src/server/settings.ts';
import { findThreads, makeThreads, makeTree } from '../../../src/server/tree.ts';
import { hostViews } from '../../../src/server/hostViews.ts';
import { viewReport, type View } from '../../../src/server/view.ts';
import { home, HOME } from '../../support/home.ts';

const THREADS = 10_000;
const PROJECTS = 100;
const NOTHING_NOTED = new Map<string, never>();

let report: Report;
let reads = 0;

beforeAll(async () => {
  const { world } = home().thread('one', { row: false }).build();
  const one = await createEngine(world).scan({
    ...{ home: HOME, sqliteHome: null, codex: null, full: false },
  });
  const [model] = one.snapshot.threads;
  const [finding] = one.findings;
  if (model === undefined || finding === undefined) throw new Error('there is nothing to multiply');
  const numbers = [...Array(THREADS).keys()];
  const threads = numbers.map(at => counted(model, at));
  const visibility = Object.values(one.visibility)[0];
  report = {
    ...one,
    snapshot: { ...one.snapshot, threads },
    findings: numbers.map(at => ({
      ...finding,
      id: `${finding.check}:${String(at)}`,
      subject: { ...finding.subject, key: String(at) },
      threads: [String(at)],
    })),
    visibility: Object.fromEntries(numbers.flatMap(at => (visibility ? [[at, visibility]] : []))),
  };
});

/** A thread that counts how often somebody asks for its project or its times. */
function counted(model: Thread, at: number): Thread {
  const read = <T>(value: T): T => {
    reads += 1;
    return value;
  };
  return {
    ...model,
    id: String(at),
    title: `number ${String(at)}`,
    get project() {
      return read(`/work/p${String(at % PROJECTS)}`);
    },
    get updatedAtMs() {
      return read(at);
    },
  };
}

const QUIET = { interrupted: null, looking: new Set<string>() };

/** This machine alone. */
function hostsOf(view: View) {
  return hostViews(view, {
    ...{ sights: [], attribution: new Map(), doubled: new Map(), viewOf: () => null },
  });
}

function countReads(work: () => void): number {
  const before = reads;
  work();
  return reads - before;
}

test('a click looks at the threads that it shows, and not at all of them again', () => {
  const view = viewReport(report, DEFAULT_SETTINGS, new Map());
  const hosts = hostsOf(view);
  const host = report.snapshot.home.hostname;
  const tree = () => makeTree(hosts, NOTHING_NOTED, 'all', QUIET);
  const open = (project: string) =>
    makeThreads(hosts, NOTHING_NOTED, { host, project, filter: 'all', limit: 20 });
  expect(countReads(tree)).toBeLessThan(5 * THREADS);
  expect(tree().hosts[0]?.projects).toHaveLength(PROJECTS);
  expect(countReads(tree)).toBe(0);
  expect(countReads(() => expect(open('/work/p7').threads).toHaveLength(20))).toBeLessThan(
    (20 * THREADS) / PROJECTS,
  );
  expect(countReads(() => open('/work/p7'))).toBeLessThan(100);
});

test('a filter is worked out once', () => {
  const view = viewReport(report, DEFAULT_SETTINGS, new Map());
  const hosts = hostsOf(view);
  const work = () => makeTree(hosts, NOTHING_NOTED, 'trouble', QUIET);
  expect(countReads(work)).toBeLessThan(5 * THREADS);
  expect(countReads(work)).toBe(0);
});

test('a search sorts once, and then only compares', () => {
  const view = viewReport(report, DEFAULT_SETTINGS, new Map());
  const hosts = hostsOf(view);
  const find = (text: string) => findThreads(hosts, { text, limit: 10 });
  find('n');
  expect(countReads(() => expect(find('number 99')).toHaveLength(10))).toBeLessThan(100);
});

test('ten thousand threads in trouble come to a hundred markers and a line', () => {
  const view = viewReport(report, { ...DEFAULT_SETTINGS, problems: 'all' }, new Map());
  const markers = [...diagnose(view, []).values()].flat();
  expect(markers).toHaveLength(101);
  const messages = markers.map(({ message }) => message);
  expect(messages.at(-1)).toBe('… and 9,900 more in Codex Session Health.');
});

test('markers that are there already are not sent again', async () => {
  const sent: string[] = [];
  const board = createMarkerBoard((uri, diagnostics) => {
    sent.push(`${uri.split('/').at(-1) ?? ''} ${String(diagnostics.length)}`);
    return Promise.resolve();
  });
  const show = async (findings: Report['findings']) => {
    const settings = { ...DEFAULT_SETTINGS, problems: 'all' as const };
    await board.show(diagnose(viewReport({ ...report, findings }, settings, new Map()), []));
    return sent.splice(0).length;
  };
  expect(await show(report.findings)).toBe(101);
  expect(await show([...report.findings])).toBe(0);
  // The newest one is healed: its marker goes, the next one comes, and the line counts one less.
  expect(await show(report.findings.slice(0, -1))).toBe(3);
  expect(await show([])).toBe(101);
});
