// When a home must not be split. Law 13: that nobody has it open must be proven, here and on every host of the
// split; what is not known is refused, with the next step.

import type { HostHome, HostName, HostSight, SeenServer } from '../../model/host.ts';
import type { Report } from '../../model/report.ts';
import { restBelow, sameDirectory } from '../../model/paths.ts';
import type { FilePath } from '../../model/words.ts';
import type { Plan } from '../../model/plan.ts';
import { sayHolder } from '../guard.ts';
import { Refusal } from '../../refusal.ts';
import type { World } from '../../world.ts';
import { areAllFilesSeen } from '../../checks/judging/allFilesSeen.ts';
import { isPlain } from './startUpLines.ts';
import type { SplitWish } from './wish.ts';

const NOTHING = 'Nothing was changed.';

/** Refuses where a plan cannot even be made. */
export async function refuseUnlessSplittable(
  world: World,
  report: Report,
  { hosts, startUp }: SplitWish,
): Promise<void> {
  const { home, config, otherStates } = report.snapshot;
  if (!areAllFilesSeen(report.snapshot))
    throw new Refusal(
      'not-all-seen',
      'Not every conversation of this home could be looked at, and what was not seen may belong to what goes.',
      `${NOTHING} codex-health scan says what that is. Make it readable, and try again.`,
    );
  const isApart = home.sqliteHome !== home.path || config.sqliteHome !== null;
  if (isApart || otherStates.length > 0)
    throw new Refusal(
      'two-databases',
      `The databases of this home lie apart from it (${home.sqliteHome}) or are there twice; all hosts would go on to share those.`,
      `${NOTHING} Take sqlite_home out of config.toml and CODEX_SQLITE_HOME out of the environment first, with the databases in the home.`,
    );
  refuseBadNames(hosts, report);
  if (startUp.length === 0)
    throw new Refusal(
      'no-start-up-file',
      'No start-up file was named, so that no host would be told of its new home.',
      `${NOTHING} Name the shells that are used there.`,
    );
  for (const { home: target } of hosts) await refuseTakenTarget(world, target);
}

function refuseBadNames(hosts: readonly HostHome[], { snapshot: { home } }: Report): void {
  const bad = [home.path, ...hosts.flatMap(one => [one.host, one.home])].find(
    text => !isPlain(text),
  );
  if (bad !== undefined || hosts.length === 0)
    throw new Refusal(
      'unsafe-name',
      bad === undefined
        ? 'No host was named.'
        : `"${bad}" has a character that not every shell reads alike.`,
      `${NOTHING} Choose hosts, and folders of letters, digits and - _ . /`,
    );
  const names = new Set(hosts.map(({ host }) => host));
  const clash =
    names.size < hosts.length ||
    hosts.some(({ home: one }) =>
      hosts.some(
        ({ home: other }, at) =>
          hosts[at]?.home !== one && restBelow(one, other, home.system) !== null,
      ),
    ) ||
    new Set(hosts.map(one => one.home)).size < hosts.length;
  const inside = hosts.find(one => restBelow(one.home, home.path, home.system) !== null);
  if (clash || inside !== undefined)
    throw new Refusal(
      'homes-overlap',
      inside === undefined
        ? 'Two of the hosts would have the same name, or one home in the other.'
        : `${inside.home} lies in the home that is to be split.`,
      `${NOTHING} Give each host a folder of its own, beside the old home.`,
    );
}

async function refuseTakenTarget(world: World, target: FilePath): Promise<void> {
  const listed = await world.files.list(target);
  if (!listed.ok && listed.trouble.code === 'missing') return;
  if (!listed.ok)
    throw new Refusal(
      'target-unreadable',
      `${target} cannot be looked at: ${listed.trouble.why}.`,
      NOTHING,
    );
  if (listed.value.length > 0)
    throw new Refusal(
      'target-not-empty',
      `There is already something in ${target}.`,
      `${NOTHING} Choose a folder that is not there yet, or move that one away.`,
    );
}

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
): void {
  for (const { host, home: own } of hosts) {
    refuseTwins(host, sights, now);
    if (host === now.hostname) continue;
    const sight = sights.find(one => one.machine?.hostname === host && one.by !== 'nobody');
    const why = sight === undefined ? 'it was not seen' : whyNotClosed(sight, home, own, now);
    if (why === null) continue;
    throw new Refusal(
      'other-hosts',
      `Whether a Codex on ${host} has this home open has to be known, and ${why}.`,
      `${NOTHING} Close every Codex on ${host}, let it be looked at again, and try once more.`,
    );
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
  const { takenAtMs, homes, holders, servers, starts, gaps } = sight;
  if (Math.abs(now.ms - takenAtMs) > FRESH_MS) return 'it was seen more than five minutes ago';
  const gap = gaps.find(({ what }) => !IS_OF_NO_MATTER.test(what));
  if (gap !== undefined) return `${gap.what} could not be seen there: ${gap.why}`;
  const seen = homes.find(({ path }) => sameDirectory(path, home.path, home.system));
  const isOther =
    seen?.installationId != null &&
    home.installationId !== null &&
    seen.installationId !== home.installationId;
  if (seen === undefined || isOther)
    return `${home.path} is not the same home there, or lies at another path`;
  const [start] = starts;
  if (start !== undefined && !sameDirectory(start.home, now.userHome, home.system))
    return `it has other start-up files: its home directory is ${start.home}`;
  const [holder] = holders;
  if (holder !== undefined) return `${holder.program} (process ${String(holder.pid)}) has it open`;
  const server = servers.find(one => mayUse(one, sight, home, own));
  if (server === undefined) return null;
  return server.isOpaque
    ? `of ${server.program} (process ${String(server.pid)}) it cannot be told which home it uses`
    : `${server.program} (process ${String(server.pid)}) runs with it, or with the home of that host`;
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

/** The homes that a plan has made, by their hosts; none where it is no split. */
export function homesMadeBy({ units }: Plan): readonly HostHome[] {
  return units
    .flatMap(({ steps }) => steps)
    .flatMap(step =>
      step.kind === 'ask' && step.newHome !== undefined
        ? [{ host: step.newHome, home: step.home }]
        : [],
    );
}

/** Refuses to take a split back while a program of this machine has one of the new homes open. */
export async function refuseWhileNewHomesOpen({ processes }: World, plan: Plan): Promise<void> {
  const homes = homesMadeBy(plan).map(({ home }) => home);
  if (homes.length === 0) return;
  const found = await processes.holders(homes);
  if (!found.ok || found.value.unreadable.length > 0)
    throw new Refusal(
      'holders-unknown',
      'It could not be told whether a program has one of the homes open that the split has made.',
      `${NOTHING} Run it as the account that runs Codex, with every Codex closed.`,
    );
  const [holder] = found.value.holders;
  if (holder !== undefined)
    throw new Refusal(
      'codex-running',
      `${sayHolder(holder)} has a home open that the split has made.`,
      `${NOTHING} Close it, and run this again.`,
    );
}
