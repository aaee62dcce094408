// What `thread/list` answers when it reads the state database, and the newest fifty of that.

import type { Thread } from '../model/thread.ts';
import type { ThreadId } from '../model/words.ts';
import type { CodexRules } from './codexRules.ts';
import type { IndexRow } from './indexRows.ts';
import { groupedBy, type Look } from './look.ts';
import { PAGE, readPages, type PagedRows } from './listPages.ts';
import { isInteractive, sayHidden } from './rolloutReading.ts';
import { sayOtherProvider } from './scanList.ts';
import type { Start } from './start.ts';
import { allOf, no, unknown, YES, type Verdict } from './verdict.ts';

export interface DatabaseLists {
  /** For an archived thread, the list of archived ones. */
  readonly list: (thread: Thread) => Verdict;
  readonly newest50: (thread: Thread) => Verdict;
}

const NEWEST = 50;

export function predictDatabaseLists(look: Look, { rows, why }: Start): DatabaseLists {
  if (rows === null) {
    const verdict = unknown(why ?? 'the state database could not be read');
    return { list: () => verdict, newest50: () => verdict };
  }
  const byId = groupedBy(rows, ({ id }) => (id === null ? [] : [id]));
  const active = selectRows(look, rows, 'active');
  const archived = selectRows(look, rows, 'archived');
  return {
    list: thread => judge(byId, thread, row => (thread.archived ? archived : active).list(row)),
    newest50: thread => judge(byId, thread, row => active.newest50(row)),
  };
}

/** A thread can have two rows, when one of them spells its id in another way. */
function judge(
  byId: ReadonlyMap<ThreadId, readonly IndexRow[]>,
  { id }: Thread,
  ask: (row: IndexRow) => Verdict,
): Verdict {
  const verdicts = (byId.get(id) ?? []).map(ask);
  return (
    verdicts.find(({ answer }) => answer === true) ??
    verdicts.find(({ answer }) => answer === 'unknown') ??
    verdicts[0] ??
    no('the state database has no row of it')
  );
}

interface Selection {
  readonly list: (row: IndexRow) => Verdict;
  readonly newest50: (row: IndexRow) => Verdict;
}

function selectRows(look: Look, rows: readonly IndexRow[], list: 'active' | 'archived'): Selection {
  const { rules } = look;
  const selected = new Map(rows.map(row => [row, isSelected(look, row, list)]));
  // Of one moment, the greater id comes first since 0.169; before, the row that was made first.
  const byId = (one: IndexRow, other: IndexRow) =>
    rules.losesAtPageEnds ? 0 : one.storedId < other.storedId ? 1 : -1;
  const inOrder = rows
    .filter(row => selected.get(row)?.answer !== false)
    .sort((one, other) => newness(other) - newness(one) || byId(one, other));
  const judgeIn = (pages: PagedRows, beyond: Verdict) => (row: IndexRow) =>
    allOf(
      () => selected.get(row) ?? YES,
      () => canBeRead(row),
      () => (pages.lost.has(row) ? no(LOST) : YES),
      () => (pages.reached.has(row) ? YES : pages.bad === null ? beyond : fails(rules, pages.bad)),
      () => hasFile(row),
    );
  return {
    list: judgeIn(readPages(inOrder, PAGE, Infinity, rules), YES),
    newest50: judgeIn(readPages(inOrder, NEWEST, 1, rules), no('fifty threads are newer')),
  };
}

const LOST = 'this Codex loses threads of one moment where a page of its list ends';

/** A time that is no number is, for SQLite, greater than any. */
function newness({ createdAtMs, undecodable }: IndexRow): number {
  return createdAtMs ?? (undecodable === null ? -Infinity : Number.MAX_VALUE);
}

/** Whether a row is one of a list, by what stands in it. */
export function isSelected(
  look: Look,
  row: IndexRow,
  list: 'active' | 'archived',
  providers: 'all' | 'current' = 'current',
): Verdict {
  const { rules, provider } = look;
  const needsPreview = list === 'active' || !rules.listsSilentArchive;
  return allOf(
    () => (row.list === list ? YES : no(sayOtherList(row))),
    () => (needsPreview && row.hasPreview === false ? no('its row has no preview') : YES),
    () => (isInteractive(row.source) ? YES : no(sayHidden('its row', row.source))),
    () => (rules.hidesAttached && row.isAttached ? no('it is attached to another thread') : YES),
    () =>
      needsPreview && row.hasPreview === 'unknown'
        ? unknown('it is not known what Codex makes of its file')
        : YES,
    () => (provider === null ? unknown('config.toml could not be read') : YES),
    () => (providers === 'all' ? YES : hasListedProvider(row, look)),
  );
}

function sayOtherList({ list }: IndexRow): string {
  if (list === null) return 'its row says neither that it is archived nor that it is not';
  return list === 'archived'
    ? 'its row says that it is archived'
    : 'its row says that it is not archived';
}

function hasListedProvider({ provider }: IndexRow, look: Look): Verdict {
  if (provider === null) return unknown('its newest settings stand in a part that was not read');
  return provider === look.provider ? YES : no(sayOtherProvider('its row', provider, look));
}

export function canBeRead({ undecodable }: IndexRow): Verdict {
  return undecodable === null ? YES : no(`Codex cannot read its row: ${undecodable}`);
}

function fails({ unreadableRow }: CodexRules, bad: IndexRow): Verdict {
  const outcome = unreadableRow === 'error' ? 'fails' : 'comes out empty';
  return no(
    `a row of the state database cannot be read (${bad.undecodable ?? ''}), and the list ${outcome}`,
  );
}

export function hasFile({ target, path }: IndexRow): Verdict {
  if (target === 'missing') return no(`its row names a file that is not there (${path})`);
  return target === 'unknown' ? unknown(`it is not known whether ${path} is there`) : YES;
}
