// One home that several hosts share → a home for each of them. Pure: the same home, the same wish and the
// same surroundings give the same plan. Conversations are moved and not copied, so that there is one of each;
// of the rest Codex makes its databases anew, and gets back what only the old one knew.

import { takeRow } from '../../checks/cures/curing.ts';
import { countOf } from '../../checks/words.ts';
import type { CloserLook, Wishes } from '../../model/closerLook.ts';
import { bytesOfText } from '../../model/bytes.ts';
import type {
  CreateStep,
  LinkStep,
  MoveStep,
  Plan,
  Refused,
  RowsStep,
  Unit,
} from '../../model/plan.ts';
import type { Report } from '../../model/report.ts';
import type { HostHome } from '../../model/host.ts';
import type { ThreadId } from '../../model/words.ts';
import type { Objection } from '../../checks/check.ts';
import { NAMES } from '../observe.ts';
import { asPlan } from '../planRepairs.ts';
import { askInNewHome } from './askInNewHome.ts';
import { chooseLineages, type Lineage } from './lineages.ts';
import { putIntoStartUp } from '../startUp/markedBlock.ts';
import { homeLines } from './homeLines.ts';
import { saySharedLog, sayStaying } from './staying.ts';
import type { ThreadRow } from '../../scan/closer/threadTables.ts';
import { MCP_KEYS, type SharedThing, type Surroundings } from './surroundings.ts';
import { SPLIT, SPLIT_CURE, type SplitWish } from './wish.ts';

export interface SplitPlan extends Plan {
  readonly homes: readonly NewHome[];
}

export interface NewHome extends HostHome {
  readonly threads: readonly ThreadId[];
}

/** What of a home has to be known to choose what goes. */
export function wishesToChoose({ snapshot }: Report): Wishes {
  return { agents: snapshot.threads.map(({ id }) => id) };
}

export function wishesToSplit({ snapshot }: Report, threads: readonly ThreadId[]): Wishes {
  const { state } = snapshot;
  return { rows: threads, salvage: state === null ? [] : [state.database.file] };
}

export function planSplit(
  report: Report,
  wish: SplitWish,
  closer: CloserLook,
  around: Surroundings,
  hash: (text: string) => string,
): SplitPlan {
  const { going, staying } = chooseLineages(report, wish, closer.agents);
  const parts: { readonly lineage: Lineage; readonly unit: Unit }[] = [];
  const refused: Refused[] = [...staying];
  const rows = rowsByThread(around);
  for (const lineage of going) {
    const unit = moveLineage(lineage, report, wish, closer, rows);
    if ('why' in unit) refused.push(...idsOf(lineage).map(finding => ({ finding, ...unit })));
    else parts.push({ lineage, unit });
  }
  const homes = wish.hosts.map(({ host, home }) => ({
    host,
    home,
    threads: parts.flatMap(({ lineage }) => (lineage.host === host ? idsOf(lineage) : [])),
  }));
  const asking = homes.map(home => askInNewHome(report.snapshot, home, closer, around));
  const objection = asking.find(one => 'why' in one);
  if (objection !== undefined && 'why' in objection)
    return { ...asPlan([], [{ finding: SPLIT, ...objection }], hash), homes: [] };
  const units = [
    ...homes.map(home => furnish(home, wish, report, around)),
    ...parts.map(({ unit }) => unit),
    ...asking.filter(one => 'steps' in one),
    ...(around.startUp.length === 0 ? [] : [startUp(wish, report, around)]),
  ];
  return { ...asPlan(units, refused, hash), homes };
}

function rowsByThread({ rows }: Surroundings): ReadonlyMap<ThreadId, readonly ThreadRow[]> {
  const found = new Map<ThreadId, ThreadRow[]>();
  for (const row of rows) {
    const others = found.get(row.thread) ?? [];
    found.set(row.thread, others);
    others.push(row);
  }
  return found;
}

function idsOf({ threads }: Lineage): readonly ThreadId[] {
  return threads.map(({ thread }) => thread.id);
}

const WHOLE = {
  findings: [SPLIT],
  cure: { id: SPLIT_CURE, title: 'Give each host a Codex home of its own' },
  loses: 'nothing',
  needs: ['codex-started', 'codex-stopped'],
} as const;

/** What a person has set up, for one of the new homes. */
function furnish(
  { host, home, threads }: NewHome,
  { shared }: SplitWish,
  { snapshot }: Report,
  around: Surroundings,
): Unit {
  const isGoing = new Set(threads);
  const lines = around.names.filter(({ thread }) => isGoing.has(thread));
  const names: CreateStep = {
    kind: 'create',
    file: `${home}/${NAMES}`,
    content: bytesOfText(lines.map(({ line }) => `${line}\n`).join('')),
    modifiedMs: null,
  };
  const from = snapshot.home.path;
  const how = [
    ...around.shared.flatMap(thing =>
      shared === 'link' ? [linkOf(thing, home, from)] : copiesOf(thing, home, from),
    ),
    ...around.copied.flatMap(thing => copiesOf(thing, home, from)),
  ];
  const what = around.shared.map(({ name }) => name).join(', ');
  return {
    ...WHOLE,
    says: [
      `${host} gets the Codex home ${home}.`,
      ...(what === '' ? [] : [SAYING[shared](what)]),
      ...(around.copied.some(({ name }) => name === MCP_KEYS) ? [SAYING_KEYS] : []),
    ].join(' '),
    steps: [...how, ...(lines.length === 0 ? [] : [names])],
  };
}

/** Seen in 0.142, 0.160 and 0.169. */
const SAYING: Readonly<Record<SplitWish['shared'], (what: string) => string>> = {
  link: what =>
    `Links lead to what stays shared (${what}): what Codex writes into settings or keys there, it writes through the link for all hosts; \`codex logout\` takes away the link alone, and that host has keys of its own from the next login on.`,
  copy: what =>
    `It gets copies (${what}), which are its own from then on: a new login or setting on one host is none on the others.`,
};

const SAYING_KEYS = `Log-ins of MCP servers (${MCP_KEYS}) are copied in any case, since Codex from 0.160 on writes them through no link: they are its own from then on, and a server that gives a new key with each renewal asks for a new login on the others.`;

function linkOf({ name }: SharedThing, home: string, from: string): LinkStep {
  return { kind: 'link', file: `${home}/${name}`, target: `${from}/${name}` };
}

function copiesOf(
  thing: SharedThing,
  home: string,
  from: string,
): readonly (CreateStep | LinkStep)[] {
  const { name } = thing;
  const file = `${home}/${name}`;
  switch (thing.kind) {
    case 'folder':
      return thing.within.flatMap(one => copiesOf(one, home, from));
    case 'link':
      return [{ kind: 'link', file, target: thing.target }];
    case 'file': {
      const content = { copied: `${from}/${name}`, bytes: thing.bytes };
      return [{ kind: 'create', file, content, modifiedMs: thing.modifiedMs }];
    }
  }
}

/** Entries go out of the old database, and files to the same place in the new home. */
function moveLineage(
  { host, threads }: Lineage,
  { snapshot }: Report,
  { hosts }: SplitWish,
  closer: CloserLook,
  rows: ReadonlyMap<ThreadId, readonly ThreadRow[]>,
): Unit | Objection {
  const { home = '' } = hosts.find(one => one.host === host) ?? {};
  const ids = threads.map(({ thread }) => thread.id);
  const entries: RowsStep[] = [];
  for (const id of ids) {
    const taken = takeRow(snapshot, closer, id);
    if ('why' in taken) return taken;
    entries.push(taken);
  }
  const [first] = entries;
  if (first === undefined)
    return { why: 'it has no entry', next: 'Look again with codex-health scan.' };
  const own = ids.flatMap(id => rows.get(id) ?? []);
  const others = [...new Set(own.map(({ table }) => table))].map((table): RowsStep => ({
    ...first,
    table,
    changes: own
      .filter(row => row.table === table)
      .map(({ key, values }) => ({ key, before: values, after: null })),
  }));
  const moves = threads.flatMap(({ holders }) =>
    holders.map(({ file, path, bytes, modifiedMs }): MoveStep => ({
      kind: 'move',
      from: file,
      to: { file: `${home}/${path}` },
      ...{ bytes, modifiedMs },
    })),
  );
  const what =
    ids.length === 1
      ? `The thread ${ids[0] ?? ''} goes`
      : `${countOf(ids.length, 'thread')} that belong together go`;
  const all = { ...first, changes: entries.flatMap(({ changes }) => changes) };
  return {
    ...WHOLE,
    findings: [SPLIT, ...ids],
    part: ids,
    undoneWhole: `it stays in ${home}, and CODEX_HOME=${home} shows it there`,
    says: `${what} to ${host}.`,
    steps: [...others, all, ...moves],
  };
}

function startUp(wish: SplitWish, { snapshot }: Report, around: Surroundings): Unit {
  const { startUp: files, stays } = around;
  const steps = putIntoStartUp(files, shell => homeLines(shell, wish.hosts, snapshot.home.path));
  const names = wish.hosts.map(({ host }) => host).join(', ');
  return {
    ...WHOLE,
    says: `Start-up files of shells name the home of each of these hosts (${names}), and of no other. A Codex that was started before keeps the old one until it is started again. ${saySharedLog(snapshot)} ${sayStaying(stays, snapshot.home.path)}`
      .replace(/ {2,}/g, ' ')
      .trim(),
    steps,
  };
}
