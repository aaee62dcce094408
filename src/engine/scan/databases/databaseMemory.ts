// What was learnt of databases in earlier scans. A database is recognised by size, times and
// identity of its main file and its log; one that differs in any of them is read again.

import type { Database, StateDatabase } from '../../model/database.ts';
import type { Gap } from '../../model/gap.ts';
import type { ThreadHistory } from '../../model/snapshot.ts';
import type { FilePath } from '../../model/words.ts';
import type { Files, FileState, ImageOrigin, Memory, PageUses } from '../../world.ts';
import type { Packed } from '../columns.ts';
import { unpackThreads } from './stateDatabase.ts';

/** Another number whenever databases are read in another way than before. */
const FORMAT = 6;
/** Times of files are coarse: a write right after our look could leave them as they were. */
const SETTLED_MS = 2000;

/** What one look at a database has shown. */
export interface DatabaseLook {
  readonly database: Database;
  /** Null also when there is no table of threads: then the schema is the finding, not the rows. */
  readonly state: StateDatabase | null;
  /** The rows of the state, as they came packed. */
  readonly rows: string | null;
  readonly history: ThreadHistory | null;
  readonly gaps: readonly Gap[];
  /** What following it starts from; absent where that was not asked for, or is not possible. */
  readonly ground?: Ground;
}

export interface Ground {
  readonly origin: ImageOrigin;
  readonly uses: PageUses;
  readonly bytes: number;
}

/** Tells two states of a database apart; null while it may still be changing. */
export type DatabaseSignature = string | null;

export async function signatureOf(
  files: Files,
  file: FilePath,
  now: number,
): Promise<DatabaseSignature> {
  const states: (FileState | null)[] = [];
  for (const part of [file, `${file}-wal`, `${file}-journal`]) {
    const state = await files.stat(part);
    states.push(state.ok ? state.value : null);
  }
  const isSettled = states.every(state => state === null || now - state.changedMs > SETTLED_MS);
  if (!isSettled || states[0] === null) return null;
  return JSON.stringify(
    states.map(one => one && [one.bytes, one.modifiedMs, one.changedMs, one.identity]),
  );
}

const key = (homeKey: string, file: FilePath) => `database-${homeKey}-${file}`;

interface Remembered {
  readonly format: number;
  readonly file: FilePath;
  readonly signature: string;
  readonly look: DatabaseLook;
  readonly rows: Packed | null;
}

/** What an earlier scan learnt of a database that is still the same; null when it has to be read. */
export async function recallDatabase(
  memory: Memory,
  homeKey: string,
  file: FilePath,
  signature: DatabaseSignature,
): Promise<DatabaseLook | null> {
  if (signature === null) return null;
  const text = await memory.recall(key(homeKey, file));
  if (text === null) return null;
  try {
    const known = JSON.parse(text) as Remembered;
    const isIt = known.format === FORMAT && known.file === file;
    return isIt && known.signature === signature ? withRows(known) : null;
  } catch {
    // Whatever is not as it was written is as good as forgotten.
    return null;
  }
}

export function rememberDatabase(
  memory: Memory,
  homeKey: string,
  signature: DatabaseSignature,
  look: DatabaseLook,
): void {
  if (signature === null || look.gaps.length > 0) return;
  const state = look.state === null ? null : { ...look.state, rows: [] };
  const { file } = look.database;
  const { database, history, gaps } = look;
  const about = {
    format: FORMAT,
    file,
    signature,
    look: { database, state, rows: null, history, gaps },
  };
  // The rows are joined to it as the text that they are already.
  const text = `${JSON.stringify(about).slice(0, -1)},"rows":${look.rows ?? 'null'}}`;
  void memory.remember(key(homeKey, file), text);
}

function withRows({ look, rows }: Remembered): DatabaseLook | null {
  if (look.state === null) return look;
  return rows === null ? null : { ...look, state: { ...look.state, rows: unpackThreads(rows) } };
}
