// What is needed to open a thread, here and in Codex.

import type { Codex } from '../../engine/model/snapshot.ts';
import { attribute } from '../../engine/engine.ts';
import type { ThreadId } from '../../engine/model/words.ts';
import type { Belonging, ThreadDetails } from '../../protocol/tree.ts';
import type { World } from '../../engine/world.ts';
import { harmless } from '../../words/harmless.ts';
import { transcriptAddress } from '../addresses.ts';
import type { HostView } from '../hostViews.ts';
import { visibilityOf, type View } from '../view.ts';

export function threadDetails(
  hosts: readonly HostView[],
  machine: World['machine'],
  id: string,
): ThreadDetails | null {
  const view = hosts.find(host => host.view.threads.has(id))?.view;
  const thread = view?.threads.get(id);
  if (view === undefined || thread === undefined) return null;
  const { home, paths, codexes } = view.report.snapshot;
  const state = paths[thread.cwd] ?? 'unknown';
  const usual = machine.join(machine.userHome, '.codex');
  const spellings = [home.path, ...home.aliases.filter(({ at }) => at === '').map(one => one.path)];
  return {
    id,
    title: harmless(thread.title, 300),
    transcript: transcriptAddress(home.key, thread, null),
    cwd: thread.cwd,
    isCwdThere: state === 'unknown' ? null : state === 'folder',
    archived: thread.archived,
    codex: newestOf(codexes)?.path ?? null,
    homePath: home.path,
    isDefaultHome: spellings.includes(usual),
    resumable: visibilityOf(view, id)?.resumable ?? null,
    elsewhere: elsewhere(view, machine, id),
  };
}

/** Where a home is shared by several hosts, a thread can be another one's. */
function elsewhere(
  { report: { snapshot }, elsewhere: alias }: View,
  { hostname: here }: World['machine'],
  id: ThreadId,
): Belonging | null {
  const { home, hosts } = snapshot;
  if (alias !== null)
    return { host: home.hostname, alias, here, isOnlyThere: true, evidence: [SAY_THERE] };
  const belongs = attribute(snapshot).get(id);
  if (belongs === undefined) return null;
  const { confidence, host, evidence } = belongs;
  if (confidence !== 'conflict' && (host === null || host === home.hostname)) return null;
  const sight = hosts.sights.find(({ machine }) => machine !== null && machine.hostname === host);
  return {
    host,
    alias: sight?.alias ?? null,
    here,
    isOnlyThere: false,
    evidence: evidence.map(({ says }) => says),
  };
}

const SAY_THERE = 'It lies in the Codex home of that host, which this one does not have.';

/** One that a person has named goes before all others. */
function newestOf(codexes: readonly Codex[]): Codex | null {
  const named = codexes.find(({ foundBy }) => foundBy === 'option');
  if (named !== undefined) return named;
  return [...codexes].sort((one, other) => compare(versionOf(other), versionOf(one)))[0] ?? null;
}

function versionOf({ version }: Codex): readonly number[] {
  return (version ?? '').split(/[.-]/).map(part => Number.parseInt(part, 10) || 0);
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((part, index) => part !== (other[index] ?? 0));
  if (at >= 0) return (one[at] ?? 0) - (other[at] ?? 0);
  return one.length - other.length;
}
