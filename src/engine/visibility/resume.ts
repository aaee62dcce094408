// What `thread/resume` answers about a thread, as the first request after a start.

import type { Rollout, RolloutMeta } from '../model/rollout.ts';
import type { Thread } from '../model/thread.ts';
import { canonicalId } from '../model/threadIds.ts';
import type { ThreadId } from '../model/words.ts';
import type { CodexRules } from './codexRules.ts';
import { historyModeOf, type IndexRow } from './indexRows.ts';
import { mayLackFiles, type Look } from './look.ts';
import { mayUseProvider, providersAgree } from './providers.ts';
import { nameOf } from './rolloutNames.ts';
import { hasHeader, hasPreview, headerOf, isPaginated } from './rolloutReading.ts';
import type { Start } from './start.ts';
import { allOf, no, unknown, YES, type Verdict } from './verdict.ts';

export type Resume = (thread: Thread) => Verdict;

export function predictResume(look: Look, { rows, why }: Start): Resume {
  const { config } = look.snapshot;
  if (config.state === 'unread') return () => unknown('config.toml could not be read');
  if (config.state === 'broken' || config.refused !== null)
    return () =>
      no(
        `config.toml is not valid (${config.refused ?? config.error?.why ?? ''}), and Codex resumes nothing with it`,
      );
  if (rows === null) return () => unknown(why ?? 'the state database could not be read');
  // Only the usual spelling of an id is looked up.
  const byId = new Map(rows.map(row => [row.storedId, row]));
  const resume = look.rules.searchesPastRow ? resumeByFile : resumeByRow;
  return ({ id: stored }) => {
    const id = canonicalId(stored);
    if (id === null) return no('its id is no thread id');
    return resume(look, id, byId);
  };
}

type Rows = ReadonlyMap<string, IndexRow>;

/** Codex 0.142: the row's file when it is one of this thread, else any file of the name. */
function resumeByFile(look: Look, id: ThreadId, rows: Rows): Verdict {
  const row = rows.get(id);
  if (row === undefined || row.undecodable !== null) return resumeByName(look, id, rows);
  const { target } = row;
  if (target === 'unknown' || target === 'other')
    return unknown(`the file that its row names (${row.path}) was not read`);
  const isOwn = target !== 'missing' && anyMetaOf(target)?.id === id;
  if (!isOwn) return resumeByName(look, id, rows);
  if (row.hasArchivedAt) return no('it is archived');
  return resumeFile(look, target, rows, row);
}

/** Codex from 0.160 on: a row has the say, and only without one a file of the name is looked for. */
function resumeByRow(look: Look, id: ThreadId, rows: Rows): Verdict {
  const row = rows.get(id);
  if (row === undefined) return resumeNameless(look, id, rows);
  const { target } = row;
  if (row.undecodable !== null) return no(`Codex cannot read its row: ${row.undecodable}`);
  if (target === 'missing') return no(`its row names a file that is not there (${row.path})`);
  if (target === 'unknown' || target === 'other')
    return unknown(`the file that its row names (${row.path}) was not read`);
  return allOf(
    () => hasHeader(target, look.rules),
    () => belongsTo(headerOf(target, look.rules), id),
    () => isArchived(look, row, target),
    () => resumeFile(look, target, rows, row),
  );
}

/** In legacy history the file's place says what is archived, in paginated history the row. */
function isArchived(look: Look, row: IndexRow, file: Rollout): Verdict {
  const { rules } = look;
  const meta = headerOf(file, rules);
  const goesByRow =
    (meta !== null && isPaginated(meta, rules)) || hasPreview(file, rules).answer === false;
  const isInArchive = file.place === 'archived_sessions';
  // Outside the home only those were seen of which row and place say the same.
  if (isStray(look, file) && isInArchive !== row.hasArchivedAt)
    return unknown('its file lies outside the home, and its row says otherwise than its folder');
  const archived = goesByRow ? row.hasArchivedAt : isInArchive;
  return archived ? no('it is archived') : YES;
}

function belongsTo(meta: RolloutMeta | null, id: ThreadId): Verdict {
  return meta?.id === id
    ? YES
    : no(`the file that its row names is one of another thread (${meta?.id ?? ''})`);
}

/** A file of the name can be one of another thread; then paginated history goes by that one's row. */
function resumeNameless(look: Look, id: ThreadId, rows: Rows): Verdict {
  const verdicts = candidates(look, id).map(file => {
    const meta = headerOf(file, look.rules);
    const isOther = meta?.id != null && meta.id !== id && isPaginated(meta, look.rules);
    const other = isOther ? rows.get(meta.id) : undefined;
    const verdict = resumeFile(look, file, rows, null);
    if (other === undefined || verdict.answer === false) return verdict;
    const why = `the file of its name is one of thread ${meta?.id ?? ''}`;
    if (other.target === 'missing')
      return no(`${why}, and the row of that names a file that is gone`);
    return resumeByRow(look, other.storedId, rows).answer === true ? verdict : unknown(why);
  });
  return agreed(verdicts) ?? withoutFile(look, id);
}

function resumeByName(look: Look, id: ThreadId, rows: Rows): Verdict {
  const verdicts = candidates(look, id).map(file => resumeFile(look, file, rows, null));
  return agreed(verdicts) ?? withoutFile(look, id);
}

/** Files below sessions, however deep, whose name holds the id. */
function candidates({ byName }: Look, id: ThreadId): readonly Rollout[] {
  return (byName.get(id) ?? []).filter(({ place }) => place === 'sessions');
}

/** Which of several files Codex takes is not known; where they agree, it does not matter. */
function agreed(verdicts: readonly Verdict[]): Verdict | null {
  const [first, ...others] = verdicts;
  if (first === undefined) return null;
  return others.every(({ answer }) => answer === first.answer)
    ? first
    : unknown('several files have its id in their name, and not all of them can be resumed');
}

function withoutFile(look: Look, id: ThreadId): Verdict {
  if (mayLackFiles(look)) return unknown('not all files could be looked at');
  const isInArchive = (look.byName.get(id) ?? []).length > 0;
  return no(isInArchive ? 'it is archived' : 'no file below sessions has its id in the name');
}

/** Whether Codex can go on with this file, found by a row or without one. */
function resumeFile(look: Look, file: Rollout, rows: Rows, row: IndexRow | null): Verdict {
  const { rules } = look;
  const meta = rules.knowsPaginated ? headerOf(file, rules) : anyMetaOf(file);
  const found = meta === null || rules.knowsPaginated ? hasHeader(file, rules) : YES;
  if (found.answer !== true) return found;
  if (meta === null) return no('its file has no description of the thread');
  const named = row ?? rowOf(meta, rows);
  return allOf(
    () => beginsWell(look, file),
    () => isReadable(look, file, meta, row),
    () => (isPaginated(meta, rules) ? isSoundPaginated(look, file, meta, row) : YES),
    () => mayUseProvider(look, named, meta, file),
    () => providersAgree(look, named, row !== null, meta, file),
  );
}

/** The row of the thread that the file is one of: it has the say about the provider. */
function rowOf(meta: RolloutMeta, rows: Rows): IndexRow | null {
  const row = meta.id === null ? undefined : rows.get(meta.id);
  return row === undefined || row.undecodable !== null ? null : row;
}

/** Codex 0.142 looks for the description in the whole file. */
function anyMetaOf({ head }: Rollout): RolloutMeta | null {
  if (head.badBytes === 'in-description') return null;
  return head.header?.meta ?? head.laterMeta;
}

function beginsWell({ rules }: Look, { head }: Rollout): Verdict {
  return !rules.knowsPaginated || head.header?.line === 0
    ? YES
    : no('something else stands in its file before the description of the thread');
}

/** Legacy history is read as a whole; paginated history has a database, unless there is no row. */
function isReadable(
  { rules }: Look,
  { head, tail }: Rollout,
  meta: RolloutMeta,
  row: IndexRow | null,
) {
  if (head.isUtf8 && tail.isUtf8) return YES;
  const isSpared = isPaginated(meta, rules) && (row !== null || !rules.holdsToProvider);
  return isSpared ? YES : no('its file has bytes that are no text');
}

function isSoundPaginated(
  look: Look,
  file: Rollout,
  meta: RolloutMeta,
  row: IndexRow | null,
): Verdict {
  const { rules } = look;
  if (row?.historyMode === 'legacy')
    return no('its row says legacy history, and its file says paginated history');
  if (row === null && historyModeOf(meta, rules) === 'legacy')
    return no('the time in its description cannot be read');
  if (file.tail.lastHasOrdinal === false) return no('the last line of its file has no number');
  if (file.tail.lastHasOrdinal === 'lacks-or-is-none')
    return unknown('the last line of its file has no number, and not each Codex knows such a line');
  if (nameOf(file, rules) === null)
    return no('the name of its file is none that Codex gives, and paginated history needs one');
  return allOf(
    () => hasLineage(look, file, meta, []),
    () => look.opensHistory,
  );
}

/**
 * A fork leans on the file of its parent, a thread that was reverted on its own earlier file, and so
 * on. The file is found by its name.
 */
function hasLineage(
  look: Look,
  file: Rollout,
  { historyFile, historyBase }: RolloutMeta,
  seen: readonly Rollout[],
): Verdict {
  const { rules, byName } = look;
  const base = historyFile ?? historyBase;
  if (base === null) return YES;
  if (isStray(look, file))
    return unknown('its file lies outside the home, and begins in another one');
  if (look.snapshot.cutBeginnings.includes(file.path))
    return no(`the file in which it begins (that of ${base}) holds less than it did`);
  if (seen.includes(file)) return no('its beginning leads back to itself');
  const parents = (byName.get(base) ?? []).filter(other => isNamed(other, base, rules));
  const readable = parents.flatMap(parent => {
    const meta = headerOf(parent, rules);
    return meta === null ? [] : [{ parent, meta }];
  });
  if (readable.length === 0)
    return mayLackFiles(look)
      ? unknown('not all files could be looked at')
      : no(`the file in which it begins (that of ${base}) is gone or cannot be read`);
  const lines = readable.map(({ parent, meta }) => hasLineage(look, parent, meta, [...seen, file]));
  return agreed(lines) ?? YES;
}

function isStray({ strays }: Look, file: Rollout): boolean {
  return strays.get(file.file) === file;
}

/** The first file of a thread has its id in its name, each later one an id of its own. */
function isNamed(file: Rollout, base: ThreadId, rules: CodexRules): boolean {
  const own = file.name?.segment ?? nameOf(file, rules)?.id;
  return own === base;
}
