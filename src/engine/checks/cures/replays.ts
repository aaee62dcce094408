// What only the old state database knew of conversations that are there, as rows for the new one. What
// Codex makes of the conversations by itself is left to it, and so is what was never set.

import type { Salvage } from '../../model/closerLook.ts';
import { isWholeNumber, literal, textOfLiteral } from '../../model/literal.ts';
import type { Columns, KnownRow, Literal } from '../../model/plan.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { canonicalId } from '../../model/threadIds.ts';
import type { ThreadId } from '../../model/words.ts';
import { judgedThreads } from '../judging/causes.ts';
import { countOf, join } from '../words.ts';

export interface Recalled {
  readonly rows: readonly KnownRow[];
  /** Threads whose name is among them. */
  readonly named: ReadonlySet<ThreadId>;
  /** What was read and what could not be, for the person who reads the plan. */
  readonly says: string;
}

/** `source`: what it was read in, as `the old one`. */
export function recall(snapshot: Snapshot, salvage: Salvage, source: string): Recalled {
  const files = conversationsOf(snapshot);
  const groups = {
    sections: wholeRows(salvage, 'thread_sections', ['id']).filter(hasName),
    projects: wholeRows(salvage, 'projects', ['id']).filter(hasName),
  };
  const known = {
    sections: idsOf(groups.sections).add(literal(PINNED)),
    projects: idsOf(groups.projects),
  };
  const threads: KnownRow[] = [];
  const lost = { sections: 0, projects: 0 };
  const seen = new Set<ThreadId>();
  for (const row of salvage.tables['threads'] ?? []) {
    const id = canonicalId(textOfLiteral(row['id']) ?? '');
    const file = id === null ? undefined : files.get(id);
    if (id === null || file === undefined || seen.has(id)) continue;
    seen.add(id);
    const placed = placesOf(row, known);
    if (row['thread_section_id'] !== undefined && placed['thread_section_id'] === undefined)
      lost.sections += 1;
    if (row['project_id'] !== undefined && placed['project_id'] === undefined) lost.projects += 1;
    const values = {
      ...setByHand(row),
      ...begunElsewhere(row, file),
      ...placed,
      ...timesOf(row, file),
    };
    if (Object.keys(values).length > 0)
      threads.push({ table: 'threads', key: { id: literal(id) }, values, makes: false });
  }
  const isOfThread = (column: string) => (row: KnownRow) =>
    files.has(textOfLiteral(row.key[column] ?? row.values[column]) ?? '');
  const ofThreads = [
    ...wholeRows(salvage, 'thread_spawn_edges', ['child_thread_id']).filter(
      isOfThread('child_thread_id'),
    ),
    ...wholeRows(salvage, 'thread_read_receipts', ['thread_id']).filter(isOfThread('thread_id')),
    ...wholeRows(salvage, 'thread_attachments', ['id']).filter(isOfThread('thread_id')),
  ];
  const ofProjects = [
    ...wholeRows(salvage, 'project_roots', ['project_id', 'position']),
    ...wholeRows(salvage, 'project_idempotency_keys', ['key']),
  ].filter(({ key, values }) =>
    known.projects.has(key['project_id'] ?? values['project_id'] ?? ''),
  );
  const unread = salvage.torn.includes('threads') || salvage.tables['threads'] === undefined;
  return {
    rows: [...groups.sections, ...groups.projects, ...ofProjects, ...threads, ...ofThreads],
    named: new Set(
      threads
        .filter(({ values }) => values['name'] !== undefined)
        .map(({ key }) => textOfLiteral(key['id']) ?? ''),
    ),
    says: [
      sayFound(threads, groups, source),
      ...(unread
        ? [sayUnread([...files.keys()].filter(id => !seen.has(id)).length, files.size)]
        : []),
      sayLost(lost.sections, 'a section'),
      sayLost(lost.projects, 'a project'),
    ]
      .filter(text => text !== '')
      .join(' '),
  };
}

/** The file of each conversation of which Codex makes a row. */
function conversationsOf(snapshot: Snapshot): ReadonlyMap<ThreadId, Rollout> {
  return new Map(
    judgedThreads(snapshot).flatMap(({ thread, file }) =>
      file === null ? [] : [[thread.id, file] as const],
    ),
  );
}

/** Rows of which all that makes them findable again was read. */
function wholeRows(
  { tables }: Salvage,
  table: string,
  keys: readonly string[],
): readonly KnownRow[] {
  return (tables[table] ?? []).flatMap(row => {
    if (keys.some(column => row[column] === undefined)) return [];
    const key = Object.fromEntries(keys.map(column => [column, row[column] ?? 'NULL']));
    const values = Object.fromEntries(Object.entries(row).filter(([name]) => !keys.includes(name)));
    return [{ table, key, values, makes: true }];
  });
}

function hasName({ values }: KnownRow): boolean {
  return textOfLiteral(values['name']) !== null;
}

/** The section that Codex makes in every database, and that the desktop app shows as the pins. */
const PINNED = '01984de2-8f74-7c91-a3b2-5c5e937cf318';

function idsOf(rows: readonly KnownRow[]): Set<Literal> {
  return new Set(rows.map(({ key }) => key['id'] ?? ''));
}

const TEXTS = [
  ...['name', 'git_sha', 'git_branch', 'git_origin_url', 'attached_thread_parent_id'],
  ...['creator_user_id', 'creator_account_id'],
];

/** What a person or a program has set, and the file does not say. */
function setByHand(row: Columns): Columns {
  const {
    title = '',
    first_user_message: message,
    memory_mode: memory,
    daybreak_enabled: daybreak,
  } = row;
  const isText = (value: Literal | undefined) => (textOfLiteral(value) ?? '') !== '';
  return {
    ...pick(row, TEXTS, isText),
    // A name that was given to a thread with legacy history is its title.
    ...(isText(title) && title !== message ? { title } : {}),
    ...(memory !== undefined && isText(memory) && memory !== "'enabled'"
      ? { memory_mode: memory }
      : {}),
    ...(row['is_pinned'] === '1' ? { is_pinned: '1' } : {}),
    ...(daybreak === '0' || daybreak === '1' ? { daybreak_enabled: daybreak } : {}),
  };
}

/**
 * Of a fork Codex shows what its parent began with, and it keeps its own memory mode. Made anew, it shows what
 * was said in the fork itself (0.169, paginated history), and has the mode of its parent, whose lines stand in
 * its file (0.142 to 0.169, legacy history).
 */
function begunElsewhere(row: Columns, { head: { meta } }: Rollout): Columns {
  const isFork = (meta?.forkedFrom ?? meta?.historyBase ?? null) !== null;
  const isText = (value: Literal) => (textOfLiteral(value) ?? '') !== '';
  return isFork ? pick(row, ['preview', 'memory_mode'], isText) : {};
}

/** A row that points at a section that there is not can be read by no Codex, and ends every list. */
function placesOf(
  row: Columns,
  known: { readonly sections: ReadonlySet<Literal>; readonly projects: ReadonlySet<Literal> },
): Columns {
  const isIn = (ids: ReadonlySet<Literal>) => (value: Literal) => ids.has(value);
  const section = pick(row, ['thread_section_id'], isIn(known.sections));
  const order = ['section_position', 'section_entered_at_ms'];
  return {
    ...section,
    ...(section['thread_section_id'] === undefined ? {} : pick(row, order, isWholeNumber)),
    ...pick(row, ['project_id'], isIn(known.projects)),
  };
}

const CREATED = ['created_at', 'created_at_ms'];
const TIMES = ['updated_at', 'updated_at_ms', 'recency_at', 'recency_at_ms'];
/** Codex notes the time in the row a moment before or after it writes the file (0.142 to 0.169). */
const MOMENT_MS = 2000;

/** Lists sort by them, and files have them less exactly. A conversation that went on without the database has newer ones by its file. */
function timesOf(row: Columns, { place, modifiedMs, head }: Rollout): Columns {
  const updatedMs = isWholeNumber(row['updated_at_ms'])
    ? Number(row['updated_at_ms'])
    : Number(row['updated_at'] ?? 0) * 1000 + 999;
  const createdMs = Number(row['created_at'] ?? 0) * 1000;
  const writtenMs = Date.parse(head.header?.meta.timestamp ?? '');
  return {
    ...(Math.abs(writtenMs - createdMs) > MOMENT_MS ? {} : pick(row, CREATED, isMoment)),
    ...(modifiedMs - updatedMs > MOMENT_MS ? {} : pick(row, TIMES, isMoment)),
    ...(place === 'archived_sessions' && row['archived'] === '1'
      ? pick(row, ['archived_at'], isMoment)
      : {}),
  };
}

/** Of this century, in seconds or in milliseconds: what is torn could be any number. */
function isMoment(value: Literal): boolean {
  const seconds = Number(value) > 1e11 ? Number(value) / 1000 : Number(value);
  return isWholeNumber(value) && seconds > 946_684_800 && seconds < 4_102_444_800;
}

function pick(
  row: Columns,
  columns: readonly string[],
  isSound: (value: Literal) => boolean,
): Columns {
  return Object.fromEntries(
    columns.flatMap(column => {
      const value = row[column];
      return value !== undefined && isSound(value) ? [[column, value] as const] : [];
    }),
  );
}

function sayFound(
  threads: readonly KnownRow[],
  groups: { readonly sections: readonly KnownRow[]; readonly projects: readonly KnownRow[] },
  source: string,
): string {
  const having = (...columns: readonly string[]) =>
    threads.filter(({ values }) => columns.some(column => values[column] !== undefined)).length;
  const inPlace = (count: number, what: string) => `${countOf(count, 'conversation')} in ${what}`;
  const sections = groups.sections.filter(({ key }) => key['id'] !== literal(PINNED)).length;
  const parts = [
    [having('name', 'title'), countOf(having('name', 'title'), 'name')],
    [having('is_pinned'), countOf(having('is_pinned'), 'pin')],
    [sections, countOf(sections, 'section')],
    [having('thread_section_id'), inPlace(having('thread_section_id'), 'sections')],
    [groups.projects.length, countOf(groups.projects.length, 'project')],
    [having('project_id'), inPlace(having('project_id'), 'projects')],
    [
      having('git_branch', 'git_sha'),
      `Git notes of ${countOf(having('git_branch', 'git_sha'), 'conversation')}`,
    ],
    [
      having('updated_at', 'recency_at'),
      `the order of ${countOf(having('updated_at', 'recency_at'), 'conversation')}`,
    ],
  ] as const;
  const found = parts.filter(([count]) => count > 0).map(([, text]) => text);
  return found.length === 0
    ? `Nothing could be read in ${source} that the conversations do not say.`
    : `Read in ${source}, and put back: ${join(found)}.`;
}

function sayUnread(missing: number, all: number): string {
  if (missing === 0) return '';
  if (missing === all)
    return 'Of no conversation it could be read whether it had a pin, a section or a project.';
  return `Of ${String(missing)} of ${countOf(all, 'conversation')} it could not be read whether they had a pin, a section or a project.`;
}

function sayLost(count: number, what: string): string {
  return count === 0
    ? ''
    : `${countOf(count, 'conversation')} belonged to ${what} that could not be read.`;
}
