// Reads `threads` and what belongs to it out of an image of the state database.

import type { Backfill, Row, StateDatabase } from '../model/database.ts';
import type { Cell, Table } from '../world.ts';

/** Long texts are not needed to judge a row, and months of first messages are many megabytes. */
const TEXT_CHARACTERS = 300;

/** Columns whose text can be long. */
const LONG = ['title', 'first_user_message', 'preview', 'name'];

/** The columns of `threads` that some Codex has and that a scan looks at. */
const WANTED = [
  'id',
  'rollout_path',
  'created_at',
  'created_at_ms',
  'updated_at',
  'updated_at_ms',
  'source',
  'model_provider',
  'cwd',
  'title',
  'name',
  'preview',
  'first_user_message',
  'archived',
  'archived_at',
  'cli_version',
  'history_mode',
  'is_pinned',
  'project_id',
  'thread_section_id',
  'git_branch',
  'git_sha',
  'git_origin_url',
  'agent_nickname',
  'attached_thread_parent_id',
] as const;

type Column = (typeof WANTED)[number];

export const THREAD_COLUMNS_QUESTION = "SELECT name FROM pragma_table_info('threads')";

/** The question for the rows, asked in the columns that this database has. */
export function threadsQuestion(columns: readonly string[]): string {
  const selected = WANTED.filter(column => columns.includes(column)).map(column =>
    LONG.includes(column)
      ? `substr(${column}, 1, ${String(TEXT_CHARACTERS)}) AS ${column}`
      : column,
  );
  return `SELECT ${selected.join(', ')} FROM threads`;
}

export function readRows(table: Table & { ok: true }): readonly Row[] {
  const places = new Map(table.columns.map((name, index) => [name, index]));
  return table.rows.map(cells => asRow(column => cells[places.get(column) ?? -1] ?? null));
}

function asRow(cell: (column: Column) => Cell): Row {
  return {
    id: text(cell('id')) ?? '',
    rolloutPath: text(cell('rollout_path')) ?? '',
    createdAtMs: milliseconds(cell('created_at_ms'), cell('created_at')),
    updatedAtMs: milliseconds(cell('updated_at_ms'), cell('updated_at')),
    source: text(cell('source')) ?? '',
    provider: text(cell('model_provider')) ?? '',
    cwd: text(cell('cwd')) ?? '',
    title: text(cell('title')) ?? '',
    name: text(cell('name')),
    preview: text(cell('preview')),
    firstUserMessage: text(cell('first_user_message')),
    archived: cell('archived') === 1,
    archivedAt: number(cell('archived_at')),
    cliVersion: text(cell('cli_version')) ?? '',
    historyMode: text(cell('history_mode')),
    isPinned: cell('is_pinned') === 1,
    projectId: text(cell('project_id')),
    sectionId: text(cell('thread_section_id')),
    gitBranch: text(cell('git_branch')),
    gitCommit: text(cell('git_sha')),
    gitOrigin: text(cell('git_origin_url')),
    agentNickname: text(cell('agent_nickname')),
    parentThread: text(cell('attached_thread_parent_id')),
    undecodable: whyUndecodable(cell),
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Columns that Codex reads as text and that have no other check. */
const TEXTS = [
  ...(['rollout_path', 'source', 'model_provider', 'cwd', 'title', 'name', 'preview'] as const),
  ...(['first_user_message', 'cli_version'] as const),
];

/** The calendar that Codex uses ends with the year 262142. */
const LAST_MS = 8_210_266_876_799_999;
const FIRST_MS = -8_334_601_228_800_000;

/**
 * What Codex cannot turn into a thread. One such row fails every list that is read from rows.
 * Measured with 0.169, column by column; where there are milliseconds, seconds are not looked at.
 */
function whyUndecodable(cell: (column: Column) => Cell): string | null {
  const id = text(cell('id'));
  if (id === null || !UUID.test(id)) return `its id is "${id ?? 'no text'}", which is no thread id`;
  for (const name of ['created_at', 'updated_at', 'archived_at'] as const) {
    const exact = name === 'archived_at' ? null : cell(`${name}_ms`);
    const column = exact === null ? name : `${name}_ms`;
    const why = whyNoMoment(exact ?? cell(name), exact === null ? 1000 : 1);
    if (why !== null) return `its ${column} is ${why}`;
  }
  const bytes = TEXTS.find(column => cell(column) instanceof Uint8Array);
  if (bytes !== undefined) return `its ${bytes} is not a text`;
  const mode = cell('history_mode');
  if (mode !== null && mode !== 'legacy' && mode !== 'paginated')
    return `its history_mode is "${text(mode) ?? 'no text'}"`;
  return null;
}

function whyNoMoment(value: Cell, factor: number): string | null {
  if (value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value)) return 'not a whole number';
  const ms = value * factor;
  return ms > LAST_MS || ms < FIRST_MS ? `${String(value)}, which is no moment in time` : null;
}

export const BACKFILL_QUESTION = 'SELECT status, last_watermark, updated_at FROM backfill_state';

export function readBackfill(table: Table): Backfill | null {
  const cells = table.ok ? table.rows[0] : undefined;
  if (cells === undefined) return null;
  const [status = null, watermark = null, updatedAt = null] = cells;
  return {
    status: text(status) ?? '',
    watermark: text(watermark),
    updatedAtMs: milliseconds(null, updatedAt),
  };
}

export function readKept(rows: readonly Row[]): StateDatabase['kept'] {
  const distinct = (pick: (row: Row) => string | null) =>
    new Set(rows.map(pick).filter(value => value !== null)).size;
  return {
    projects: distinct(row => row.projectId),
    sections: distinct(row => row.sectionId),
    pins: rows.filter(row => row.isPinned).length,
  };
}

function text(cell: Cell): string | null {
  return typeof cell === 'string' ? cell : null;
}

function number(cell: Cell): number | null {
  return typeof cell === 'number' ? cell : null;
}

/** Codex keeps seconds, and milliseconds beside them since 0.121. */
function milliseconds(exact: Cell, seconds: Cell): number | null {
  const ms = number(exact);
  if (ms !== null) return ms;
  const s = number(seconds);
  return s === null ? null : s * 1000;
}
