// Which threads a home's rows and files speak of, read without Codex and without judging.

import path from 'node:path';
import { findStateDatabase, withDatabase } from './databases.ts';
import { isArchivedRollout, readMeta, rolloutFiles } from './rollouts.ts';

export interface KnownThreads {
  readonly ids: readonly string[];
  /** Where the thread's file lies, else what its row says. */
  isArchived(id: string): boolean;
  /** Whether everything that speaks of the thread's file, and of the thread, speaks of one and the same. */
  hasFileToItself(id: string): boolean;
}

export function readKnownThreads(folder: string): KnownThreads {
  const files = readFiles(folder);
  const rows = readRows(folder);
  const claims = [
    ...files.flatMap(({ file, idInName, idInside }) => [
      { file, id: idInName },
      { file, id: idInside },
    ]),
    ...rows.map(({ file, id }) => ({ file, id })),
  ];
  const claimed = (id: string): string[] =>
    claims.filter(claim => claim.id === id).map(({ file }) => file);
  return {
    ids: [...new Set(claims.flatMap(({ id }) => id ?? []))],
    isArchived: id => {
      const file =
        files.find(({ idInName }) => idInName === id) ??
        files.find(({ idInside }) => idInside === id);
      return file?.isArchived ?? rows.find(row => row.id === id)?.isArchived ?? false;
    },
    hasFileToItself: id => {
      const own = claimed(id);
      return (
        own.length > 0 && claims.every(claim => own.includes(claim.file) === (claim.id === id))
      );
    },
  };
}

interface RolloutFile {
  readonly file: string;
  readonly idInName: string | null;
  readonly idInside: string | null;
  readonly isArchived: boolean;
}

function readFiles(folder: string): RolloutFile[] {
  return rolloutFiles(folder).map(file => ({
    file: plainName(file),
    idInName: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(path.basename(file))?.[0] ?? null,
    idInside: readMeta(file)?.id ?? null,
    isArchived: isArchivedRollout(folder, file),
  }));
}

interface Row {
  readonly id: string;
  readonly file: string;
  readonly isArchived: boolean;
}

/** All rows; none when the database cannot be read. */
function readRows(folder: string): Row[] {
  const state = findStateDatabase(folder);
  if (state === null) {
    return [];
  }
  try {
    const rows = withDatabase(state, database =>
      database.prepare('SELECT id, rollout_path, archived FROM threads').all(),
    );
    return rows.map(row => ({
      id: String(row['id']),
      file: plainName(String(row['rollout_path'])),
      isArchived: row['archived'] === 1,
    }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SQLITE_ERROR') {
      return [];
    }
    throw error;
  }
}

/** A compressed rollout and a plain one beside it are two forms of one file. */
function plainName(file: string): string {
  return file.replace(/\.zst$/, '');
}
