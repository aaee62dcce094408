// A home in which much is broken that needs no Codex to be repaired, and that can be broken again as
// often as a test likes: byte for byte, at the same place, with the same times.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { findRollout, rolloutFiles } from '../../../support/codex/rollouts.ts';
import { HOME, idOf, type ThreadSpec } from '../../../support/home.ts';
import { homeOnDisk } from '../homeOnDisk.ts';
import { start, type Ended, type Started } from '../runProcess.ts';

export interface BrokenHome {
  /** A folder for whatever else a test needs. */
  readonly folder: string;
  readonly home: string;
  /** Keeps all of it as it is now, also the vault. */
  keepAs(name: string): void;
  /** Puts back all of what was kept; `broken` is what it was in the beginning. */
  putBack(name: string): void;
  /** Starts the command line on it. */
  start(...args: readonly string[]): Started;
  /** The same, up to its end. */
  run(...args: readonly string[]): Promise<Ended>;
  remove(): void;
}

/** Threads of each kind of breakage. */
const OF_EACH = 3;

/** Notes of updates that are taken away; when they were written back differs from run to run. */
export const FORGOTTEN_NOTES = [9, 10, 11];

export async function brokenHome(): Promise<BrokenHome> {
  const made = await homeOnDisk(brokenThreads());
  const { folder, home } = made;
  forgetNotes(home);
  leaveCopies(home);
  setTimesAndRights(home);
  leaveWorkInTheLog(path.join(home, 'state_5.sqlite'));
  // What it remembers between runs belongs to the test and not to the person who runs it.
  const environment = { XDG_STATE_HOME: path.join(folder, 'state') };
  const startHere = (...args: readonly string[]) =>
    start([...args, '--home', home], { environment });
  const keepAs = (name: string) => {
    fs.rmSync(path.join(folder, name), { recursive: true, force: true });
    execFileSync('cp', ['-a', home, path.join(folder, name)]);
  };
  keepAs('broken');
  return {
    folder,
    home,
    keepAs,
    putBack: name => {
      // The folder itself stays: a test may have mounted something there.
      for (const one of fs.readdirSync(home)) fs.rmSync(path.join(home, one), { recursive: true });
      execFileSync('cp', ['-a', `${path.join(folder, name)}/.`, home]);
    },
    start: startHere,
    run: (...args) => startHere(...args).ended,
    remove: () => made.remove(),
  };
}

function brokenThreads(): Readonly<Record<string, ThreadSpec>> {
  const threads: Record<string, ThreadSpec> = { sound: {}, filed: { archived: true } };
  for (let index = 0; index < OF_EACH; index += 1)
    for (const [kind, spec] of Object.entries(BREAKAGES))
      threads[`${kind}${String(index)}`] = spec(index);
  return threads;
}

/** What is wrong, by two letters: ids of threads have room for six. */
const BREAKAGES: Readonly<Record<string, (index: number) => ThreadSpec>> = {
  /** The database looks where nothing is. */
  ps: index => ({ row: { rollout_path: goneFile(`ps${String(index)}`) } }),
  /** The same, and the file has changed sides. */
  pa: index => ({
    archived: true,
    row: { rollout_path: goneFile(`pa${String(index)}`), archived: 0, archived_at: null },
  }),
  /** The entry leads to the file of another thread; one of its own there is not. */
  bo: () => ({ file: false, row: { rollout_path: SOUND } }),
  so: () => ({ row: { source: 'exec' } }),
  cw: () => ({ row: { cwd: '/somewhere/else' } }),
  pr: () => ({ row: { model_provider: 'another' } }),
  /** Nothing is in the file, which goes into the vault. */
  em: () => ({ text: () => '' }),
  /** There is a copy of the file in another folder, which goes into the vault as well. */
  du: () => ({}),
  /** The first line lacks something and becomes longer. */
  la: () => ({ header: { cwd: undefined } }),
  /** A mark stands before the first line. */
  ma: () => ({ text: text => `\ufeff${text}` }),
  /** The first line names another thread. */
  he: index => ({
    header: { id: idOf(`zz${String(index)}`), session_id: idOf(`zz${String(index)}`) },
  }),
  /** The file has a name by which Codex does not find it. */
  na: index => ({
    at: `sessions/2026/11/21/rollout-2026-11-21T01-00-0${String(index)}-${idOf(`na${String(index)}`)} (copy).jsonl`,
  }),
};

/** Where the file of the thread `sound` is, which is the newest. */
const SOUND = `${HOME}/sessions/2026/11/21/rollout-2026-11-21T11-00-00-${idOf('sound')}.jsonl`;

function goneFile(key: string): string {
  return `${HOME}/sessions/2020/01/01/rollout-2020-01-01T00-00-00-${idOf(key)}.jsonl`;
}

function forgetNotes(home: string): void {
  const database = new DatabaseSync(path.join(home, 'state_5.sqlite'));
  const notes = FORGOTTEN_NOTES.join(', ');
  database.exec(`DELETE FROM _sqlx_migrations WHERE version IN (${notes})`);
  database.exec('UPDATE _sqlx_migrations SET success = 0 WHERE version = 12');
  database.exec('PRAGMA journal_mode = WAL');
  database.close();
}

function leaveCopies(home: string): void {
  const folder = path.join(home, 'sessions/2026/11/20');
  fs.mkdirSync(folder, { recursive: true });
  for (let index = 0; index < OF_EACH; index += 1) {
    const file = findRollout(home, idOf(`du${String(index)}`)) ?? '';
    fs.copyFileSync(file, path.join(folder, path.basename(file)));
  }
}

/** Times with microseconds, as Linux gives them to files, and rights of several sorts. */
function setTimesAndRights(home: string): void {
  for (const [index, file] of rolloutFiles(home).entries()) {
    const seconds = 1_780_000_000 + index * 61.000_001 + 0.123_457;
    fs.chmodSync(file, [0o644, 0o600, 0o640][index % 3] ?? 0);
    fs.utimesSync(file, seconds, seconds);
  }
}

/** As when Codex was killed: what it has written last is in the log of the database alone. */
function leaveWorkInTheLog(file: string): void {
  const database = new DatabaseSync(file);
  database.exec("UPDATE threads SET title = title || '!'");
  const log = fs.readFileSync(`${file}-wal`);
  database.exec('PRAGMA wal_autocheckpoint = 0');
  const main = fs.readFileSync(file);
  database.close();
  fs.writeFileSync(file, main);
  fs.writeFileSync(`${file}-wal`, log);
}
