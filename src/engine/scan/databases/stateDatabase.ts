// Reads `threads` and what belongs to it out of an image of the state database.

import type { Backfill, Row, StateDatabase } from '../../model/database.ts';
import { canonicalId } from '../../model/threadIds.ts';
import type { Cell, Table } from '../../world.ts';
import { startPacking, unpackRecords, type Packed } from '../columns.ts';

/** Long texts are not needed to judge a row, and months of first messages are many megabytes. */
const TEXT_CHARACTERS = 300;

/** Columns whose text can be long. */
const LONG = ['title', 'first_user_message', 'preview', 'name'];

/** The columns of `threads` that some Codex has and that a scan looks at. */
export const WANTED = [
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
  'recency_at_ms',
  'tokens_used',
  'model',
  'originator',
  'creator_user_id',
  'section_position',
  'daybreak_enabled',
] as const;

type Column = (typeof WANTED)[number];

/**
 * The rows of `threads`, packed by whoever holds the database: as tens of thousands of objects they
 * would cost the scan more than reading them. Null when there is no table that can be read.
 */
export function packThreads(ask: Ask): string | null {
  const columns = columnsOf(ask(THREAD_COLUMNS_QUESTION));
  if (!columns.includes('id')) return null;
  const sections = ask('SELECT id FROM thread_sections');
  const ids = sections.ok ? new Set(sections.rows.map(([id]) => id ?? null)) : null;
  const selected = WANTED.filter(column => columns.includes(column));
  const places = Object.fromEntries(
    WANTED.map(column => [column, selected.indexOf(column)]),
  ) as Readonly<Record<Column, number>>;
  const packing = startPacking();
  const threads = ask(threadsQuestion(selected), cells =>
    packing.add(asRow(column => cells[places[column]] ?? null, ids)),
  );
  return threads.ok ? JSON.stringify(packing.pack()) : null;
}

/** Where somebody takes the rows one by one, they are handed over as they come, and the table has none. */
export type Ask = (question: string, take?: (cells: readonly Cell[]) => void) => Table;

export function unpackThreads(packed: Packed): readonly Row[] {
  return unpackRecords<Row>(packed);
}

export const THREAD_COLUMNS_QUESTION = "SELECT name FROM pragma_table_info('threads')";

export function columnsOf(table: Table | undefined): readonly string[] {
  return table?.ok === true ? table.rows.map(([name]) => String(name)) : [];
}

/** The question for the rows, asked in the columns that this database has. */
function threadsQuestion(columns: readonly Column[]): string {
  const selected = columns.map(column =>
    LONG.includes(column)
      ? `substr(${column}, 1, ${String(TEXT_CHARACTERS)}) AS ${column}`
      : column,
  );
  return `SELECT ${selected.join(', ')} FROM threads`;
}

/**
 * A row of which only the cells are at hand, as they are stored. Null where SQLite might hand them over
 * in another way: its texts end at a zero, and what is no UTF-8 it leaves to others.
 */
export function asStoredRow(
  cell: (column: string) => Cell,
  sections: ReadonlySet<Cell> | null,
): Row | null {
  const strange = WANTED.some(column => {
    const value = cell(column);
    if (typeof value === 'string') return STRANGE.test(value);
    return value !== null && LONG.includes(column);
  });
  if (strange) return null;
  return asRow(column => {
    const value = cell(column);
    return typeof value === 'string' && LONG.includes(column) ? shortened(value) : value;
  }, sections);
}

/** What sql.js and our own decoder may make different texts of. */
export const STRANGE = /[\0\ufffd\ufeff]/;

/** By characters, as SQLite counts them. */
function shortened(value: string): string {
  if (value.length <= TEXT_CHARACTERS) return value;
  return [...value.slice(0, 2 * TEXT_CHARACTERS)].slice(0, TEXT_CHARACTERS).join('');
}

/** `sections`: the ids of those that there are; null where this database has none. */
function asRow(cell: (column: Column) => Cell, sections: ReadonlySet<Cell> | null): Row {
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
    archivedValue: number(cell('archived')),
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
    ...whatCodexReads(cell, sections),
  };
}

/** Columns that Codex reads as text, and those of them that Codex before 0.160 does not have. */
const TEXTS: readonly Column[] = [
  ...(['rollout_path', 'source', 'model_provider', 'cwd', 'title', 'preview'] as const),
  ...(['first_user_message', 'cli_version', 'git_sha', 'git_branch', 'git_origin_url'] as const),
  ...(['model', 'agent_nickname'] as const),
];
const NEWER_TEXTS: readonly Column[] = ['name', 'originator', 'creator_user_id'];
/** Moments that Codex can tell, in milliseconds since 1970; measured beyond each end. */
const MOST_MS = 8_210_266_876_799_999;
const LEAST_MS = -8_334_601_228_800_000;

/** What Codex cannot turn into a thread. One such row fails every list that is read from rows. */
function whatCodexReads(
  cell: (column: Column) => Cell,
  sections: ReadonlySet<Cell> | null,
): Pick<Row, 'undecodable' | 'isReadByOlder' | 'stopsStart'> {
  const older = whyNobodyReads(cell);
  return {
    undecodable: older ?? whyNewerDoNotRead(cell, sections),
    isReadByOlder: older === null,
    // Codex asks for the greatest of these when it starts, and a text is greater than any number.
    stopsStart: (['updated_at_ms', 'recency_at_ms'] as const).some(
      column => typeof cell(column) === 'string' || isBytes(cell(column)),
    ),
  };
}

function whyNobodyReads(cell: (column: Column) => Cell): string | null {
  const id = text(cell('id'));
  if (id === null || canonicalId(id) === null)
    return `its id is "${id ?? 'no text'}", which is no thread id`;
  const exact = cell('created_at_ms') === null ? 'created_at' : 'created_at_ms';
  for (const column of [exact, 'updated_at_ms', 'recency_at_ms', 'tokens_used'] as const) {
    const value = cell(column);
    if (value !== null && !Number.isInteger(value)) return `its ${column} is not a whole number`;
  }
  for (const column of ['created_at_ms', 'updated_at_ms', 'recency_at_ms'] as const)
    if (!isMoment(cell(column), 1)) return `its ${column} is beyond all calendars`;
  const archivedAt = cell('archived_at');
  if (archivedAt !== null && !Number.isInteger(archivedAt))
    return 'its archived_at is not a whole number';
  if (!isMoment(archivedAt, 1000)) return 'its archived_at is beyond all calendars';
  return whyNoText(cell, TEXTS);
}

function whyNewerDoNotRead(
  cell: (column: Column) => Cell,
  sections: ReadonlySet<Cell> | null,
): string | null {
  const mode = cell('history_mode');
  if (mode !== null && mode !== 'legacy' && mode !== 'paginated')
    return `its history_mode is "${text(mode) ?? 'no text'}"`;
  for (const column of ['section_position', 'daybreak_enabled'] as const)
    if (typeof cell(column) === 'string') return `its ${column} is not a number`;
  const section = cell('thread_section_id');
  if (section !== null && sections?.has(section) === false)
    return 'it is in a section that there is not';
  return whyNoText(cell, NEWER_TEXTS);
}

function whyNoText(cell: (column: Column) => Cell, columns: readonly Column[]): string | null {
  const bytes = columns.find(column => isBytes(cell(column)));
  return bytes === undefined ? null : `its ${bytes} is not a text`;
}

/** Asked of each text of each row: to ask for its class would take longer. */
function isBytes(cell: Cell): boolean {
  return typeof cell === 'object' && cell !== null;
}

function isMoment(value: Cell, milliseconds: number): boolean {
  if (typeof value !== 'number') return true;
  const ms = value * milliseconds;
  return ms <= MOST_MS && ms >= LEAST_MS;
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
  if (exact !== null) return number(exact);
  const s = number(seconds);
  return s === null ? null : s * 1000;
}
