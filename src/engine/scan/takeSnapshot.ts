// World → Snapshot. Asks every source, never throws, and writes down what it could not see.

import type { Gap, Source } from '../model/gap.ts';
import type { HostSight } from '../model/host.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import type { World } from '../world.ts';
import { readMigrations } from './databases/databases.ts';
import { readHostKnowledge } from './hostKnowledge.ts';
import { joinThreads } from './joinThreads.ts';
import { EVERYTHING, HomeLook } from './homeLook.ts';
import { lookAtPrograms } from './programs.ts';
import { findCutBeginnings } from './rollouts/cutBeginnings.ts';
import type { Standing } from './standing.ts';

export interface ScanRequest {
  readonly home: FilePath | null;
  readonly sqliteHome: FilePath | null;
  readonly codex: FilePath | null;
  /** Reads every line of every rollout. */
  readonly full: boolean;
  /** What was seen of other hosts. */
  readonly hosts?: readonly HostSight[];
  /** Told now and then how far the scan has come. */
  readonly progress?: (done: number, total: number, what: string) => void;
}

/** With `standing`, only what has changed since the last look is read: what is said is the same. */
export async function takeSnapshot(
  world: World,
  request: ScanRequest,
  standing: Standing | null = null,
): Promise<Snapshot> {
  const takenAtMs = world.now();
  const { look, gaps, path, home, config } = await findHome(world, request, standing);
  const [databases, rollouts, names, desktop, codexes, programs] = await Promise.all([
    look.atDatabases(home),
    look.atRollouts(home, request),
    look.atNames(path),
    look.atDesktop(path),
    world.codexes.find(request.codex, file => readMigrations(world, file)),
    lookAtPrograms(world, home, gaps, standing),
  ]);
  if (!codexes.ok) look.note('codexes', null, codexes.trouble.why);
  const rows = databases.state?.rows ?? [];
  const threads = joinThreads(rows, rollouts, names, home, standing?.earlier ?? null);
  standing?.keepThreads(threads, { rows, rollouts, names });
  const seen = { home, databases: databases.databases, threads, sights: request.hosts ?? [] };
  const hosts = await readHostKnowledge(world, seen, gaps, standing?.logs);
  const paths = await look.atPaths(threads);
  const strays = await look.atStrays(threads, paths);
  await look.noteGone(home);
  if (gaps.some(({ source }) => source === 'home')) standing?.fail();
  return {
    takenAtMs,
    depth: request.full ? 'whole' : 'ends',
    home,
    config,
    codexes: codexes.ok ? codexes.value : [],
    ...databases,
    rollouts,
    strays,
    cutBeginnings: findCutBeginnings(rollouts),
    names,
    threads,
    paths,
    desktop,
    ...programs,
    hosts,
    gaps: inOrder(gaps),
  };
}

/** Sources answer side by side; what is said of them does not depend on which was first. */
function inOrder(gaps: readonly Gap[]): readonly Gap[] {
  return [...gaps].sort(
    (one, other) => SOURCES.indexOf(one.source) - SOURCES.indexOf(other.source),
  );
}

/** Where the home is, as its own config.toml says; and, with `standing`, that it is watched. */
async function findHome(world: World, request: ScanRequest, standing: Standing | null) {
  for (;;) {
    const gaps: Gap[] = [];
    const look = new HomeLook(world, gaps, standing);
    const given = homePath(world, request);
    if (standing?.isWatching !== true) world.protect(given);
    const isReached = await look.canReach(given, EVERYTHING);
    // Codex itself writes paths below the home without links.
    const path = isReached ? await world.files.realPath(given) : given;
    const isThere = isReached && (await look.noteMissing(path));
    const config = await look.atConfig(path, isThere);
    const home = await look.atHome(given, path, config, request, isThere);
    if (standing?.isWatching !== true) world.protect(home.sqliteHome);
    // Once it is watched, it is looked at again: it may have changed before.
    if (standing === null || (await standing.at(home, isThere)))
      return { look, gaps, path, home, config };
  }
}

const SOURCES: readonly Source[] = [
  ...EVERYTHING,
  ...([
    'rollout-bodies',
    'folders',
    'codexes',
    'processes',
    'locks',
    'other-machines',
    'hosts',
  ] as const),
];

function homePath(world: World, request: ScanRequest): FilePath {
  const { machine } = world;
  const fromEnvironment = machine.environment['CODEX_HOME'] ?? '';
  if (request.home !== null) return machine.absolute(request.home);
  return fromEnvironment !== ''
    ? machine.absolute(fromEnvironment)
    : machine.join(machine.userHome, '.codex');
}
