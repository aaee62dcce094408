// A Codex home on disk that changes as Codex, people and accidents change one; and a watch that tells of
// every change, so that what is tested is the reading again, not the system's way of telling.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import type { Codex } from '../../src/engine/model/snapshot.ts';
import type { Watching, World } from '../../src/engine/world.ts';
import { createFiles } from '../../src/node/files.ts';
import { createLocalFirst } from '../../src/node/localFirst.ts';
import { home, HOME, idOf, NOW, PROJECT, type ThreadSpec } from './home.ts';
import { createMemoryWorld, openImage } from './memoryWorld.ts';

export interface Change {
  readonly kind: ChangeKind;
  /** Chooses the thread, the file, or the size: of as many as there are. */
  readonly which: number;
}

type ChangeKind = keyof typeof CHANGES;

/** Files that the home has are changed in one way or another. */
export class ChangingHome {
  readonly folder: string;
  readonly #root = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-health-changing-'));
  #writers = new Map<string, DatabaseSync>();
  #count = 0;
  #tell: ((changed: readonly string[] | null) => void) | null = null;

  constructor() {
    this.folder = path.join(this.#root, 'home');
    const specs: readonly ThreadSpec[] = [
      {},
      { row: false },
      { archived: true },
      { mode: 'legacy' },
    ];
    // It is there: a thread whose folder is gone is hidden for that, whatever else happens to it.
    const project = path.join(this.#root, 'project');
    fs.mkdirSync(project);
    const builder = home().name('t1', 'a name');
    for (let index = 0; index < 12; index += 1)
      builder.thread(`t${String(index)}`, specs[index % specs.length]);
    for (const [file, { bytes }] of builder.build().files) {
      const at = file.replace(HOME, this.folder);
      fs.mkdirSync(path.dirname(at), { recursive: true });
      const text = file.endsWith('.jsonl') ? Buffer.from(bytes).toString('utf8') : null;
      fs.writeFileSync(at, text?.replaceAll(PROJECT, project) ?? bytes);
    }
    for (const name of [STATE, HISTORY]) this.sql(name, 'PRAGMA journal_mode = WAL');
    this.sql(
      STATE,
      `UPDATE threads SET rollout_path = replace(rollout_path, '${HOME}', '${this.folder}'), cwd = replace(cwd, '${PROJECT}', '${project}')`,
    );
  }

  /** The world of one who looks at this home, on a machine with this Codex. */
  world(version = '0.169.0'): World {
    const files = createFiles();
    const silent = {
      look: (paths: readonly string[]) =>
        Promise.resolve(new Map(paths.map(one => [one, 'unknown' as const]))),
    };
    const codex: Codex = {
      path: '/opt/codex',
      foundBy: 'path',
      version,
      migrations: null,
      firstChecksum: null,
    };
    const machine = { ...NOTHING, codexes: [codex], nowMs: NOW };
    const watching: Watching = {
      watch: (_, notice) => {
        this.#tell = notice;
        return { ready: Promise.resolve(), close: () => undefined };
      },
    };
    return {
      ...createMemoryWorld(machine),
      files,
      databases: { open: (file, most) => openImage(files, Date.now, file, most) },
      outside: createLocalFirst(silent),
      memory: { recall: () => Promise.resolve(null), remember: () => Promise.resolve() },
      watching,
      now: () => Date.now(),
    };
  }

  /** Changes something, and tells of all that is another file than before. */
  change({ kind, which }: Change): void {
    const before = statesBelow(this.folder);
    try {
      CHANGES[kind](this, which);
    } catch (error) {
      // What is damaged, or has lost a table, can no longer be written.
      if (!(error instanceof Error && 'errcode' in error)) throw error;
      this.closeWriters();
    }
    const after = statesBelow(this.folder);
    const all = new Set([...before.keys(), ...after.keys()]);
    const changed = [...all].filter(file => before.get(file) !== after.get(file));
    // Of a folder that comes or goes, what is in it is not told of.
    const told = changed.filter(file => !changed.includes(path.dirname(file)));
    if (told.length > 0) this.#tell?.(told);
  }

  sql(name: string, statement: string, ...values: readonly (string | number | Uint8Array)[]): void {
    this.writer(name)
      .prepare(statement)
      .run(...values);
  }

  writer(name: string): DatabaseSync {
    const known = this.#writers.get(name);
    if (known !== undefined) return known;
    const opened = new DatabaseSync(path.join(this.folder, name), { timeout: 1000 });
    this.#writers.set(name, opened);
    return opened;
  }

  /** The last one who closes a database takes its log away. */
  closeWriters(): void {
    for (const writer of this.#writers.values()) writer.close();
    this.#writers = new Map();
  }

  /** One of the rollouts that there are; null when there are none. */
  rollout(which: number): string | null {
    const all = filesBelow(this.folder).filter(file => /rollout-[^/]*\.jsonl$/.test(file));
    return all[which % Math.max(1, all.length)] ?? null;
  }

  thread(which: number): string {
    return idOf(`t${String(which % 14)}`);
  }

  next(): number {
    return (this.#count += 1);
  }

  remove(): void {
    this.closeWriters();
    fs.rmSync(this.#root, { recursive: true, force: true });
  }
}

const STATE = 'state_5.sqlite';
const HISTORY = 'thread_history_1.sqlite';
const NOTHING = {
  files: new Map(),
  folders: new Set<string>(),
  troubles: new Map(),
  holders: [],
  filesystem: null,
  environment: {},
  silent: new Set<string>(),
};

function line(which: number): string {
  const payload = { type: 'agent_message', message: `answer ${String(which)}` };
  return `${JSON.stringify({ timestamp: '2026-11-21T12:00:00.000Z', type: 'event_msg', payload })}\n`;
}

/** Rows that are long enough to go on on further pages, and texts that are read in two ways. */
const TEXTS = [
  'short',
  'x'.repeat(3000),
  'long '.repeat(4000),
  `${'é'.repeat(400)}😀`,
  `${'😀'.repeat(299)}end and more`,
  'a\0b',
  '\ufeffmark at the beginning of a text',
];

const CHANGES = {
  'a turn': (home: ChangingHome, which: number) => {
    const file = home.rollout(which);
    if (file !== null) fs.appendFileSync(file, line(home.next()));
    home.sql(
      STATE,
      'UPDATE threads SET updated_at_ms = updated_at_ms + 1000, tokens_used = tokens_used + 7 WHERE id = ?',
      home.thread(which),
    );
  },
  'a row that is the newest now': (home: ChangingHome, which: number) =>
    home.sql(
      STATE,
      'UPDATE threads SET updated_at_ms = (SELECT max(updated_at_ms) + 1000 FROM threads) WHERE id = ?',
      home.thread(which),
    ),
  'a row alone': (home: ChangingHome, which: number) =>
    home.sql(
      STATE,
      'UPDATE threads SET cwd = ?, archived = 1 - archived WHERE id = ?',
      `/p/${String(which)}`,
      home.thread(which),
    ),
  'a text': (home: ChangingHome, which: number) => {
    const column = ['title', 'preview', 'first_user_message', 'name'][which % 4] ?? 'title';
    home.sql(
      STATE,
      `UPDATE threads SET ${column} = ? WHERE id = ?`,
      TEXTS[which % TEXTS.length] ?? '',
      home.thread(Math.floor(which / 7)),
    );
  },
  'a row that names another file': (home: ChangingHome, which: number) =>
    home.sql(
      STATE,
      'UPDATE threads SET rollout_path = ? WHERE id = ?',
      home.rollout(which + 1) ?? '/nowhere',
      home.thread(which),
    ),
  // Of such a row only a page changes that is neither a leaf nor leads to one.
  'what stands behind a long text': (home: ChangingHome, which: number) => {
    home.sql(
      STATE,
      "UPDATE threads SET preview = ? || substr(preview, 2) WHERE length(title) > 9000 AND preview <> ''",
      String(which % 10),
    );
    home.sql(
      STATE,
      'UPDATE threads SET title = ? WHERE id = ? AND length(title) < 9000',
      'long '.repeat(4000),
      home.thread(which),
    );
  },
  'no text': (home: ChangingHome, which: number) =>
    home.sql(
      STATE,
      'UPDATE threads SET title = ? WHERE id = ?',
      new Uint8Array([255, 0, 65]),
      home.thread(which),
    ),
  'no thread id': (home: ChangingHome, which: number) =>
    home.sql(STATE, "UPDATE OR IGNORE threads SET id = 'x' || id WHERE id = ?", home.thread(which)),
  'a new thread': (home: ChangingHome, which: number) => {
    const number = home.next();
    const id = `01a00000-0000-7000-9000-${String(number).padStart(12, '0')}`;
    const day = String((which % 5) + 1).padStart(2, '0');
    const folder = path.join(home.folder, 'sessions/2026/10', day);
    fs.mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `rollout-2026-10-${day}T10-00-00-${id}.jsonl`);
    const other = home.rollout(which);
    const text = other === null ? '' : fs.readFileSync(other, 'utf8');
    fs.writeFileSync(file, text.replaceAll(/01a00000-0000-7000-8000-[0-9a-f]{12}/g, id));
    insertRow(home, id, file);
  },
  'many rows': (home: ChangingHome, which: number) => {
    home.writer(STATE).exec('BEGIN');
    for (let index = 0; index < 20 * (which % 12); index += 1) {
      const id = `01a00000-0000-7000-a000-${String(home.next()).padStart(12, '0')}`;
      insertRow(home, id, `/nowhere/rollout-${id}.jsonl`);
    }
    home.writer(STATE).exec('COMMIT');
  },
  'rows removed': (home: ChangingHome, which: number) =>
    home.sql(STATE, 'DELETE FROM threads WHERE rowid % 7 = ?', which % 7),
  'a file archived': (home: ChangingHome, which: number) => {
    const file = home.rollout(which);
    if (file === null) return;
    const archive = path.join(home.folder, 'archived_sessions');
    fs.mkdirSync(archive, { recursive: true });
    fs.renameSync(file, path.join(archive, path.basename(file)));
    home.sql(STATE, 'UPDATE threads SET archived = 1 WHERE rollout_path = ?', file);
  },
  'a file removed': (home: ChangingHome, which: number) => {
    const file = home.rollout(which);
    if (file !== null) fs.rmSync(file);
  },
  'a file emptied': (home: ChangingHome, which: number) => {
    const file = home.rollout(which);
    if (file !== null) fs.writeFileSync(file, which % 2 === 0 ? '' : '\ufeffno json');
  },
  'a folder in the place of a file': (home: ChangingHome, which: number) => {
    const file = home.rollout(which);
    if (file === null) return;
    fs.rmSync(file);
    fs.mkdirSync(file);
  },
  'a folder moved': (home: ChangingHome, which: number) => {
    const days = path.join(home.folder, 'sessions/2026/10');
    const [day] = fs.existsSync(days) ? fs.readdirSync(days) : [];
    if (day !== undefined)
      fs.renameSync(
        path.join(days, day),
        path.join(days, `moved-${String(which)}-${String(home.next())}`),
      );
  },
  'a folder in the place of another': (home: ChangingHome, which: number) => {
    const file = home.rollout(which);
    if (file === null) return;
    const folder = path.dirname(file);
    const next = path.join(home.folder, 'next');
    fs.cpSync(folder, next, { recursive: true });
    for (const one of filesBelow(next)) fs.appendFileSync(one, line(which));
    fs.rmSync(folder, { recursive: true });
    fs.renameSync(next, folder);
  },
  'all of sessions moved away and back': (home: ChangingHome, which: number) => {
    const place = path.join(home.folder, 'sessions');
    const aside = path.join(home.folder, 'aside');
    if (fs.existsSync(aside)) fs.renameSync(aside, place);
    else if (which % 3 === 0 && fs.existsSync(place)) fs.renameSync(place, aside);
  },
  config: (home: ChangingHome, which: number) => {
    const provider = which % 2 === 0 ? 'mock' : 'other';
    fs.writeFileSync(path.join(home.folder, 'config.toml'), `model_provider = "${provider}"\n`);
  },
  'another place for databases': (home: ChangingHome, which: number) => {
    const elsewhere = path.join(home.folder, 'elsewhere');
    fs.mkdirSync(elsewhere, { recursive: true });
    const text = which % 2 === 0 ? '' : `sqlite_home = "${elsewhere}"\n`;
    fs.writeFileSync(path.join(home.folder, 'config.toml'), text);
  },
  'a name': (home: ChangingHome, which: number) =>
    fs.appendFileSync(
      path.join(home.folder, 'session_index.jsonl'),
      `${JSON.stringify({ id: home.thread(which), thread_name: `name ${String(which)}` })}\n`,
    ),
  'the state of the desktop': (home: ChangingHome, which: number) =>
    fs.writeFileSync(
      path.join(home.folder, '.codex-global-state.json'),
      which % 2 === 0 ? '{}' : '{',
    ),
  'a checkpoint': (home: ChangingHome, which: number) => {
    const mode = ['PASSIVE', 'TRUNCATE', 'RESTART', 'FULL'][which % 4] ?? '';
    home.writer(STATE).prepare(`PRAGMA wal_checkpoint(${mode})`).all();
  },
  'all writers gone': (home: ChangingHome) => home.closeWriters(),
  'another schema': (home: ChangingHome) =>
    home
      .writer(STATE)
      .exec(`ALTER TABLE threads ADD COLUMN added_${String(home.next())} TEXT DEFAULT 'x'`),
  'columns that rows lack': (home: ChangingHome) =>
    home
      .writer(STATE)
      .exec(
        "ALTER TABLE threads DROP COLUMN daybreak_enabled; ALTER TABLE threads DROP COLUMN name; ALTER TABLE threads ADD COLUMN name TEXT DEFAULT 'given to all'",
      ),
  'a record of a migration': (home: ChangingHome, which: number) =>
    home.sql(STATE, 'DELETE FROM _sqlx_migrations WHERE version = ?', (which % 62) + 1),
  'a section': (home: ChangingHome, which: number) => {
    const name = `section ${String(which % 3)}`;
    home.sql(STATE, 'INSERT OR IGNORE INTO thread_sections (id, name) VALUES (?, ?)', name, name);
    home.sql(
      STATE,
      'UPDATE threads SET thread_section_id = ? WHERE id = ?',
      name,
      home.thread(which),
    );
  },
  'a section that is gone': (home: ChangingHome) => {
    home.writer(STATE).exec('PRAGMA foreign_keys = OFF');
    home.sql(STATE, 'DELETE FROM thread_sections');
  },
  'an unfinished backfill': (home: ChangingHome, which: number) =>
    home.sql(
      STATE,
      'UPDATE backfill_state SET status = ?',
      which % 2 === 0 ? 'complete' : 'pending',
    ),
  'a history': (home: ChangingHome, which: number) =>
    home.sql(
      HISTORY,
      'INSERT INTO thread_history_projection_state VALUES (?, ?, 0) ON CONFLICT DO UPDATE SET next_rollout_ordinal = next_rollout_ordinal + 1',
      home.thread(which),
      which,
    ),
  'a history less': (home: ChangingHome, which: number) =>
    home.sql(
      HISTORY,
      'DELETE FROM thread_history_projection_state WHERE thread_id = ?',
      home.thread(which),
    ),
  'a vacuum': (home: ChangingHome) => home.writer(STATE).exec('VACUUM'),
  'a database replaced': (home: ChangingHome, which: number) => {
    const copy = path.join(home.folder, 'copy');
    fs.rmSync(copy, { force: true });
    home.writer(STATE).exec(`VACUUM INTO '${copy}'`);
    home.closeWriters();
    const other = new DatabaseSync(copy);
    other.exec(`PRAGMA journal_mode = WAL; UPDATE threads SET title = 'from ${String(which)}'`);
    other.close();
    fs.renameSync(copy, path.join(home.folder, STATE));
  },
  'a database damaged': (home: ChangingHome, which: number) => {
    home.closeWriters();
    const file = path.join(home.folder, STATE);
    const bytes = fs.readFileSync(file);
    bytes.fill(which % 256, 4096 * 4, 4096 * 4 + 64);
    if (which % 4 === 0) fs.writeFileSync(file, bytes);
  },
} as const;

function insertRow(home: ChangingHome, id: string, file: string): void {
  home.sql(
    STATE,
    `INSERT INTO threads (id, rollout_path, created_at, updated_at, source, model_provider, cwd, title, sandbox_policy, approval_mode, preview)
     VALUES (?, ?, 1, 2, 'vscode', 'mock', '/p', ?, '{}', 'never', 'p')`,
    id,
    file,
    `title of ${id}`,
  );
}

/** What most often happens comes most often. */
export const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({
    kind: fc.oneof(
      { weight: 1, arbitrary: fc.constant('a turn' as const) },
      { weight: 4, arbitrary: fc.constantFrom(...(Object.keys(CHANGES) as ChangeKind[])) },
    ),
    which: fc.nat(1000),
  }),
  { minLength: 1, maxLength: 14 },
);

function filesBelow(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .sort();
}

function statesBelow(folder: string): ReadonlyMap<string, string> {
  const entries = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Map(
    entries.map(name => {
      const file = path.join(folder, name);
      const stats = fs.lstatSync(file, { bigint: true });
      const { ino, size, mtimeNs, ctimeNs } = stats;
      // That something in a folder has changed is told of by its own name.
      return [file, stats.isDirectory() ? `${ino}` : [ino, size, mtimeNs, ctimeNs].join()] as const;
    }),
  );
}
