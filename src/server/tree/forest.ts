// What the tree is made of, worked out once for each host: a home has tens of thousands of threads,
// and a click in the tree asks again.

import type { Snapshot } from '../../engine/model/snapshot.ts';
import type { Thread } from '../../engine/model/thread.ts';
import type { FilePath } from '../../engine/model/words.ts';
import type { Filter, ThreadCounts } from '../../protocol/tree.ts';
import type { HostView } from '../hostViews.ts';
import type { Repositories } from '../repositories.ts';
import { gravest, visibilityOf, type View } from '../view.ts';
import { familiesOf, type Family } from './families.ts';
import { gatherProjects, type Project } from './projects.ts';
import { rankOfAll, troubleThenNewest, type Ranked } from './ranking.ts';

export interface Forest {
  /** What a filter leaves; worked out when it is asked for first. */
  grove(filter: Filter): Grove;
}

export interface Grove {
  readonly counts: ThreadCounts;
  /** Trouble first, then the newest. */
  readonly stands: readonly Stand[];
  /** The threads of one project, in families; none where the filter leaves none. */
  families(project: FilePath): readonly Family[];
}

/** A project, with those of its threads that a filter leaves. */
export interface Stand extends Ranked {
  readonly project: Project;
  readonly threads: readonly Thread[];
  /** With those of its worktrees. */
  readonly counts: ThreadCounts;
  readonly worktrees: readonly Stand[];
}

const forests = new WeakMap<HostView, { readonly of: Repositories; readonly forest: Forest }>();

export function forestOf(host: HostView, repositories: Repositories): Forest {
  const known = forests.get(host);
  if (known?.of === repositories) return known.forest;
  const forest = plant(host, repositories);
  forests.set(host, { of: repositories, forest });
  return forest;
}

function plant(host: HostView, repositories: Repositories): Forest {
  const { view, threads } = host;
  const { home } = view.report.snapshot;
  const projects = gatherProjects(threads, { home, paths: pathsOn(host) }, repositories);
  const groves = new Map<Filter, Grove>();
  return {
    grove: filter => {
      const known = groves.get(filter) ?? fence(view, projects, filter);
      groves.set(filter, known);
      return known;
    },
  };
}

/** Which folders are there: asked on the host itself, and of one that nobody asked nothing is known. */
function pathsOn({ view, sight, isHere, hasHome }: HostView): Snapshot['paths'] {
  if (isHere || hasHome) return view.report.snapshot.paths;
  return sight?.paths ?? {};
}

function fence(view: View, projects: readonly Project[], filter: Filter): Grove {
  const isWanted = FILTERS[filter];
  const stands = projects
    .map(project => standOf(view, project, thread => isWanted(view, thread)))
    .filter(({ counts }) => counts.threads > 0)
    .sort(troubleThenNewest);
  const byPath = new Map(
    stands.flatMap(stand => [stand, ...stand.worktrees]).map(one => [one.project.path, one]),
  );
  const families = new Map<FilePath, readonly Family[]>();
  return {
    counts: sum(stands.map(({ counts }) => counts)),
    stands,
    families: path => {
      const threads = byPath.get(path)?.threads ?? [];
      const known = families.get(path) ?? familiesOf(threads, thread => rankOf(view, thread));
      families.set(path, known);
      return known;
    },
  };
}

const FILTERS: Readonly<Record<Filter, (view: View, thread: Thread) => boolean>> = {
  all: () => true,
  trouble: ({ threadsInTrouble }, { id }) => threadsInTrouble.has(id),
  hidden: isHidden,
  archived: (_, { archived }) => archived,
};

/** Whether some surface does not show it; one of which nothing is known does not count. */
function isHidden(view: View, { id }: Thread): boolean {
  const surfaces = visibilityOf(view, id)?.surfaces;
  return surfaces !== undefined && Object.values(surfaces).some(({ shown }) => shown === false);
}

function standOf(view: View, project: Project, isWanted: (thread: Thread) => boolean): Stand {
  const threads = project.threads.filter(isWanted);
  const worktrees = project.worktrees
    .map(worktree => standOf(view, worktree, isWanted))
    .filter(({ counts }) => counts.threads > 0)
    .sort(troubleThenNewest);
  const inTrouble = threads.filter(({ id }) => view.threadsInTrouble.has(id)).length;
  return {
    project,
    threads,
    worktrees,
    counts: sum([{ threads: threads.length, inTrouble }, ...worktrees.map(one => one.counts)]),
    ...rankOfAll([...threads.map(thread => rankOf(view, thread)), ...worktrees]),
  };
}

function rankOf(view: View, { id, updatedAtMs }: Thread): Ranked {
  return { severity: gravest(view.byThread.get(id) ?? []), updatedAtMs };
}

function sum(counts: readonly ThreadCounts[]): ThreadCounts {
  return counts.reduce(
    (one, other) => ({
      threads: one.threads + other.threads,
      inTrouble: one.inTrouble + other.inTrouble,
    }),
    { threads: 0, inTrouble: 0 },
  );
}
