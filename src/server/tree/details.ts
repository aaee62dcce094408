// What is needed to open a thread, here and in Codex.

import type { Codex } from '../../engine/model/snapshot.ts';
import { attribute } from '../../engine/engine.ts';
import type { Report } from '../../engine/model/report.ts';
import type { ThreadId } from '../../engine/model/words.ts';
import type { Belonging, ThreadDetails } from '../../protocol/tree.ts';
import type { World } from '../../engine/world.ts';
import { harmless } from '../../words/harmless.ts';
import { transcriptAddress } from '../addresses.ts';
import { visibilityOf, type View } from '../view.ts';

export function threadDetails(
  view: View,
  machine: World['machine'],
  id: string,
): ThreadDetails | null {
  const thread = view.threads.get(id);
  if (thread === undefined) return null;
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
    elsewhere: elsewhere(view.report, id),
  };
}

/** Where a home is shared by several hosts, a thread can be another one's. */
function elsewhere({ snapshot }: Report, id: ThreadId): Belonging | null {
  const { home, hosts } = snapshot;
  const belongs = attribute(snapshot).get(id);
  if (belongs === undefined) return null;
  const { confidence, host, evidence } = belongs;
  if (confidence !== 'conflict' && (host === null || host === home.hostname)) return null;
  const sight = hosts.sights.find(({ machine }) => machine !== null && machine.hostname === host);
  return {
    host,
    alias: sight?.alias ?? null,
    here: home.hostname,
    evidence: evidence.map(({ says }) => says),
  };
}

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
