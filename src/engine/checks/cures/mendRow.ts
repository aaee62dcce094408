// Values for columns that no Codex can read, from what the thread's file says.

import { isWholeNumber, literal, textOfLiteral } from '../../model/literal.ts';
import type { Columns, Literal } from '../../model/plan.ts';
import { ONLY_AN_IMAGE, type Rollout } from '../../model/rollout.ts';
import { canonicalId } from '../../model/threadIds.ts';

/**
 * Null when the row cannot be mended: without an id, or without a file that says what is so. `message` is
 * the first one of the person in full; null when it was not found.
 */
export function mendRow(
  row: Columns | undefined,
  file: Rollout | null,
  message: string | null,
): Columns | null {
  const id = textOfLiteral(row?.['id']);
  if (row === undefined || file === null || id === null || canonicalId(id) === null) return null;
  const mended: Record<string, Literal> = {};
  for (const [column, value] of Object.entries(valuesOf(file, message))) {
    const stored = row[column];
    if (stored === undefined || isReadable(column, stored)) continue;
    if (value === null) return null;
    mended[column] = value;
  }
  return Object.keys(mended).length === 0 ? null : mended;
}

/** What Codex would write for a thread with this file; null where the file was not read far enough. */
function valuesOf(
  { head, modifiedMs, place }: Rollout,
  message: string | null,
): Readonly<Record<string, Literal | null>> {
  const meta = head.meta;
  const created = Date.parse(meta?.timestamp ?? '');
  const createdMs = Number.isNaN(created) ? Math.floor(modifiedMs) : created;
  const changedMs = Math.floor(modifiedMs);
  const seconds = (ms: number) => String(Math.floor(ms / 1000));
  const isSilent = head.firstUserMessage === null && head.reachesFirstMessage;
  const said = message ?? (isSilent ? '' : null);
  return {
    created_at: seconds(createdMs),
    created_at_ms: String(createdMs),
    updated_at: seconds(changedMs),
    updated_at_ms: String(changedMs),
    recency_at: seconds(changedMs),
    recency_at_ms: String(changedMs),
    archived_at: place === 'archived_sessions' ? seconds(changedMs) : 'NULL',
    tokens_used: '0',
    history_mode: meta?.historyMode === 'paginated' ? "'paginated'" : "'legacy'",
    source: literal(meta?.source ?? 'unknown'),
    model_provider: literal(meta?.provider ?? ''),
    cwd: literal(meta?.cwd ?? ''),
    cli_version: literal(meta?.cliVersion ?? ''),
    title: said === null ? null : literal(said === ONLY_AN_IMAGE ? '' : said),
    preview: said === null ? null : literal(said),
    first_user_message: said === null ? null : literal(said),
    git_sha: literal(meta?.gitCommit ?? null),
    git_branch: literal(meta?.gitBranch ?? null),
    git_origin_url: literal(meta?.gitOrigin ?? null),
    model: 'NULL',
    agent_nickname: 'NULL',
    name: 'NULL',
    originator: literal(meta?.originator ?? null),
    creator_user_id: 'NULL',
    section_position: 'NULL',
    daybreak_enabled: 'NULL',
  };
}

const NUMBERS = /(?:_at|_at_ms|tokens_used|section_position|daybreak_enabled)$/;
/** Beyond these no calendar goes that Codex knows; in milliseconds. */
const MOST_MS = 8_210_266_876_799_999;

function isReadable(column: string, value: Literal): boolean {
  if (value === 'NULL') return true;
  if (column === 'history_mode') return value === "'legacy'" || value === "'paginated'";
  if (!NUMBERS.test(column)) return textOfLiteral(value) !== null;
  if (!isWholeNumber(value)) return false;
  const ms = Math.abs(Number(value)) * (column.endsWith('_at') ? 1000 : 1);
  return !/_at(?:_ms)?$/.test(column) || ms <= MOST_MS;
}
