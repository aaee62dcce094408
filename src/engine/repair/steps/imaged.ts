// A database as it is at one moment, with what is only in its log, as a file of its own in another place. When
// this is undone it goes only if nobody has entered anything in it since: that Codex was merely started with it
// changes its bytes, and none of its rows.

import { asBytes } from '../../model/bytes.ts';
import type { Imaged, Left } from '../../model/plan.ts';
import type { FilePath } from '../../model/words.ts';
import { readDatabaseImage } from '../../scan/databases/databaseImage.ts';
import { nameOf } from '../observe.ts';
import type { World } from '../../world.ts';
import { isOfLogs, putMadeAway } from './madeDatabases.ts';
import { Stale, type Ground } from './step.ts';

/** It is in memory as a whole, and SQLite in memory takes as much again. */
export const IMAGE_BYTES = 1024 * 1024 * 1024;
/** Rows that are looked at together. */
const ROWS_AT_ONCE = 5000;
const PIECE_BYTES = 1024 * 1024;
const NOTE_BYTES = 1024 * 1024;
const PUT_AWAY = 'not-used';
const SIDE_FILES = ['-shm', '-wal'];

/** What was written there: its bytes, and its rows, which tell whether somebody has worked with it. */
interface Note {
  readonly bytes: string;
  readonly rows: string;
}

export async function makeImage(file: FilePath, { imaged }: Imaged, ground: Ground): Promise<void> {
  const { world, hands } = ground;
  const read = await readDatabaseImage(world.files, () => world.now(), imaged, IMAGE_BYTES);
  if (!read.ok) throw new Stale(`${imaged} cannot be read: ${read.trouble.why}`);
  const { bytes, journal } = read.value;
  // SQLite writes there in which mode the database is; the image was made for one that works in memory.
  if (journal === 'wal') bytes.fill(2, 18, 20);
  const digest = digestOfBytes(bytes, world);
  await note(file, { bytes: digest, rows: '' }, ground);
  await hands.create(file, bytes, null);
  const written = await digestOfFile(file, world);
  if (written !== digest) throw new Error(`${file} does not hold what was written there`);
  await note(file, { bytes: digest, rows: await digestOfRows(file, world) }, ground);
}

export async function putImageAway(file: FilePath, ground: Ground): Promise<readonly Left[]> {
  const { world, hands } = ground;
  const known = await recall(file, ground);
  // It was not made, whatever is there now.
  if (known === null) return [];
  if (await isHalfAway(file, ground)) {
    await putMadeAway(file, PUT_AWAY, ground);
    return [];
  }
  const state = await world.files.stat(file);
  if (!state.ok)
    return state.trouble.code === 'missing' ? [] : [{ what: file, why: state.trouble.why }];
  const isOpened = (
    await Promise.all(SIDE_FILES.map(async end => world.files.stat(file + end)))
  ).some(({ ok }) => ok);
  if (!isOpened && (await digestOfFile(file, world)) === known.bytes) {
    await hands.removeOwn(file);
    return [];
  }
  const why = isOfLogs(file) ? null : await whyUsed(file, known, world);
  if (why !== null) return [{ what: file, why }];
  await putMadeAway(file, PUT_AWAY, ground);
  return [];
}

async function whyUsed(file: FilePath, { rows }: Note, world: World): Promise<string | null> {
  const now = await digestOfRows(file, world).catch(String);
  return now === rows ? null : 'what was entered there since is in it alone, so that it stays';
}

/** A stop has come between its parts: that all of it goes was decided before. */
async function isHalfAway(file: FilePath, { world, keptFiles }: Ground): Promise<boolean> {
  const parts = SIDE_FILES.map(end =>
    world.machine.join(keptFiles, `${PUT_AWAY}-${nameOf(file)}${end}`),
  );
  const found = await Promise.all(parts.map(async part => world.files.stat(part)));
  return found.some(({ ok }) => ok);
}

function digestOfBytes(bytes: Uint8Array, world: World): string {
  let digest = String(bytes.length);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES)
    digest = world.hash(digest + asBytes(bytes.subarray(at, at + PIECE_BYTES)));
  return digest;
}

async function digestOfFile(file: FilePath, world: World): Promise<string | null> {
  const read = await world.files.whole(file, IMAGE_BYTES);
  return read.ok ? digestOfBytes(read.value, world) : null;
}

/** Of all tables, as SQLite writes their values: numbers of JavaScript would be too coarse. */
async function digestOfRows(file: FilePath, world: World): Promise<string> {
  const opened = await world.databases.open(file, IMAGE_BYTES);
  if (!opened.ok) throw new Error(`${file} cannot be read: ${opened.trouble.why}`);
  const ask = async (question: string) => {
    const [answer] = await opened.value.ask([question]);
    if (answer?.ok !== true) throw new Error(`${file}: ${answer?.why ?? 'no answer'}`);
    return answer.rows;
  };
  try {
    let digest = '';
    const tables = await ask(
      "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    );
    for (const [name, sql] of tables) {
      const table = identifier(String(name));
      const columns = await ask(`SELECT name FROM pragma_table_info('${escaped(String(name))}')`);
      const row = columns
        .map(([column]) => `quote(${identifier(String(column))})`)
        .join(` || ',' || `);
      digest = world.hash(`${digest}\n${String(sql)}`);
      for (let from = 0; ; from += ROWS_AT_ONCE) {
        const rows = await ask(
          `SELECT ${row} FROM ${table} LIMIT ${String(ROWS_AT_ONCE)} OFFSET ${String(from)}`,
        );
        digest = world.hash(`${digest}\n${rows.map(([text]) => String(text)).join('\n')}`);
        if (rows.length < ROWS_AT_ONCE) break;
      }
    }
    return digest;
  } finally {
    opened.value.close();
  }
}

function escaped(text: string): string {
  return text.replaceAll("'", "''");
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Beside what is kept of this repair; the newest line counts. */
function noteOf(file: FilePath, { world, keptFiles }: Ground): FilePath {
  return world.machine.join(keptFiles, `imaged-${nameOf(file)}.json`);
}

async function note(file: FilePath, known: Note, ground: Ground): Promise<void> {
  const line = new TextEncoder().encode(`${JSON.stringify(known)}\n`);
  const place = noteOf(file, ground);
  const isThere = (await ground.world.files.stat(place)).ok;
  if (isThere) await ground.hands.append(place, line);
  else await ground.hands.create(place, line, null);
}

async function recall(file: FilePath, ground: Ground): Promise<Note | null> {
  const read = await ground.world.files.whole(noteOf(file, ground), NOTE_BYTES);
  if (!read.ok) return null;
  let newest: Note | null = null;
  // A stop may have torn the last one.
  for (const line of new TextDecoder().decode(read.value).split('\n').slice(0, -1))
    newest = JSON.parse(line) as Note;
  return newest;
}
