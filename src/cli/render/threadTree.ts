// Host → project → thread, as a person looks for a thread: by where they worked, and when.

import { attribute } from '../../engine/engine.ts';
import type { Attribution } from '../../engine/model/host.ts';
import type { Report, Visibility } from '../../engine/model/report.ts';
import type { Thread } from '../../engine/model/thread.ts';
import type { FilePath } from '../../engine/model/words.ts';
import { sayEvidence } from '../../words/evidence.ts';
import { threadsInTrouble } from './findings.ts';

export interface ThreadHost {
  readonly name: string;
  readonly threads: number;
  readonly projects: readonly ThreadProject[];
}

export interface ThreadProject {
  readonly path: FilePath;
  /** Those that are shown, the newest first. */
  readonly shown: readonly Thread[];
  readonly threads: number;
  readonly archived: number;
  readonly inTrouble: number;
}

export interface TreeRequest {
  /** Only the threads of this directory; null for all of them. */
  readonly project: FilePath | null;
  /** Whether archived and old threads are shown as well. */
  readonly isAll: boolean;
}

/** So many threads of each project are shown before the rest is only counted. */
const NEWEST = 10;

export function threadTree(report: Report, request: TreeRequest): readonly ThreadHost[] {
  const wanted = report.snapshot.threads.filter(thread => isOfProject(thread, request.project));
  const hosts = groupBy(wanted, thread => headingOf(report, thread));
  const inTrouble = threadsInTrouble(report);
  return [...hosts].map(([name, threads]) => {
    const projects = [...groupBy(threads, thread => thread.project)].map(([path, own]) =>
      asProject(path, own, request, thread => inTrouble.has(thread.id)),
    );
    return { name, threads: threads.length, projects: projects.sort(byTroubleThenAge) };
  });
}

/** Whose thread it is, as far as anything tells: no name where nothing does, or where several are named. */
export function hostOf({ snapshot }: Report, { id }: Thread) {
  const { host, confidence, evidence } = attribute(snapshot).get(id) ?? UNKNOWN;
  return { name: host, confidence, evidence: sayEvidence(confidence, evidence) };
}

const UNKNOWN: Attribution = { confidence: 'unknown', host: null, evidence: [] };

/** How the threads of a host are headed. */
function headingOf(report: Report, thread: Thread): string {
  const { name, confidence } = hostOf(report, thread);
  return name ?? (confidence === 'conflict' ? 'used on several hosts' : 'host unknown');
}

export function isOfProject({ project, cwd }: Thread, wanted: FilePath | null): boolean {
  return wanted === null || project === wanted || withoutEnd(cwd) === wanted;
}

export function withoutEnd(path: FilePath): FilePath {
  return path.length > 1 ? path.replace(/[\\/]+$/, '') : path;
}

/** Started by another thread, and listed by nobody on its own. */
export function isSubAgent({ source }: Thread): boolean {
  return /"?sub_?agent/i.test(source);
}

function asProject(
  path: FilePath,
  threads: readonly Thread[],
  { isAll, project }: TreeRequest,
  isInTrouble: (thread: Thread) => boolean,
): ThreadProject {
  const newest = [...threads].sort((one, other) => other.updatedAtMs - one.updatedAtMs);
  const active = newest.filter(({ archived }) => !archived);
  const recent = new Set(project === null ? active.slice(0, NEWEST) : active);
  return {
    path,
    shown: newest.filter(thread => isAll || recent.has(thread) || isInTrouble(thread)),
    threads: threads.length,
    archived: threads.length - active.length,
    inTrouble: threads.filter(isInTrouble).length,
  };
}

function byTroubleThenAge(one: ThreadProject, other: ThreadProject): number {
  const trouble = Number(other.inTrouble > 0) - Number(one.inTrouble > 0);
  return trouble !== 0 ? trouble : newestOf(other) - newestOf(one);
}

function newestOf({ shown }: ThreadProject): number {
  return shown[0]?.updatedAtMs ?? 0;
}

function groupBy<K, V>(list: readonly V[], keyOf: (value: V) => K): ReadonlyMap<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const value of list) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

/** The surfaces in the order of the columns, as people call them. */
export const SURFACES = [
  { key: 'vscode', column: 'VS Code', name: 'Codex for VS Code' },
  { key: 'resumePicker', column: 'resume', name: 'the codex resume picker' },
  { key: 'desktop', column: 'desktop', name: 'the desktop app' },
] as const satisfies readonly {
  readonly key: keyof Visibility['surfaces'];
  readonly column: string;
  readonly name: string;
}[];
