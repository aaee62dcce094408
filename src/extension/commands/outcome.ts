// What came of a repair, in the few sentences of a notification.

import { l10n } from 'vscode';
import type { HostConfirmed, PlanShown, RepairDone } from '../../protocol/repairs.ts';
import type { Tone } from './context.ts';
import { sentence } from './planWords.ts';
import { sayTook } from './splitTook.ts';

export interface Said {
  readonly tone: Tone;
  readonly says: string;
  /** Whether it is what the person wanted and no more, and can be seen in the tree. */
  readonly isPlain: boolean;
}

/** `hosts`: those of a split, as they were asked afterwards. */
export function sayDone(
  plan: PlanShown,
  done: RepairDone,
  hosts: readonly HostConfirmed[] = [],
): Said {
  const troubles = troublesOf(done);
  const isTaken =
    hosts.every(({ answer }) => answer === 'yes') && (done.used?.answer ?? 'yes') === 'yes';
  const isPlain = troubles.length === 0 && isSeenInTree(plan);
  const closing = isPlain
    ? [l10n.t('"Codex: Undo Repair" takes it back.')]
    : [
        ...confirmedBy(done),
        ...sayTook(hosts),
        ...sayUsed(done),
        ...(plan.needs.includes('codex-stopped') ? [l10n.t('Codex may be started again.')] : []),
      ];
  return {
    tone: troubles.length === 0 && isTaken ? 'information' : 'warning',
    says: [...recovered(done), whatWasDone(plan, done), ...troubles, ...closing].join(' '),
    isPlain,
  };
}

/** What was open before has been told of nothing. */
function sayUsed({ used }: RepairDone): readonly string[] {
  if (used === null) return [];
  const anew = l10n.t('Log in anew, and close terminals and windows that were open before.');
  return [used.says, anew];
}

/** A thread's new name or place is there to be seen; that something was healed is not. */
function isSeenInTree({ wish, needs }: PlanShown): boolean {
  const isOfThread = wish.kind === 'archive' || wish.kind === 'unarchive' || wish.kind === 'rename';
  return isOfThread && !needs.includes('codex-stopped');
}

function whatWasDone({ wish }: PlanShown, { applied, healed }: RepairDone): string {
  switch (wish.kind) {
    case 'all':
    case 'findings':
      return healed.length === 1
        ? l10n.t('1 finding is repaired, and was seen to be healed.')
        : l10n.t('{0} findings are repaired, and were seen to be healed.', healed.length);
    case 'move':
      return applied === 1
        ? l10n.t('1 thread was moved to the provider "{0}".', wish.to)
        : l10n.t('{0} threads were moved to the provider "{1}".', applied, wish.to);
    case 'restore':
      return applied === 1
        ? l10n.t('1 thread has its original provider back.')
        : l10n.t('{0} threads have their original providers back.', applied);
    case 'archive':
      return applied === 1
        ? l10n.t('1 thread is archived.')
        : l10n.t('{0} threads are archived.', applied);
    case 'unarchive':
      return applied === 1
        ? l10n.t('1 thread is out of the archive.')
        : l10n.t('{0} threads are out of the archive.', applied);
    case 'rename':
      return l10n.t('The thread is called "{0}" now.', wish.name);
    case 'fork':
      return l10n.t('The thread was forked.');
    case 'split':
      if (applied === 0) return l10n.t('The home was not split. Everything is as it was.');
      return l10n.t(
        'Hosts that have a Codex home of their own now: {0}. Threads that went there: {1}.',
        wish.hosts.map(({ host }) => host).join(', '),
        healed.length,
      );
    case 'databases':
      return applied === 0
        ? l10n.t('The databases are where they were. Nothing was changed.')
        : l10n.t('The databases of this host are in {0} now.', wish.folder);
  }
}

function recovered({ recovered: taken }: RepairDone): readonly string[] {
  return taken.length === 0
    ? []
    : [l10n.t('A repair that had been stopped in the middle was taken back first.')];
}

function troublesOf({ failed, remaining, uncovered, confirmed }: RepairDone): readonly string[] {
  const [first] = failed;
  const { missing } = confirmed;
  return [
    ...(first === undefined
      ? []
      : [
          failed.length === 1
            ? l10n.t('1 could not be done: {0}', sentence(first.why))
            : l10n.t(
                '{0} could not be done, the first because: {1}',
                failed.length,
                sentence(first.why),
              ),
        ]),
    ...several(
      remaining.length,
      () => l10n.t('1 finding is still there.'),
      count => l10n.t('{0} findings are still there.', count),
    ),
    ...several(
      missing.length,
      () => l10n.t('1 thread is not confirmed by Codex.'),
      count => l10n.t('{0} threads are not confirmed by Codex.', count),
    ),
    ...several(
      uncovered.length,
      () => l10n.t('1 finding came to light that could not be seen before.'),
      count => l10n.t('{0} findings came to light that could not be seen before.', count),
    ),
  ];
}

function several(
  count: number,
  one: () => string,
  many: (count: number) => string,
): readonly string[] {
  if (count === 0) return [];
  return [count === 1 ? one() : many(count)];
}

function confirmedBy({ confirmed: { codex, why, shown, missing } }: RepairDone): readonly string[] {
  if (missing.length > 0) return [];
  if (codex === null)
    return why === null ? [] : [l10n.t('Codex itself was not asked: {0}', sentence(why))];
  if (shown === 0) return [l10n.t('{0} starts and lists its threads.', codex)];
  return [
    shown === 1
      ? l10n.t('{0} was asked, and lists the thread.', codex)
      : l10n.t('{0} was asked, and lists all {1} threads.', codex, shown),
  ];
}
