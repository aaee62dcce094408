// The list of `codex resume`, when it is started in the thread's own folder: it shows the threads of
// the folder where one is. Held against the real program in a terminal.

import type { Rollout } from '../model/rollout.ts';
import type { Thread } from '../model/thread.ts';
import type { FilePath } from '../model/words.ts';
import { hasFile, isSelected } from './databaseList.ts';
import type { IndexRow } from './indexRows.ts';
import { groupedBy, type Look } from './look.ts';
import { hasHeader, headerOf } from './rolloutReading.ts';
import { nameOf } from './rolloutNames.ts';
import type { ScanList } from './scanList.ts';
import type { Start } from './start.ts';
import { allOf, no, unknown, YES, type Verdict } from './verdict.ts';

type Picker = (thread: Thread) => Verdict;

export interface PickerList {
  readonly list: Picker;
  /** Whether it goes by which of several rows was changed last. */
  readonly heedsGrowth: boolean;
}

export function predictPicker(look: Look, start: Start, scanList: ScanList): PickerList {
  const { list, heedsGrowth } =
    look.rules.picker === 'files'
      ? { list: (thread: Thread) => inFiles(look, thread, scanList), heedsGrowth: false }
      : inRows(look, start, scanList);
  const listHere: Picker = thread =>
    allOf(
      () => (thread.archived ? no('it is archived') : YES),
      () => (look.hasBadConfig ? no('codex resume does not start with this config.toml') : YES),
      () => canBeIn(look, thread.cwd),
      () => list(thread),
    );
  return { list: listHere, heedsGrowth };
}

/** The folder of a person is written in one way only. */
function canBeIn({ snapshot }: Look, cwd: FilePath): Verdict {
  const isPosix = cwd.startsWith('/');
  const isPlain = isPosix ? !/\/\/|\/\.{1,2}(?:\/|$)|.\/$/.test(cwd) : /^[a-z]:\\/i.test(cwd);
  if (cwd === '') return no('nothing says in which folder it worked');
  if (!isPlain) return no(`its folder is written as "${cwd}", and no folder is called so`);
  const state = snapshot.paths[cwd] ?? 'unknown';
  return state === 'missing' || state === 'file'
    ? no(`its folder (${cwd}) is not there, and the list is that of the current folder`)
    : YES;
}

/** Codex 0.142 lists what the files say. */
function inFiles(look: Look, thread: Thread, scanList: ScanList): Verdict {
  const files = (look.byHeader.get(thread.id) ?? []).filter(one => one.place === 'sessions');
  const cwds = files.map(file => headerOf(file, look.rules)?.cwd ?? null);
  const isNamed = files.some(file => nameOf(file, look.rules)?.id === thread.id);
  return allOf(
    () => scanList(thread),
    () => isOfATool(files.map(file => headerOf(file, look.rules)?.source ?? 'vscode')[0] ?? ''),
    () =>
      cwds.includes(thread.cwd)
        ? YES
        : no(`its file says that it works in ${cwds[0] ?? 'no folder'}`),
    () => (isNamed ? YES : unknown('its file is named after another thread')),
  );
}

function inRows(look: Look, { rows, why }: Start, scanList: ScanList): PickerList {
  const unread = unknown(why ?? 'the state database could not be read');
  if (rows === null) return { list: () => unread, heedsGrowth: false };
  const providers = look.rules.picker === 'rows, each file once' ? 'current' : 'all';
  const selected = new Map(rows.map(row => [row, isSelected(look, row, 'active', providers)]));
  const listed = rows.filter(row => selected.get(row)?.answer !== false);
  const hasBadRow = listed.some(({ undecodable }) => undecodable !== null);
  const byId = new Map(rows.map(row => [row.id, row]));
  const byFile = groupedBy(listed, row => [fileOf(row)]);
  const list: Picker = thread => {
    const row = byId.get(thread.id);
    if (row === undefined && !hasBadRow) return no('the state database has no row of it');
    const own =
      row === undefined
        ? no('the state database has no row of it')
        : allOf(
            () => selected.get(row) ?? YES,
            () => isOfATool(row.source),
            () => isOfFolder(row, thread.cwd),
            () => hasFile(row),
            () => (providers === 'all' ? hasOwnFile(look, row) : isTheOneShown(row, byFile)),
          );
    // When the rows cannot be read, the list is made of the files after all.
    return hasBadRow && own.answer !== scanList(thread).answer
      ? unknown('a row of the state database cannot be read')
      : own;
  };
  const namesOneTwice = [...byFile.values()].some(({ length }) => length > 1);
  return { list, heedsGrowth: providers === 'current' && namesOneTwice };
}

/** The lists of servers also show what came in by custom doors; this one does not. */
function isOfATool(source: string): Verdict {
  return ['cli', 'vscode'].includes(source) ? YES : no(`it was started by ${source}`);
}

function isOfFolder({ cwd }: IndexRow, folder: FilePath): Verdict {
  if (cwd === null) return unknown('its folder stands in a part of its file that was not read');
  return cwd === folder ? YES : no(`it is listed in another folder (${cwd})`);
}

/** Codex 0.169 looks into the file, and leaves out a row whose file is another thread's. */
function hasOwnFile({ rules }: Look, { target, id, path }: IndexRow): Verdict {
  if (typeof target === 'string')
    return unknown(`the file that its row names (${path}) was not read`);
  return allOf(
    () => hasHeader(target, rules),
    () =>
      headerOf(target, rules)?.id === id
        ? YES
        : no('the file that its row names is one of another thread'),
  );
}

/** Of rows that name one file, releases before 0.169 show the one that was changed last. */
function isTheOneShown(
  row: IndexRow,
  byFile: ReadonlyMap<Rollout | FilePath, readonly IndexRow[]>,
): Verdict {
  const rivals = (byFile.get(fileOf(row)) ?? []).filter(one => one !== row);
  if (rivals.length === 0) return YES;
  const at = row.updatedAtMs() ?? 0;
  const moments = rivals.map(one => one.updatedAtMs() ?? 0);
  if (moments.some(moment => moment > at)) return no('a newer row names the same file');
  return moments.includes(at) ? unknown('another row names the same file') : YES;
}

/** What a row names, however it spells it; its words where they lead to nothing that was read. */
function fileOf({ target, path }: IndexRow): Rollout | FilePath {
  return typeof target === 'string' ? path : target;
}
