// A plan in the words of a question: what it does, what is lost, what is kept, what it needs, what is
// left as it is, and who has to be closed before.

import { l10n } from 'vscode';
import type { CureOffer } from '../../engine/model/finding.ts';
import type { HolderShown, OpenElsewhere, PlanShown } from '../../protocol/repairs.ts';
import { size } from '../size.ts';

const MOST_REASONS = 3;

export function questionOf({ repairs, wish }: PlanShown): string {
  switch (wish.kind) {
    case 'move':
      return repairs === 1
        ? l10n.t('Move 1 thread to the provider "{0}"?', wish.to)
        : l10n.t('Move {0} threads to the provider "{1}"?', repairs, wish.to);
    case 'restore':
      return repairs === 1
        ? l10n.t('Give 1 thread its original provider back?')
        : l10n.t('Give {0} threads their original providers back?', repairs);
    case 'archive':
      return repairs === 1 ? l10n.t('Archive 1 thread?') : l10n.t('Archive {0} threads?', repairs);
    case 'unarchive':
      return repairs === 1
        ? l10n.t('Take 1 thread out of the archive?')
        : l10n.t('Take {0} threads out of the archive?', repairs);
    case 'rename':
      return l10n.t('Rename the thread to "{0}"?', wish.name);
    case 'fork':
      return l10n.t('Fork the thread?');
    case 'split':
      return wish.hosts.length === 1
        ? l10n.t('Give {0} a Codex home of its own?', wish.hosts[0]?.host ?? '')
        : l10n.t('Give each of {0} hosts a Codex home of its own?', wish.hosts.length);
    case 'databases':
      return l10n.t('Keep the databases of this host in {0}?', wish.folder);
    case 'all':
    case 'findings':
      return repairs === 1
        ? l10n.t('Repair this?')
        : l10n.t('Repair this? The plan has {0} repairs.', repairs);
  }
}

/** What a cure costs, where several are to choose from. */
export function termsOfCure({ loses, needs }: CureOffer): string {
  return [
    loses === 'nothing' ? l10n.t('Nothing is lost.') : lossInWords(loses),
    ...(needs.includes('codex-stopped')
      ? [l10n.t('Every Codex that uses the home has to be closed for it.')]
      : []),
    ...(needs.includes('codex-started')
      ? [l10n.t('Codex itself is started for it, and ended again.')]
      : []),
  ].join(' ');
}

/** What stands on the button that says yes. */
export function verbOf({ wish }: PlanShown): string {
  switch (wish.kind) {
    case 'move':
      return l10n.t('Move');
    case 'restore':
      return l10n.t('Give Back');
    case 'archive':
      return l10n.t('Archive');
    case 'unarchive':
      return l10n.t('Unarchive');
    case 'rename':
      return l10n.t('Rename');
    case 'fork':
      return l10n.t('Fork');
    case 'split':
      return l10n.t('Split');
    case 'databases':
      return l10n.t('Keep Them There');
    case 'all':
    case 'findings':
      return l10n.t('Repair');
  }
}

/** Line by line, the loss first: it is what people are afraid of. */
export function termsOf(plan: PlanShown): string {
  const { losses, backupBytes, needs, holders } = plan;
  return [
    ...(losses.length === 0 ? [l10n.t('Nothing is lost.')] : losses.map(lossInWords)),
    l10n.t('What is changed is backed up first ({0}); all of it can be undone.', size(backupBytes)),
    ...(needs.includes('codex-started')
      ? [l10n.t('Codex itself is started for it, and ended again.')]
      : []),
    ...hostsInWords(plan),
    ...databasesInWords(plan),
    ...refusedInWords(plan),
    ...(holders.length === 0 ? [] : ['', holdersInWords(holders)]),
  ].join('\n');
}

/** Where the threads of a split go, and what has to be closed on which host. */
function hostsInWords({ wish, elsewhere }: PlanShown): readonly string[] {
  if (wish.kind !== 'split') return [];
  return [
    '',
    ...wish.hosts.map(({ host, threads }) =>
      l10n.t('• {0}: threads that go there: {1}', host, threads.length),
    ),
    l10n.t('Every Codex has to be closed for it on all of these hosts.'),
    ...(wish.closed.length === 0
      ? []
      : [l10n.t('Nobody can see that, and you have said it, of: {0}', wish.closed.join(', '))]),
    ...elsewhere.flatMap(openInWords),
  ];
}

/** What is open there and how it is closed; where it is something else, why it cannot be done yet. */
function openInWords({ host, why, next, programs }: OpenElsewhere): readonly string[] {
  if (programs.length === 0) return [`• ${why} ${next}`];
  return programs.map(({ says }) =>
    l10n.t(
      '• On {0}: {1}. End it there, as with /quit, or close the window that it belongs to. It is waited for that.',
      host,
      says,
    ),
  );
}

/** What it means, in short; the plan beside it says all of it. */
function databasesInWords({ wish }: PlanShown): readonly string[] {
  if (wish.kind !== 'databases') return [];
  const old =
    wish.old === 'stay'
      ? [
          l10n.t('• The databases are copied. Those in the home stay for the other hosts.'),
          l10n.t(
            '• Names, pins, sections and goals that are given from then on are known on the host where they were given. A thread that is archived on one host cannot be opened on another by Codex from 0.160 on, until that is taken back.',
          ),
        ]
      : [
          l10n.t(
            '• The databases in the home go into the backup, since you say that no other host has it. One that has would begin with empty ones.',
          ),
        ];
  const told = l10n.t(
    '• Start-up files of the shell tell Codex on this host, and on no other, where its databases are. The conversations stay where they are.',
  );
  return ['', ...old, told];
}

function lossInWords(loss: PlanShown['losses'][number]): string {
  return loss === 'readable data'
    ? l10n.t('Readable data is taken out of the files of Codex. The backup keeps it.')
    : l10n.t('Bytes that nobody can read any more are taken out. The backup keeps them.');
}

/** One reason often holds for many: it is said once. */
function refusedInWords({ refused }: PlanShown): readonly string[] {
  if (refused.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { why, next } of refused) {
    const reason = `${sentence(why)} ${next}`;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const reasons = [...counts].map(([reason, count]) =>
    count === 1 ? `• ${reason}` : l10n.t('• {0} ({1} findings)', reason, count),
  );
  const more = reasons.length - MOST_REASONS;
  return [
    '',
    refused.length === 1
      ? l10n.t('1 finding is left as it is:')
      : l10n.t('{0} findings are left as they are:', refused.length),
    ...reasons.slice(0, MOST_REASONS),
    ...(more > 0 ? [l10n.t('• … The plan names all of them.')] : []),
  ];
}

/** What the server gives as a reason begins small and has no full stop. */
export function sentence(why: string): string {
  const begun = why.charAt(0).toUpperCase() + why.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** Who is in the way, and how each is closed. */
export function holdersInWords(holders: readonly HolderShown[]): string {
  return [
    holders.length === 1
      ? l10n.t(
          'This program has to be closed before. The repair waits for that, and then goes on by itself:',
        )
      : l10n.t(
          'These programs have to be closed before. The repair waits for that, and then goes on by itself:',
        ),
    ...holders.map(holder => `• ${howToClose(holder)}`),
  ].join('\n');
}

/** Nobody is ever ended by us: only the person knows what runs there. */
export function howToClose({ program, pid, terminal, isOfThisWindow }: HolderShown): string {
  if (terminal !== null)
    return isOfThisWindow
      ? l10n.t(
          '{0} (process {1}) runs in a terminal of this window ({2}): end it there, as with /quit.',
          program,
          pid,
          terminal,
        )
      : l10n.t(
          '{0} (process {1}) runs in the terminal {2}: end it there, as with /quit.',
          program,
          pid,
          terminal,
        );
  return isOfThisWindow
    ? l10n.t(
        '{0} (process {1}) belongs to the Codex panel of this window: disable the Codex extension, and let VS Code restart its extensions. The window and its files stay open; only this repair has to be started again.',
        program,
        pid,
      )
    : l10n.t(
        '{0} (process {1}) belongs to another window or program: close that one. In VS Code it is the window with the Codex panel.',
        program,
        pid,
      );
}
