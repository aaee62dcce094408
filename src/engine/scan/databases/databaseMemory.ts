// What was learnt of databases in earlier scans. A database is recognised by size, times and
// identity of its main file and its log; one that differs in any of them is read again.

import type { Database, Row, StateDatabase } from '../../model/database.ts';
import type { Gap } from '../../model/gap.ts';
import type { ThreadHistory } from '../../model/snapshot.ts';
import type { FilePath } from '../../model/words.ts';
import type { Files, FileState, Memory } from '../../world.ts';
import { packRecords, unpackRecords, type Packed } from '../columns.ts';

/** Another number whenever databases are read in another way than before. */
const FORMAT = 5;
/** Times of files are coarse: a write right after our look could leave them as they were. */
const SETTLED_MS = 2000;

/** What one look at a database has shown. */
export interface DatabaseLook {
  readonly database: Database;
  readonly state: StateDatabase | null;
  readonly history: ThreadHistory | null;
  readonly gaps: readonly Gap[];
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

export interface DatabaseMemory {
  recall(file: FilePath, signature: DatabaseSignature): DatabaseLook | null;
}

const key = (homeKey: string) => `databases-${homeKey}`;

interface Remembered {
  readonly file: FilePath;
  readonly signature: string;
  readonly look: DatabaseLook;
  readonly rows: Packed;
}

export async function recallDatabases(memory: Memory, homeKey: string): Promise<DatabaseMemory> {
  const remembered = parse(await memory.recall(key(homeKey)));
  return {
    recall: (file, signature) => {
      const found = remembered.find(one => one.file === file && one.signature === signature);
      return found === undefined ? null : withRows(found);
    },
  };
}

export function rememberDatabases(
  memory: Memory,
  homeKey: string,
  looks: readonly (readonly [DatabaseSignature, DatabaseLook])[],
): void {
  const databases = looks.flatMap(([signature, look]) => {
    if (signature === null || look.gaps.length > 0) return [];
    const rows = packRecords(look.state?.rows ?? []);
    const state = look.state === null ? null : { ...look.state, rows: [] };
    return [{ file: look.database.file, signature, look: { ...look, state }, rows }];
  });
  void memory.remember(key(homeKey), JSON.stringify({ format: FORMAT, databases }));
}

function parse(text: string | null): readonly Remembered[] {
  if (text === null) return [];
  try {
    const { format, databases } = JSON.parse(text) as { format: unknown; databases: Remembered[] };
    return format === FORMAT ? databases : [];
  } catch {
    return [];
  }
}

function withRows({ look, rows }: Remembered): DatabaseLook | null {
  if (look.state === null) return look;
  try {
    return { ...look, state: { ...look.state, rows: unpackRecords<Row>(rows) } };
  } catch {
    // Whatever is not as it was written is as good as forgotten.
    return null;
  }
}
