// When a home cannot be split at all: a plan for it is not even made. What is not known is refused, with the next
// step.

import type { HostHome } from '../../model/host.ts';
import type { Report } from '../../model/report.ts';
import { restBelow, sameDirectory } from '../../model/paths.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { Refusal } from '../../refusal.ts';
import type { World } from '../../world.ts';
import { areAllFilesSeen } from '../../checks/judging/allFilesSeen.ts';
import { refuseTaken } from '../guard.ts';
import { isPlain } from '../startUp/shells.ts';
import { somethingIn } from './staying.ts';
import type { SplitWish } from './wish.ts';

const NOTHING = 'Nothing was changed.';

/** Refuses where a plan cannot even be made. */
export async function refuseUnlessSplittable(
  world: World,
  report: Report,
  { hosts, startUp }: SplitWish,
): Promise<void> {
  refuseSecond(report.snapshot);
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
  const own = report.snapshot.hosts.ownDatabases.find(one =>
    sameDirectory(one.home, home.path, home.system),
  );
  if (own !== undefined)
    throw new Refusal(
      'own-databases',
      `${own.host} has databases of its own for this home, in ${own.folder}: what only those know would not go along.`,
      `${NOTHING} Undo that repair on ${own.host} first.`,
    );
  refuseBadNames(hosts, report);
  if (startUp.length === 0)
    throw new Refusal(
      'no-start-up-file',
      'No start-up file was named, so that no host would be told of its new home.',
      `${NOTHING} Name the shells that are used there.`,
    );
  for (const { home: target } of hosts) refuseTaken(target, await somethingIn(world, target));
}

/** A home that was split has no second one made out of it. */
export function refuseSecond({ home, hosts: { splits } }: Snapshot): void {
  const made = splits.find(split => split.home === home.path);
  if (made === undefined) return;
  throw new Refusal(
    'split-already',
    `This home was split on ${made.at.slice(0, 10)}: ${made.hosts.map(({ host }) => host).join(', ')} have homes of their own.`,
    `Nothing was changed. codex-health hosts confirm says whether they use them; codex-health undo ${made.receipt} takes the split back.`,
  );
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
