// A split as a person reads it before they say yes: which host gets which threads, and how that is known; what
// stays and why; what is written where, and who has to be closed.

import {
  attribute,
  programsToClose,
  type InTheWay,
  type NewHome,
  type StayingThread,
} from '../../engine/engine.ts';
import type { Attribution, HostEvidence } from '../../engine/model/host.ts';
import type { Report } from '../../engine/model/report.ts';
import type { ThreadId } from '../../engine/model/words.ts';
import { count } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import { sayLeftOut } from '../../words/leftOut.ts';
import type { Context } from '../command.ts';
import type { ShownSplit } from '../commands/hostsSplit.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';
import { namePrograms } from '../waiting.ts';
import { planJson, renderRefused, renderTerms, renderUnit } from './plan.ts';

export function splitJson(shown: ShownSplit) {
  const { report, plan, proposal } = shown;
  const evidenceOf = (thread: ThreadId) => {
    const { confidence, evidence } = attributionOf(thread, report);
    return { thread, confidence, evidence: evidence.map(({ says }) => says) };
  };
  return {
    ...planJson(plan),
    home: report.snapshot.home.path,
    hosts: plan.homes.map(({ host, home, threads }) => ({
      host,
      home,
      threads: threads.map(evidenceOf),
    })),
    leftOut: proposal.leftOut,
    staying: proposal.staying.map(({ thread, because, host }) => ({
      ...evidenceOf(thread),
      because,
      host,
    })),
    shared: proposal.wish.shared,
    startUp: proposal.wish.startUp,
    inTheWay: openPrograms(shown),
  };
}

export function renderSplitPlan(shown: ShownSplit, context: Context): string {
  const { plan, proposal } = shown;
  const { page, given, typed } = context;
  const { paint, width } = page;
  const lines = [
    ...wrap(headline(shown, context), width).map(paint.bold),
    ...plan.homes.flatMap(home => ['', ...aboutHome(home, shown, context)]),
    ...titled('Left out:', proposal.leftOut.map(sayLeftOut), context),
    ...aboutStaying(shown, context),
    ...renderRefused(plan, { page, typed }),
    ...aboutFiles(shown, context),
    ...(given.has('full') ? ['', ...plan.units.flatMap(unit => renderUnit(unit, page, true))] : []),
    ...renderTerms(plan, page),
    ...aboutPrograms(shown, context),
  ];
  return `${lines.join('\n')}\n`;
}

function openPrograms({ report, proposal, sights, closed }: ShownSplit): readonly InTheWay[] {
  return programsToClose(report, proposal.wish.hosts, sights, closed);
}

function attributionOf(thread: ThreadId, { snapshot }: Report): Attribution {
  const known = attribute(snapshot).get(thread);
  return known ?? { confidence: 'unknown', host: null, evidence: [] };
}

function headline({ plan, report }: ShownSplit, { page }: Context): string {
  const home = page.path(report.snapshot.home.path);
  if (plan.units.length === 0) return `${home} cannot be split as it stands.`;
  const moved = plan.homes.reduce((sum, { threads }) => sum + threads.length, 0);
  const stay = report.snapshot.threads.length - moved;
  return `A plan to split ${home}: ${count(plan.homes.length, 'host')} ${plan.homes.length === 1 ? 'gets' : 'get'} a Codex home of ${plan.homes.length === 1 ? 'its' : 'their'} own. ${count(moved, 'thread')} ${moved === 1 ? 'moves' : 'move'} there, ${String(stay)} ${stay === 1 ? 'stays' : 'stay'}. Nothing is lost, and all of it can be undone.`;
}

const KINDS: Readonly<Record<HostEvidence['kind'], string>> = {
  pin: 'pinned by you',
  writing: 'being written there now',
  observed: 'seen being written there',
  log: "named with it in Codex's own log",
  desktop: 'whose project the desktop app has there',
  folder: 'whose folder is only there',
  parent: 'that came from one of its threads',
};

/** What nobody has seen. */
const TRACES: readonly string[] = ['log', 'desktop', 'folder'];

/** How many stand on what; what weighs most first. */
function onWhat(threads: readonly ThreadId[], report: Report): string {
  const kinds = threads.map(id => attributionOf(id, report).evidence[0]?.kind ?? null);
  const words = Object.entries(KINDS).flatMap(([kind, text]) => {
    const number = kinds.filter(one => one === kind).length;
    const mark = TRACES.includes(kind) ? ' (inferred)' : '';
    return number === 0 ? [] : [[number, `${text}${mark}`] as const];
  });
  const others = kinds.filter(one => one === null).length;
  const all = others === 0 ? words : [...words, [others, 'that go with them'] as const];
  const [only] = all;
  if (only !== undefined && all.length === 1) return only[1];
  return all.map(([number, text]) => `${String(number)} ${text}`).join(', ');
}

function aboutHome(
  { host, home, threads }: NewHome,
  { report }: ShownSplit,
  { page, given }: Context,
): readonly string[] {
  const here = host === report.snapshot.hosts.here.hostname ? ' (this machine)' : '';
  const what =
    threads.length === 0
      ? 'No thread: of none it is known that it is of this host.'
      : `${count(threads.length, 'thread')}, ${onWhat(threads, report)}.`;
  return [
    `${page.paint.bold(harmless(host))}${here}  ${page.path(home, page.width - host.length - here.length - 2)}`,
    ...wrapIndented(what, page.width, '  '),
    ...(given.has('full') ? threads.flatMap(id => aboutThread(id, report, page.width)) : []),
  ];
}

function aboutThread(id: ThreadId, report: Report, width: number): readonly string[] {
  const because = attributionOf(id, report).evidence.map(({ says }) => says);
  return wrapIndented(harmless(`${id}  ${because.join(' ')}`.trimEnd()), width, '    ');
}

function aboutStaying(shown: ShownSplit, context: Context): readonly string[] {
  const { proposal, report } = shown;
  const { page, given, typed } = context;
  const of = (because: StayingThread['because']) =>
    proposal.staying.filter(one => one.because === because);
  const pin = typed('hosts pin HOST --thread ID');
  const groups = [
    {
      threads: of('inferred'),
      say: (ids: readonly ThreadId[], hosts: readonly string[]) =>
        `of ${hosts.join(', ')} by traces alone, ${onWhat(ids, report)}. --inferred takes such threads along.`,
    },
    {
      threads: of('conflict'),
      say: () => `seen on several hosts. You can say which it is: ${pin}`,
    },
    { threads: of('unknown'), say: () => `whose host nothing tells. You can say it: ${pin}` },
    {
      threads: of('other'),
      say: (_: unknown, hosts: readonly string[]) =>
        `of hosts that get no home here: ${hosts.join(', ')}.`,
    },
  ];
  const said = groups.flatMap(({ threads, say }) => {
    if (threads.length === 0) return [];
    const ids = threads.map(({ thread }) => thread);
    const hosts = [...new Set(threads.flatMap(({ host }) => host ?? []))];
    const text = `${count(threads.length, 'thread')} ${say(ids, hosts)}`;
    return [
      ...wrapIndented(harmless(text), page.width, '  '),
      ...(given.has('full') ? ids.flatMap(id => aboutThread(id, report, page.width)) : []),
    ];
  });
  return said.length === 0 ? [] : ['', ...titleOf('Stay in the old home:', context), ...said];
}

function aboutFiles({ plan, proposal }: ShownSplit, context: Context): readonly string[] {
  if (plan.units.length === 0) return [];
  const { page } = context;
  const files = proposal.wish.startUp.map(({ shell, file }) => `${page.path(file)} (${shell})`);
  // What the plan says of sharing is the same for each host, behind the name of its home.
  const [first] = plan.units;
  const [home] = plan.homes;
  const before = `${home?.host ?? ''} gets the Codex home ${home?.home ?? ''}. `;
  const shared = first?.says.startsWith(before) === true ? [first.says.slice(before.length)] : [];
  const startUp = plan.units.filter(({ steps }) => steps.some(({ kind }) => kind === 'block'));
  return titled(
    'What is written besides:',
    [
      ...shared,
      `Marked lines at the top of ${files.join(', ')}.`,
      ...startUp.map(({ says }) => says),
    ],
    context,
  );
}

function aboutPrograms(shown: ShownSplit, context: Context): readonly string[] {
  const programs = openPrograms(shown);
  if (programs.length === 0) return [];
  const { page } = context;
  const { plan, report } = shown;
  const isSeenNow = (id: ThreadId) => attributionOf(id, report).evidence[0]?.kind === 'writing';
  const advice = plan.homes.some(({ threads }) => threads.some(isSeenNow))
    ? 'That they write a thread shows whose it is only as long as they run. Use --wait, or close them before you say yes here: then it goes where it is shown.'
    : '';
  return [
    '',
    ...titleOf('To be closed before:', context),
    ...namePrograms(programs, page.width),
    ...(advice === '' ? [] : wrap(advice, page.width).map(page.paint.dim)),
  ];
}

function titled(title: string, items: readonly string[], context: Context): readonly string[] {
  if (items.length === 0) return [];
  return [
    '',
    ...titleOf(title, context),
    ...items.flatMap(item => wrapIndented(harmless(item), context.page.width, '  ')),
  ];
}

function titleOf(title: string, { page }: Context): readonly string[] {
  return wrap(title, page.width).map(page.paint.bold);
}
