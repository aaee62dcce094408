// What a split of a shared home would be when a person says no more than that they want one: which hosts get a
// home, and which threads go there. Nothing goes by a guess: what is left as it is is named with the reason.

import { attribute, originOf } from '../hosts/attribution.ts';
import { isHere } from '../hosts/hostsOfHome.ts';
import { unmetHosts, whyNoMember, type LeftOut } from './hostsLeftOut.ts';
import type { Attribution, HostHome, HostName, HostSight } from '../model/host.ts';
import type { Report } from '../model/report.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import { Refusal } from '../refusal.ts';
import { refuseSecond } from '../repair/split/preconditions.ts';
import { proposeStartUp } from '../repair/startUp/startUpFiles.ts';
import type { SplitWish } from '../repair/split/wish.ts';
import type { World } from '../world.ts';

export interface SplitChoice {
  /** Only these hosts, by their names or aliases; all that are known to share the home when empty. */
  readonly hosts: readonly string[];
  /** Whether threads go along whose host is inferred alone. */
  readonly takesInferred: boolean;
  readonly shared: SplitWish['shared'];
  /** Where the homes are made; null for the usual place. */
  readonly folder: FilePath | null;
}

export interface SplitProposal {
  readonly wish: SplitWish;
  /** The shells of its hosts, as `/bin/zsh`, for which the start-up files are chosen. */
  readonly shells: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly staying: readonly StayingThread[];
}

export interface StayingThread {
  readonly thread: ThreadId;
  /** `inferred`: its host follows from traces alone. `other`: it is at home on a host that gets no home. */
  readonly because: 'inferred' | 'conflict' | 'unknown' | 'other';
  readonly host: HostName | null;
}

/** `here` and `sights`: fresh looks at this machine, and at the others that were chosen. */
export async function proposeSplit(
  world: World,
  { snapshot }: Report,
  here: HostSight,
  sights: readonly HostSight[],
  choice: SplitChoice,
): Promise<SplitProposal> {
  refuseSecond(snapshot);
  const { members, leftOut } = chooseMembers(snapshot, here, sights, choice.hosts);
  const shells = [...new Set(members.flatMap(({ name, sight }) => shellsOf(name, sight)))];
  const startUp = await proposeStartUp(world, shells);
  const { machine } = world;
  const folder = choice.folder ?? usualFolder(world);
  const hosts = members.map(({ name }) => ({ host: name, home: machine.join(folder, name) }));
  const { of, staying } = sortThreads(snapshot, hosts, choice.takesInferred);
  return { wish: { hosts, of, shared: choice.shared, startUp }, shells, leftOut, staying };
}

/** Where hosts get their homes when nobody says otherwise. */
export function usualFolder({ machine }: Pick<World, 'machine'>): FilePath {
  return machine.join(machine.userHome, '.codex-hosts');
}

interface Member {
  readonly name: HostName;
  readonly sight: HostSight;
}

function chooseMembers(
  snapshot: Snapshot,
  here: HostSight,
  sights: readonly HostSight[],
  wanted: readonly string[],
): { readonly members: readonly Member[]; readonly leftOut: readonly LeftOut[] } {
  const own = snapshot.hosts.here;
  const members = new Map<HostName, Member>();
  const leftOut: LeftOut[] = [];
  const isWanted = (...names: readonly string[]) =>
    wanted.length === 0 || names.some(name => wanted.includes(name));
  const take = (name: HostName, sight: HostSight) => {
    if (!isWanted(name, sight.alias)) leftOut.push({ name, why: NOT_NAMED, isUnseen: false });
    else if (!members.has(name)) members.set(name, { name, sight });
  };
  take(own.hostname, here);
  for (const sight of sights) {
    // An alias may lead back to this machine.
    if (isHere(own, sight.machine)) continue;
    const why = whyNoMember(sight);
    if (why !== null) leftOut.push({ name: sight.alias, ...why });
    else if (sight.machine !== null) take(sight.machine.hostname, sight);
  }
  leftOut.push(...unmetHosts(snapshot, sights));
  refuseUnknown(wanted, [...members.values()], leftOut);
  if ([...members.keys()].every(name => name === own.hostname)) throw notShared(leftOut);
  return wanted.length > 0
    ? { members: [...members.values()], leftOut }
    : leaveUntold([...members.values()], leftOut, own.hostname);
}

/** Where all are meant, one that nothing could tell of a home does not keep the others from theirs. */
function leaveUntold(
  members: readonly Member[],
  leftOut: readonly LeftOut[],
  here: HostName,
): { readonly members: readonly Member[]; readonly leftOut: readonly LeftOut[] } {
  const told = members.filter(({ sight }) => sight.starts.length > 0);
  if (told.every(({ name }) => name === here)) return { members, leftOut };
  const untold = members
    .filter(one => !told.includes(one))
    .map(({ name, sight }) => ({
      name,
      why: `it could not be seen which shell is used there${gapOf(sight)}. Nothing would tell it of a new home, and it goes on with this one`,
      isUnseen: false,
    }));
  return { members: told, leftOut: [...leftOut, ...untold] };
}

const NOT_NAMED = 'it was not named, and goes on with this home';

function refuseUnknown(
  wanted: readonly string[],
  members: readonly Member[],
  leftOut: readonly LeftOut[],
): void {
  const isKnown = (name: string) =>
    members.some(one => one.name === name || one.sight.alias === name);
  const wrong = wanted.find(name => !isKnown(name));
  if (wrong === undefined) return;
  const why = leftOut.find(({ name }) => name === wrong)?.why ?? 'it was not looked at';
  throw new Refusal(
    'host-not-sharing',
    `${wrong} cannot be given a part of this home: ${why.replace(/\.$/, '')}.`,
    `Nothing was changed. codex-health hosts says which hosts use this home; hosts add ALIAS adds one.`,
  );
}

function notShared(leftOut: readonly LeftOut[]): Refusal {
  const others = leftOut.map(({ name, why }) => ` ${name}: ${why.replace(/\.$/, '')}.`).join('');
  return new Refusal(
    'not-shared',
    `No other host that answered is known to use this home, so that there is nothing to split.${others}`,
    'Nothing was changed. codex-health hosts add ALIAS adds a host; codex-health hosts looks at all of them.',
  );
}

/** Where a host's shells are not known, no start-up file could be chosen that tells them. */
function shellsOf(name: HostName, sight: HostSight): readonly string[] {
  if (sight.starts.length > 0) return sight.starts.map(({ shell }) => shell);
  throw new Refusal(
    'shell-unknown',
    `It could not be seen which shell is used on ${name}, so that nothing there would be told of a new home${gapOf(sight)}.`,
    `Nothing was changed. Look at it with codex-health hosts, or name the other hosts and leave it out.`,
  );
}

function gapOf({ gaps: [gap] }: HostSight): string {
  return gap === undefined ? '' : `: ${gap.what}: ${gap.why}`;
}

function sortThreads(
  snapshot: Snapshot,
  hosts: readonly HostHome[],
  takesInferred: boolean,
): { readonly of: SplitWish['of']; readonly staying: readonly StayingThread[] } {
  const attributions = attribute(snapshot);
  const isMember = new Set(hosts.map(({ host }) => host));
  const isKin = createKin(snapshot, attributions);
  const of = new Map<ThreadId, HostName>();
  const staying: StayingThread[] = [];
  for (const { id } of snapshot.threads) {
    const { host, confidence } = attributions.get(id) ?? { host: null, confidence: 'unknown' };
    const isSure = confidence !== 'inferred' || takesInferred || isKin(id);
    if (host !== null && isMember.has(host) && isSure) of.set(id, host);
    else if (host !== null)
      staying.push({ thread: id, host, because: isMember.has(host) ? 'inferred' : 'other' });
    else
      staying.push({
        thread: id,
        host,
        because: confidence === 'conflict' ? confidence : 'unknown',
      });
  }
  return { of, staying };
}

/** Whether a thread has its host from one that it came from, of which somebody has said or seen it. */
function createKin(
  { threads }: Snapshot,
  attributions: ReadonlyMap<ThreadId, Attribution>,
): (id: ThreadId) => boolean {
  const origins = new Map(threads.map(thread => [thread.id, originOf(thread)]));
  return id => {
    const line = new Set<ThreadId>();
    let at: ThreadId | null = id;
    while (at !== null && !line.has(at)) {
      line.add(at);
      const attribution: Attribution | undefined = attributions.get(at);
      if (attribution?.evidence[0]?.kind !== 'parent')
        return attribution?.confidence === 'told' || attribution?.confidence === 'seen';
      at = origins.get(at) ?? null;
    }
    return false;
  };
}
