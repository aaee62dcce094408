// The rows of the state database as the questions about them need them: those that are there, or
// those that Codex makes of the files when it starts.

import type { Row } from '../model/database.ts';
import type { Rollout, RolloutMeta } from '../model/rollout.ts';
import { canonicalId } from '../model/threadIds.ts';
import type { Answer, FilePath, HomePath, ThreadId } from '../model/words.ts';
import type { CodexRules } from './codexRules.ts';
import { targetOf, type Look, type Target } from './look.ts';
import { nameOf } from './rolloutNames.ts';
import { sourceOf } from './rolloutReading.ts';

export interface IndexRow {
  /** As stored. */
  readonly storedId: string;
  /** In its usual spelling; null when it is no id. */
  readonly id: ThreadId | null;
  readonly path: FilePath;
  readonly target: Target;
  /** In which list it is; a flag that is neither 0 nor 1 puts it into none. */
  readonly list: 'active' | 'archived' | null;
  readonly hasArchivedAt: boolean;
  readonly hasPreview: Answer;
  readonly source: string;
  /** Null when it stands in a part of the file that was not read. */
  readonly provider: string | null;
  readonly historyMode: 'legacy' | 'paginated';
  readonly createdAtMs: number | null;
  /** Asked for: whoever looks at it says something else when a file has grown. */
  readonly updatedAtMs: () => number | null;
  /** Null when it stands in a part of the file that was not read. */
  readonly cwd: FilePath | null;
  readonly isAttached: boolean;
  readonly undecodable: string | null;
}

export function asIndexRow(look: Look, row: Row): IndexRow {
  const { rules } = look;
  return {
    storedId: row.id,
    id: canonicalId(row.id),
    path: row.rolloutPath,
    target: targetOf(look, row.rolloutPath),
    list: row.archivedValue === 0 ? 'active' : row.archivedValue === 1 ? 'archived' : null,
    hasArchivedAt: row.archivedAt !== null,
    hasPreview: (row.preview ?? row.firstUserMessage ?? '') !== '',
    source: row.source,
    provider: row.provider,
    historyMode: rules.knowsPaginated && row.historyMode === 'paginated' ? 'paginated' : 'legacy',
    createdAtMs: row.createdAtMs,
    updatedAtMs: () => row.updatedAtMs,
    cwd: row.cwd,
    isAttached: row.parentThread !== null,
    undecodable: whyUndecodable(row, rules),
  };
}

function whyUndecodable(row: Row, rules: CodexRules): string | null {
  // Seen in 0.169 only when such a thread is resumed: its lists leave attached threads out before.
  const parent = rules.hidesAttached ? row.parentThread : null;
  if (parent !== null && canonicalId(parent) === null)
    return 'it is attached to something that is no thread';
  return row.isReadByOlder && !rules.knowsPaginated ? null : row.undecodable;
}

/** The rows that Codex makes of the files when it has no database: the last path of a thread wins. */
export function rebuiltRows(look: Look): readonly IndexRow[] {
  const rows = new Map<string, IndexRow>();
  for (const row of indexedFiles(look, null)) rows.set(row.storedId, row);
  return [...rows.values()];
}

/**
 * The rows after Codex has gone through the files once more, or through those behind the one where
 * it stopped: known rows are brought up to date. Null when that may cure a row that cannot be read.
 */
export function refilledRows(
  look: Look,
  before: readonly IndexRow[],
  stoppedAt: HomePath | null,
): readonly IndexRow[] | null {
  const rows = new Map(before.map(row => [row.storedId, row]));
  for (const row of indexedFiles(look, stoppedAt)) {
    const known = rows.get(row.storedId);
    if (known !== undefined && known.undecodable !== null) return null;
    rows.set(row.storedId, known === undefined ? row : broughtUpToDate(known, row));
  }
  return [...rows.values()];
}

/** The rows after 0.142 has come by a file in a list: the row of its thread is bound to it, or made. */
export function rowsBoundTo(
  look: Look,
  before: readonly IndexRow[],
  file: Rollout,
): readonly IndexRow[] {
  const made = indexFile(look, file);
  if (made === null) return before;
  const known = before.find(({ id }) => id === made.id);
  if (known === undefined) return [...before, made];
  const { path, target, list, hasArchivedAt } = made;
  return before.map(row => (row === known ? { ...row, path, target, list, hasArchivedAt } : row));
}

/** What a file does not say stays as it was. */
function broughtUpToDate(known: IndexRow, row: IndexRow): IndexRow {
  return {
    ...row,
    hasPreview: row.hasPreview === true ? true : known.hasPreview,
    historyMode: row.historyMode === 'paginated' ? 'paginated' : known.historyMode,
    isAttached: known.isAttached,
  };
}

/** The rows that Codex makes of the files, in the order in which it goes through them. */
export function indexedFiles(look: Look, behind: HomePath | null): readonly IndexRow[] {
  const inOrder = look.rollouts
    .filter(({ path }) => behind === null || path > behind)
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  return inOrder.flatMap(rollout => indexFile(look, rollout) ?? []);
}

/** Null for a file of which Codex makes no row. */
function indexFile(look: Look, rollout: Rollout): IndexRow | null {
  const { rules, provider } = look;
  const { head, tail } = rollout;
  if (head.state === 'unread') return unreadFile(look, rollout);
  if (!head.isUtf8 || !tail.isUtf8) return null;
  const meta = head.header?.meta ?? head.laterMeta;
  if (meta === null) return indexNamelessFile(look, rollout);
  if (meta.id === null) return null;
  if (meta.isRefusedByNewer && rules.knowsPaginated) {
    // With an unknown word for its history there is no row. Any other line that is not understood is
    // passed over, as if it were not there.
    const isKnownMode = [null, 'legacy', 'paginated'].includes(meta.historyMode);
    return isKnownMode ? indexNamelessFile(look, rollout) : null;
  }
  const inHeader = meta.provider ?? '';
  return {
    ...basicsOf(look, rollout, meta.id),
    source: sourceOf(meta),
    provider: providerOf(look, rollout, inHeader === '' ? provider : inHeader),
    cwd: cwdOf(look, rollout, meta.cwd),
    historyMode: historyModeOf(meta, rules),
    createdAtMs: Date.parse(meta.timestamp ?? '') || null,
  };
}

/** We could not read it; Codex, perhaps, can. */
function unreadFile(look: Look, rollout: Rollout): IndexRow | null {
  const name = nameOf(rollout, look.rules);
  if (name === null) return null;
  return {
    ...basicsOf(look, rollout, name.id),
    ...{ hasPreview: 'unknown', source: 'vscode', provider: null },
    ...{ historyMode: 'legacy', createdAtMs: null, cwd: null },
  };
}

/** What can be had from the name alone, when there is at least one line that can be read. */
function indexNamelessFile(look: Look, rollout: Rollout): IndexRow | null {
  const { rules, provider } = look;
  const name = nameOf(rollout, rules);
  const hasLine = rollout.tail.lastHasOrdinal !== null || rollout.head.firstUserMessage !== null;
  if (name === null || !hasLine) return null;
  return {
    ...basicsOf(look, rollout, name.id),
    source: 'vscode',
    provider: providerOf(look, rollout, provider),
    cwd: cwdOf(look, rollout, rollout.tail.latestCwd),
    historyMode: 'legacy',
    createdAtMs: Date.parse(
      `${name.stamp.slice(0, 10)}T${name.stamp.slice(11).replaceAll('-', ':')}Z`,
    ),
  };
}

function basicsOf({ rules }: Look, rollout: Rollout, id: ThreadId) {
  const isArchived = rollout.place === 'archived_sessions';
  return {
    storedId: id,
    id,
    path: rollout.file,
    target: rollout,
    list: isArchived ? ('archived' as const) : ('active' as const),
    hasArchivedAt: isArchived,
    hasPreview: previewIn(rollout, rules),
    updatedAtMs: () => rollout.modifiedMs,
    isAttached: false,
    undecodable: null,
  };
}

/** The whole file is read for it, not only the first lines. */
function previewIn({ head }: Rollout, rules: CodexRules): Answer {
  const isKnown = rules.knowsPaginated || head.userItem === null;
  const found = isKnown ? head.firstUserMessage : head.userMessage;
  if (found !== null || head.hasGoal) return true;
  return head.reachesFirstMessage ? false : 'unknown';
}

/** Null when the line that says it was not in the part that was read. */
function providerOf({ rules }: Look, { tail }: Rollout, inHeader: string | null): string | null {
  if (rules.rebuildsProviderFrom === 'header') return inHeader;
  return tail.settings?.provider ?? (tail.isWholeFile ? inHeader : null);
}

function cwdOf({ rules }: Look, { tail }: Rollout, inHeader: FilePath | null): FilePath | null {
  if (rules.rebuildsProviderFrom === 'header') return inHeader;
  return tail.settings?.cwd ?? (tail.isWholeFile ? inHeader : null);
}

/** A header whose time cannot be read is made up for from the name, which says nothing of history. */
export function historyModeOf(meta: RolloutMeta, rules: CodexRules): IndexRow['historyMode'] {
  if (!rules.knowsPaginated || meta.historyMode !== 'paginated') return 'legacy';
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}[:-]\d{2}[:-]\d{2}/.test(meta.timestamp ?? '');
  return isTime ? 'paginated' : 'legacy';
}
