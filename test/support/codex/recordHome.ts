// Records a small home as a Codex release writes it, without a trace of the machine it was made on.

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installCodex } from './binaries.ts';
import { cacheFolder } from './cache.ts';
import { checkpoint, columnsOf, databaseNames, withDatabase } from './databases.ts';
import { writeHome } from './makeHome.ts';
import type { HistoryMode } from './makeHome.ts';
import { PLACEHOLDER } from './recordedHomes.ts';
import { rewriteRollouts } from './rewriteRollouts.ts';

/** What a home needs to be judged; caches, skills, locks and sockets are left out. */
const KEPT =
  /^(config\.toml|session_index\.jsonl|installation_id|sessions|archived_sessions|\w+\.sqlite)$/;

/** Instructions are long, the same in every thread, and nothing that we read. */
const LONGEST_TEXT = 400;

/** Writes a recording of a home into a folder that does not exist yet. */
export async function recordHome(
  version: string,
  mode: HistoryMode,
  folder: string,
): Promise<void> {
  // The made-up name is as long as this one, so that one can replace the other inside databases.
  const root = mkdtempSync('/tmp/');
  try {
    const home = path.join(root, '.codex');
    const projects = { one: path.join(root, 'work', 'one'), two: path.join(root, 'work', 'two') };
    mkdirSync(projects.one, { recursive: true });
    mkdirSync(projects.two);
    await writeHome(await installCodex(version), home, mode, projects);
    settleDatabases(home);
    rewriteRollouts(home, shortenTexts);
    for (const name of readdirSync(home).filter(name => KEPT.test(name))) {
      cpSync(path.join(home, name), path.join(folder, name), {
        recursive: true,
        preserveTimestamps: true,
      });
    }
    for (const file of filesBelow(folder)) {
      replaceBytes(file, root, PLACEHOLDER);
      requireNoTrace(file);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Takes out the log of what the machine did, and makes each main file all there is. */
function settleDatabases(home: string): void {
  for (const name of databaseNames(home)) {
    const file = path.join(home, name);
    withDatabase(file, database => {
      if (columnsOf(database, 'logs').length > 0) {
        database.exec('PRAGMA secure_delete = ON; DELETE FROM logs');
      }
      // Only the databases of the log are packed: the others stay as Codex laid them out.
      if (name.startsWith('logs_')) {
        database.exec('VACUUM');
      }
    });
    checkpoint(file);
  }
}

/** Cuts long texts short and leaves all other bytes of the line as Codex wrote them. */
function shortenTexts(line: string): string {
  let shortened = line;
  JSON.parse(line, (_key, value: unknown) => {
    if (typeof value === 'string' && value.length > LONGEST_TEXT) {
      shortened = shortened.replace(JSON.stringify(value), () =>
        JSON.stringify(`${value.slice(0, 80)} …`),
      );
    }
    return value;
  });
  return shortened;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => path.join(folder, name))
    .filter(file => statSync(file).isFile());
}

/** Replaces one text by another one of the same length, wherever it stands in a file of any kind. */
function replaceBytes(file: string, from: string, to: string): void {
  if (from.length !== to.length) {
    throw new Error(`${from} and ${to} are not of the same length`);
  }
  const { atimeMs, mtimeMs } = statSync(file);
  const text = readFileSync(file, 'latin1');
  writeFileSync(file, text.replaceAll(from, to), 'latin1');
  utimesSync(file, atimeMs / 1000, mtimeMs / 1000);
}

function requireNoTrace(file: string): void {
  const text = readFileSync(file, 'latin1');
  const folders = [os.tmpdir(), os.homedir(), cacheFolder()].map(folder => `${folder}/`);
  const hosts = new RegExp(`\\b${os.hostname()}\\b`).exec(text) ?? [];
  const traces = [...folders.filter(folder => text.includes(folder)), ...hosts];
  if (traces.length > 0) {
    throw new Error(`${file} tells of this machine: ${traces.join(', ')}`);
  }
}
