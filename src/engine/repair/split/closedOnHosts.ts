// Law 13: that nobody has a home open must be proven, here and on every host that has it, before it is split and
// before that is taken back. What is not known is refused, with the next step.

import {
  SILENT_NOW,
  type HostHome,
  type HostName,
  type HostSight,
  type SeenServer,
} from '../../model/host.ts';
import type { Report } from '../../model/report.ts';
import { sameDirectory } from '../../model/paths.ts';
import type { FilePath } from '../../model/words.ts';
import type { Plan } from '../../model/plan.ts';
import { sayHolder } from '../guard.ts';
import { Refusal } from '../../refusal.ts';
import type { World } from '../../world.ts';
import { foldersGivenBy } from '../ownDatabases/preconditions.ts';
import { homesMadeBy } from './wish.ts';

const NOTHING = 'Nothing was changed.';

/** As long as somebody needs to read a plan and say yes, and no Codex is started in the meantime. */
const FRESH_MS = 5 * 60_000;

/** This machine, now. */
interface Here {
  readonly hostname: HostName;
  readonly machine: string | null;
  readonly ms: number;
  readonly userHome: FilePath;
}

/**
 * Refuses unless each of these hosts but this one was just seen, and nobody has the home open there: neither
 * the shared one nor the one of that host.
 */
export function refuseUnlessClosedElsewhere(
  { snapshot: { home } }: Report,
  hosts: readonly HostHome[],
  sights: readonly HostSight[],
  now: Here,
  /** Of which the person says that no Codex runs there; null where that is not asked. */
  saidClosed: readonly HostName[] | null = null,
): void {
  for (const { host, home: own } of hosts) {
    refuseTwins(host, sights, now);
    if (host === now.hostname) continue;
    const its = sights.filter(one => one.machine?.hostname === host && one.by !== 'nobody');
    const answering = its.find(one => !isSilentNow(one));
    const sight = answering ?? its[0];
    // A host that never comes back would keep its home for ever; what was seen there no word can undo.
    if (answering === undefined && saidClosed?.includes(host) === true) continue;
    const mayBeSaid =
      answering === undefined && saidClosed !== null
        ? ` If ${host} never comes back, codex-health undo --closed ${host} takes your word that no Codex runs there.`
        : '';
    const why = sight === undefined ? 'it was not seen' : whyNotClosed(sight, home, own, now);
    if (why === null) continue;
    throw new Refusal(
      'other-hosts',
      `Whether a Codex on ${host} has this home open has to be known, and ${why}.`,
      sight === undefined
        ? `${NOTHING} Let it be looked at: codex-health hosts add ALIAS, with the name by which ssh reaches ${host}. Then try once more.${mayBeSaid}`
        : `${NOTHING} Close every Codex on ${host}, let it be looked at again, and try once more.${mayBeSaid}`,
    );
  }
}

function isSilentNow({ gaps }: HostSight): boolean {
  return gaps.some(({ what }) => what === SILENT_NOW);
}

/** What keeps a split from being made now, on one of its hosts or on one that keeps the home. */
export interface StillOpen {
  readonly host: HostName;
  /** A whole sentence, and what can be done about it. */
  readonly why: string;
  readonly next: string;
  /** Where it is open programs and nothing else, so that it can be waited until they are closed; else empty. */
  readonly programs: readonly InTheWay[];
}

/** The same of each host by itself, told instead of refused; empty where nothing is in the way. */
export function openElsewhere(
  report: Report,
  hosts: readonly HostHome[],
  sights: readonly HostSight[],
  now: Here,
): readonly StillOpen[] {
  const withoutPrograms = sights.map(sight => ({ ...sight, holders: [], servers: [] }));
  return withBystanders(report, hosts, sights).flatMap(host => {
    const refused = refusalFor(report, host, sights, now);
    if (refused === null) return [];
    const areAll = refusalFor(report, host, withoutPrograms, now) === null;
    const open = areAll ? programsInTheWay(report, [host], sights) : [];
    const programs = open.filter(one => one.host === host.host);
    return [{ host: host.host, why: refused.message, next: refused.next, programs }];
  });
}

function refusalFor(
  report: Report,
  host: HostHome,
  sights: readonly HostSight[],
  now: Here,
): Refusal | null {
  try {
    refuseUnlessClosedElsewhere(report, [host], sights, now);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** The lines in start-up files tell hosts apart by their names alone. */
function refuseTwins(host: HostName, sights: readonly HostSight[], now: Here): void {
  const machines = new Set(
    sights.flatMap(({ machine }) => (machine?.hostname === host ? (machine.machine ?? []) : [])),
  );
  if (host === now.hostname && now.machine !== null) machines.add(now.machine);
  if (machines.size > 1)
    throw new Refusal(
      'twin-hosts',
      `Two machines are called ${host}, and nothing else tells their start-up files which one they are on.`,
      `${NOTHING} Give one of them another name, or leave both out of the split.`,
    );
}

function whyNotClosed(
  sight: HostSight,
  home: Report['snapshot']['home'],
  own: FilePath,
  now: Here,
): string | null {
  const { takenAtMs, homes, sharing, starts, gaps } = sight;
  if (Math.abs(now.ms - takenAtMs) > FRESH_MS) return 'it was seen more than five minutes ago';
  const gap = gaps.find(({ what }) => !IS_OF_NO_MATTER.test(what));
  if (gap !== undefined) return `${gap.what} could not be seen there: ${gap.why}`;
  const seen = homes.find(({ path }) => sameDirectory(path, home.path, home.system));
  const isOther =
    seen?.installationId != null &&
    home.installationId !== null &&
    seen.installationId !== home.installationId;
  if (seen === undefined || isOther || sharing?.answer === 'no')
    return `${home.path} is not the same home there, or lies at another path`;
  const [start] = starts;
  if (start !== undefined && !sameDirectory(start.home, now.userHome, home.system))
    return `it has other start-up files: its home directory is ${start.home}`;
  return usersOn(sight, home, own)[0]?.says ?? null;
}

/** A program that has to be closed before a home is split, or put together again. */
export interface InTheWay {
  readonly host: HostName;
  readonly pid: number;
  /** A sentence part: `codex (process 7) has it open`. */
  readonly says: string;
}

/** All of them, here and on the hosts that were looked at. */
export function programsInTheWay(
  { snapshot }: Report,
  hosts: readonly HostHome[],
  sights: readonly HostSight[],
): readonly InTheWay[] {
  const { home, holders } = snapshot;
  const here = snapshot.hosts.here.hostname;
  const ours = holders.map(holder => ({
    pid: holder.pid,
    says: `${sayHolder(holder)} has it open`,
  }));
  return [
    ...ours.map(one => ({ host: here, ...one })),
    ...hosts
      .filter(({ host }) => host !== here)
      .flatMap(({ host, home: own }) =>
        sights
          .filter(({ machine }) => machine?.hostname === host)
          .slice(0, 1)
          .flatMap(sight => usersOn(sight, home, own))
          .map(one => ({ host, ...one })),
      ),
  ];
}

/** A program that has files open is named for that, even where it is a server as well. */
function usersOn(
  sight: HostSight,
  home: Report['snapshot']['home'],
  own: FilePath,
): readonly Omit<InTheWay, 'host'>[] {
  const { holders, servers } = sight;
  const open = new Set(holders.map(({ pid }) => pid));
  return [
    ...holders.map(holder => ({ pid: holder.pid, says: `${sayHolder(holder)} has it open` })),
    ...servers
      .filter(server => !open.has(server.pid) && mayUse(server, sight, home, own))
      .map(({ program, pid, isOpaque }) => ({
        pid,
        says: isOpaque
          ? `of ${program} (process ${String(pid)}) it cannot be told which home it uses`
          : `${program} (process ${String(pid)}) runs with it, or with the home of that host`,
      })),
  ];
}

/** Hosts that keep the home when others leave it: what they have open is in the way as well. */
export function withBystanders(
  { snapshot: { home, hosts: known } }: Report,
  hosts: readonly HostHome[],
  sights: readonly HostSight[],
): readonly HostHome[] {
  const isMeant = new Set([known.here.hostname, ...hosts.map(({ host }) => host)]);
  const others = sights.flatMap(({ machine, sharing }) =>
    machine === null || sharing?.answer !== 'yes' || isMeant.has(machine.hostname)
      ? []
      : [machine.hostname],
  );
  return [...hosts, ...[...new Set(others)].map(host => ({ host, home: home.path }))];
}

/** Anything else that a host did not answer may be the Codex that nobody has seen. */
const IS_OF_NO_MATTER = /\blogin shell\b/;

function mayUse(
  { codexHome, isOpaque }: SeenServer,
  { starts }: HostSight,
  home: Report['snapshot']['home'],
  own: FilePath,
): boolean {
  if (isOpaque) return true;
  const used = codexHome ?? `${starts[0]?.home ?? ''}/.codex`;
  // Links to it have other spellings, and are taken for it where they cannot be told apart.
  const spellings = [own, home.path, ...home.aliases.map(({ path }) => path)];
  return spellings.some(one => sameDirectory(one, used, home.system));
}

/** Refuses to take a plan back while a program of this machine has something open that it has made elsewhere. */
export async function refuseWhileNewPlacesOpen({ processes }: World, plan: Plan): Promise<void> {
  const places = [
    ...homesMadeBy(plan).map(({ home }) => home),
    ...foldersGivenBy(plan).map(({ folder }) => folder),
  ];
  if (places.length === 0) return;
  const found = await processes.holders(places);
  if (!found.ok || found.value.unreadable.length > 0)
    throw new Refusal(
      'holders-unknown',
      `It could not be told whether a program has files open in ${places.join(', ')}.`,
      `${NOTHING} Run it as the account that runs Codex, with every Codex closed.`,
    );
  const [holder] = found.value.holders;
  if (holder !== undefined)
    throw new Refusal(
      'codex-running',
      `${sayHolder(holder)} has files open in ${places.join(' or ')}.`,
      `${NOTHING} Close it, and run this again.`,
    );
}
