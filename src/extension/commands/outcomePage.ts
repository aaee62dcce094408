// What came of a repair, in full: everything by its name. A page of this window; what has to last is in
// the history.

import { Disposable, l10n, Uri, workspace } from 'vscode';
import type { Left } from '../../engine/model/plan.ts';
import type { HostConfirmed, RepairDone } from '../../protocol/repairs.ts';
import { harmless } from '../../words/harmless.ts';
import { sentence } from './planWords.ts';
import { tookInFull } from './splitTook.ts';

const SCHEME = 'codex-health-outcome';

const pages = new Map<string, string>();

export function registerOutcomePages(): Disposable {
  const provider = workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: ({ path }) =>
      pages.get(path) ??
      l10n.t('This was shown in an earlier window. "Codex: Show Repair History" has every repair.'),
  });
  return Disposable.from(provider, new Disposable(() => pages.clear()));
}

/** The page of a repair; it can be opened as long as the window is open. */
export function outcomeUri(done: RepairDone, hosts: readonly HostConfirmed[] = []): Uri {
  const uri = Uri.from({ scheme: SCHEME, path: `/${done.receipt}` });
  pages.set(uri.path, outcomeText(done, hosts));
  return uri;
}

/** The page of what hosts have answered, when they were asked for themselves. */
export function hostsUri(hosts: readonly HostConfirmed[]): Uri {
  // An address of its own each time: what stands in an open tab is not read again.
  const uri = Uri.from({ scheme: SCHEME, path: `/hosts-${String(pages.size + 1)}` });
  pages.set(uri.path, hostsText(hosts));
  return uri;
}

export function hostsText(hosts: readonly HostConfirmed[]): string {
  return section(l10n.t('Hosts of the split'), hosts.map(tookInFull)).join('\n');
}

export function outcomeText(done: RepairDone, hosts: readonly HostConfirmed[] = []): string {
  const { confirmed } = done;
  const sections = [
    ...(done.used === null ? [] : [section(l10n.t('Databases of this host'), [done.used.says])]),
    ...(hosts.length === 0 ? [] : [section(l10n.t('Hosts of the split'), hosts.map(tookInFull))]),
    section(
      hosts.length === 0
        ? l10n.t('Repaired, and seen to be healed')
        : l10n.t('Threads that went to their hosts'),
      done.healed,
    ),
    section(l10n.t('Done, and still found'), done.remaining),
    section(l10n.t('Could not be done'), done.failed.map(leftInWords)),
    section(l10n.t('Left as it was'), done.skipped.map(leftInWords)),
    section(confirmationTitle(done), confirmed.missing),
    section(l10n.t('Codex changed besides'), done.unplanned),
    section(l10n.t('Found now, which could not be seen before'), done.uncovered),
    section(l10n.t('Stopped in the middle before, and taken back first'), done.recovered),
  ];
  return [
    l10n.t('Codex repair {0}', done.receipt),
    '',
    ...sections.flat(),
    l10n.t('All of it can be undone: "Codex: Undo Repair", or in the history of repairs.'),
    '',
  ].join('\n');
}

function confirmationTitle({ confirmed: { codex, why, missing, shown } }: RepairDone): string {
  const reason = why ?? l10n.t('no reason is known');
  if (codex === null && missing.length > 0)
    return l10n.t(
      'Codex was asked, and could not answer, so that these are not confirmed: {0}',
      reason,
    );
  if (codex === null) return l10n.t('Codex itself was not asked: {0}', sentence(reason));
  return missing.length === 0
    ? l10n.t('{0} was asked, and lists every thread of this repair: {1}', codex, shown)
    : l10n.t(
        '{0} was asked. Threads of this repair that it lists: {1}; that it does not list',
        codex,
        shown,
      );
}

function leftInWords({ what, why }: Left): string {
  return `${what}: ${sentence(why)}`;
}

/** A heading with nothing below it says that there is nothing, which is worth knowing too. */
function section(title: string, items: readonly string[]): readonly string[] {
  const list = items.length === 0 ? [] : items.map(item => `  ${harmless(item)}`);
  return [`${harmless(title)} (${String(items.length)})`, ...list, ''];
}
