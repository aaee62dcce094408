// Hosts that get no home of their own in a split, and why. Of some of them nobody can see whether a Codex has the
// home open (law 13): then it is not split, but on the word of a person that none runs there.

import { hostsOfHome, isHere } from '../hosts/hostsOfHome.ts';
import { SILENT_NOW, type HostHome, type HostSight } from '../model/host.ts';
import type { Report } from '../model/report.ts';
import type { Snapshot } from '../model/snapshot.ts';
import {
  programsInTheWay,
  withBystanders,
  type InTheWay,
  type StillOpen,
} from '../repair/split/closedOnHosts.ts';
import { Refusal } from '../refusal.ts';

export interface LeftOut {
  readonly name: string;
  /** A sentence part. */
  readonly why: string;
  /** Whether a Codex there may have the home open, and nobody can see it. */
  readonly isUnseen: boolean;
}

/** Null for a host that is known to have the home. */
export function whyNoMember({
  machine,
  sharing,
  gaps,
  homes,
}: HostSight): Omit<LeftOut, 'name'> | null {
  const silent = gaps.find(({ what }) => machine === null || what === SILENT_NOW);
  if (silent !== undefined || machine === null)
    return { why: silent?.why ?? 'it did not say who it is', isUnseen: true };
  if (sharing?.answer === 'yes') return null;
  if (sharing?.answer === 'no')
    return { why: `it has another home. ${sharing.because.join(' ')}`, isUnseen: false };
  if (homes.length === 0 && gaps.length === 0)
    return { why: 'there is no Codex home on it', isUnseen: false };
  const because = sharing?.because.join(' ') ?? 'Nothing of it could be compared.';
  return { why: `it could not be told whether it has this home. ${because}`, isUnseen: true };
}

/** Hosts that have left traces in the home, and that nobody has looked at. */
export function unmetHosts(snapshot: Snapshot, sights: readonly HostSight[]): readonly LeftOut[] {
  const met = new Set(sights.flatMap(({ machine }) => machine?.hostname ?? []));
  return hostsOfHome(snapshot)
    .others.filter(({ name }) => !met.has(name))
    .map(({ name, because }) => ({
      name,
      why: `it has used this home, and was not looked at. ${because.join(' ')}`,
      isUnseen: true,
    }));
}

/**
 * Those that may have the home open without anybody seeing it, besides the hosts of a split, of which it is asked
 * in any case. `closed`: hosts, as they are named where they are left out, of which a person says that no Codex
 * runs there.
 */
export function unseenHosts(
  { snapshot }: Report,
  hosts: readonly HostHome[],
  sights: readonly HostSight[],
  closed: readonly string[],
): readonly LeftOut[] {
  const isOfSplit = ({ machine }: HostSight) =>
    isHere(snapshot.hosts.here, machine) || hosts.some(({ host }) => host === machine?.hostname);
  const leftOut = sights.flatMap(sight => {
    const why = isOfSplit(sight) ? null : whyNoMember(sight);
    return why === null ? [] : [{ name: sight.alias, ...why }];
  });
  return [...leftOut, ...unmetHosts(snapshot, sights)].filter(
    ({ name, isUnseen }) =>
      isUnseen && !closed.includes(name) && !hosts.some(({ host }) => host === name),
  );
}

/**
 * What counts of what was seen: nothing of how a host was before that is silent now, and of which a person says
 * that no Codex runs there. Where it answers, that is what counts.
 */
export function withoutSaidClosed(
  sights: readonly HostSight[],
  closed: readonly string[],
): readonly HostSight[] {
  const isSilent = ({ gaps }: HostSight) => gaps.some(({ what }) => what === SILENT_NOW);
  return sights.filter(sight => !isSilent(sight) || !closed.includes(sight.alias));
}

/** All programs that have to be closed for a split, here and on the hosts that have the home. */
export function programsToClose(
  report: Report,
  hosts: readonly HostHome[],
  sights: readonly HostSight[],
  closed: readonly string[],
): readonly InTheWay[] {
  const counting = withoutSaidClosed(sights, closed);
  return programsInTheWay(report, withBystanders(report, hosts, counting), counting);
}

/** They are told instead of refused, each by itself. */
export function unseenAsOpen(unseen: readonly LeftOut[]): readonly StillOpen[] {
  return unseen.map(({ name, why }) => ({
    host: name,
    why: `Whether a Codex on ${name} has this home open could not be seen: ${why.replace(/\.$/, '')}.`,
    next: `Nothing was changed. Let ${name} answer, or begin anew and say that no Codex runs there.`,
    programs: [],
  }));
}

/** Law 13: who may have the home open and cannot be seen is refused, but for those of whom a person knows. */
export function refuseUnseenHosts(
  report: Report,
  hosts: readonly HostHome[],
  sights: readonly HostSight[],
  closed: readonly string[],
): void {
  const unseen = unseenHosts(report, hosts, sights, closed);
  if (unseen.length === 0) return;
  const names = unseen.map(({ name }) => name).join(', ');
  const known = hosts.map(({ host }) => host).join(' ');
  throw new Refusal(
    'hosts-unknown',
    `Whether a Codex has this home open could not be seen on every host that may use it: ${names}.`,
    `Nothing was changed. Let them answer, or add them with codex-health hosts add. Where you know that no Codex runs there, name the hosts that are to be split: codex-health hosts split ${known}.`,
  );
}
