// A builder of Codex homes: a test says what is special about its home, and gets the rest as
// Codex writes it. The database is one that a real Codex made, with rows put in.

import path from 'node:path';
import type { Repository } from '../../src/engine/model/closerLook.ts';
import type { Filesystem } from '../../src/engine/model/database.ts';
import type { Codex, Holder } from '../../src/engine/model/snapshot.ts';
import type { HostSight } from '../../src/engine/model/host.ts';
import type { FileLock, Trouble, World } from '../../src/engine/world.ts';
import { madeHistory, madeState, type Cells } from './madeDatabases.ts';
import { createMemoryWorld, type MemoryFile } from './memoryWorld.ts';

export const HOME = '/home/ada/.codex';
export const PROJECT = '/home/ada/work/one';
/** The moment at which every test looks. */
export const NOW = Date.UTC(2026, 10, 21, 12);

interface Line {
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface ThreadSpec {
  readonly archived?: boolean;
  readonly provider?: string;
  readonly cwd?: string;
  readonly source?: unknown;
  readonly mode?: 'legacy' | 'paginated';
  /** The first message of the person; null for a thread without one. */
  readonly prompt?: string | null;
  /** Minutes before NOW at which it was made. */
  readonly age?: number;
  /** False for no row; else columns that differ from what Codex would have written. */
  readonly row?: false | Cells;
  /** False for no file. */
  readonly file?: false;
  /** False when the history database knows nothing of the thread. */
  readonly projected?: false;
  /** Path below the home, when it is not the canonical one. */
  readonly at?: string;
  /** Changes the payload of the first line; undefined removes a field. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Lines behind the usual ones. */
  readonly more?: readonly Line[];
  /** Has the last word about the text of the file. */
  readonly text?: (text: string) => string;
}

export interface BuiltHome {
  readonly world: World;
  /** What lies where; a test may change it between two scans. */
  readonly files: Map<string, MemoryFile>;
  /** What was seen of other hosts. */
  readonly sights: readonly HostSight[];
  /** Turns ids back into the short keys of the test. */
  readonly keyOf: (text: string) => string;
}

/** The id that a thread of this key has in every home. */
export function idOf(key: string): string {
  const digits = [...key].map(letter => letter.charCodeAt(0).toString(16)).join('');
  return `01a00000-0000-7000-8000-${digits.padStart(12, '0').slice(-12)}`;
}

export function home(): HomeBuilder {
  return new HomeBuilder();
}

export class HomeBuilder {
  readonly #threads: [string, ThreadSpec][] = [];
  readonly #files = new Map<string, MemoryFile>();
  readonly #elsewhere: { at: string; of: string; how: 'copy' | 'name' }[] = [];
  readonly #removed = new Set<string>();
  readonly #folders = new Set([HOME, `${HOME}/sessions`, PROJECT]);
  readonly #troubles = new Map<string, Trouble>();
  readonly #silent = new Set<string>();
  readonly #repositories = new Map<string, Repository>();
  readonly #sql: string[] = [];
  readonly #codexes: Codex[] = [];
  readonly #holders: Holder[] = [];
  #locks: FileLock[] | null = [];
  readonly #environment: Record<string, string> = {};
  readonly #kept = new Map<string, string>();
  readonly #sights: HostSight[] = [];
  #filesystem: Filesystem | null = null;
  #config = 'model_provider = "mock"\n\n[model_providers.mock]\nname = "Mock"\n';
  #names = '';
  #hasState = true;
  #hasHistory = true;

  /** A thread as Codex keeps it, but for what the spec says. */
  thread(key: string, spec: ThreadSpec = {}): this {
    this.#threads.push([key, spec]);
    return this;
  }

  /** A line of session_index.jsonl. */
  name(key: string, name: string): this {
    this.#names += `${JSON.stringify({ id: idOf(key), thread_name: name, updated_at: '2026-11-21T00:00:00Z' })}\n`;
    return this;
  }

  config(toml: string): this {
    this.#config = toml;
    return this;
  }

  /** A file; a path that is not absolute is below the home. */
  file(at: string, content: string | Uint8Array, modifiedMs = NOW): this {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    this.#files.set(path.posix.resolve(HOME, at), { bytes, modifiedMs });
    return this;
  }

  /** The file of a thread, by its path in the home, lies elsewhere, too: once more, or under a second name. */
  elsewhere(at: string, of: string, how: 'copy' | 'name' = 'copy'): this {
    this.#elsewhere.push({ at, of: `${HOME}/${of}`, how });
    return this;
  }

  without(at: string): this {
    this.#removed.add(path.posix.resolve(HOME, at));
    return this;
  }

  folder(at: string): this {
    this.#folders.add(at);
    return this;
  }

  /** What Git says of a working directory. */
  repository(at: string, facts: Partial<Repository> = {}): this {
    this.#repositories.set(at, {
      remotes: [],
      commits: [],
      notedAt: null,
      main: null,
      worktrees: [],
      ...facts,
    });
    return this.folder(`${at}/.git`);
  }

  noFolder(at: string): this {
    this.#folders.delete(at);
    return this;
  }

  /** SQL that is run on the state database at last. */
  state(...statements: string[]): this {
    this.#sql.push(...statements);
    return this;
  }

  noState(): this {
    this.#hasState = false;
    return this;
  }

  /** No database of the thread history, which Codex makes with the first paginated thread. */
  noHistory(): this {
    this.#hasHistory = false;
    return this;
  }

  /** Nothing can be read at this path. */
  trouble(
    at: string,
    code: Trouble['code'] = 'denied',
    why = 'this account may not read it',
  ): this {
    this.#troubles.set(path.posix.resolve(HOME, at), { code, why });
    return this;
  }

  /** Nobody answers about this path in time. */
  silence(at: string): this {
    this.#silent.add(at);
    return this;
  }

  codex(version: string, more: Partial<Codex> = {}): this {
    this.#codexes.push({
      path: `/opt/codex-${version}/codex`,
      foundBy: 'path',
      version,
      migrations: null,
      firstChecksum: null,
      ...more,
    });
    return this;
  }

  holder(holder: Partial<Holder>): this {
    this.#holders.push({
      pid: 4711,
      terminal: null,
      program: 'codex',
      files: [],
      deletedFiles: [],
      writesThreads: [],
      ...holder,
    });
    return this;
  }

  /** A lock that is kept; such as SQLite takes to write to a database with a log, where nothing else is said. */
  lock(lock: Partial<FileLock> = {}): this {
    this.#locks?.push({
      name: `lock ${String(this.#locks.length)}`,
      pid: 815,
      program: 'sqlitebrowser',
      terminal: null,
      file: `${HOME}/state_5.sqlite-shm`,
      isExclusive: true,
      first: 120,
      last: 120,
      ...lock,
    });
    return this;
  }

  /** As on a system that does not tell of locks. */
  noLocksTold(): this {
    this.#locks = null;
    return this;
  }

  filesystem(filesystem: Filesystem): this {
    this.#filesystem = filesystem;
    return this;
  }

  /** What lies in the person's state directory. */
  kept(name: string, value: object): this {
    this.#kept.set(name, JSON.stringify({ schemaVersion: 1, ...value }));
    return this;
  }

  /** A look at another host that uses this home. */
  sight(hostname: string, more: Partial<HostSight> = {}): this {
    this.#sights.push(sightOf(hostname, more));
    return this;
  }

  environment(name: string, value: string): this {
    this.#environment[name] = value;
    return this;
  }

  build(): BuiltHome {
    const files = new Map<string, MemoryFile>();
    const put = (at: string, text: string, modifiedMs = NOW - 3_600_000) =>
      files.set(`${HOME}/${at}`, { bytes: new TextEncoder().encode(text), modifiedMs });
    put('config.toml', this.#config);
    put('installation_id', '11111111-2222-4333-8444-555555555555');
    put('.personality_migration', 'v1\n');
    if (this.#names !== '') put('session_index.jsonl', this.#names);
    const made = this.#threads.map(([key, spec], index) => makeThread(key, spec, index));
    for (const { at, text, createdAtMs } of made)
      if (text !== null) put(at, text, createdAtMs + 5000);
    if (this.#hasState)
      files.set(`${HOME}/state_5.sqlite`, {
        bytes: madeState(
          made.map(({ row }) => row).filter(row => row !== null),
          this.#sql,
        ),
        modifiedMs: NOW - 3_600_000,
      });
    const paginated = made.filter(({ historyMode }) => historyMode === 'paginated');
    if (this.#hasHistory && paginated.length > 0)
      files.set(`${HOME}/thread_history_1.sqlite`, {
        bytes: madeHistory(paginated.flatMap(({ projected }) => projected ?? [])),
        modifiedMs: NOW - 3_600_000,
      });
    for (const { at, of, how } of this.#elsewhere) {
      const file = files.get(of);
      if (file !== undefined) files.set(at, how === 'copy' ? file : { ...file, alsoAt: of });
    }
    for (const [at, file] of this.#files) files.set(at, file);
    for (const at of this.#removed) files.delete(at);
    const keys = new Map(this.#threads.map(([key]) => [idOf(key), key]));
    return {
      files,
      world: createMemoryWorld({
        files,
        folders: this.#folders,
        troubles: this.#troubles,
        silent: this.#silent,
        repositories: this.#repositories,
        codexes: this.#codexes,
        holders: this.#holders,
        locks: this.#locks,
        filesystem: this.#filesystem,
        environment: this.#environment,
        kept: this.#kept,
        nowMs: NOW,
      }),
      sights: this.#sights,
      keyOf: text => [...keys].reduce((result, [id, key]) => result.replaceAll(id, key), text),
    };
  }
}

export function sightOf(hostname: string, more: Partial<HostSight> = {}): HostSight {
  return {
    alias: hostname,
    takenAtMs: NOW,
    by: 'node',
    machine: { hostname, machine: `digest of ${hostname}`, system: 'linux', user: 'ada' },
    homes: [],
    sharing: { answer: 'yes', because: ['All 4 state files that both have are the same files.'] },
    servers: [],
    codexes: [],
    starts: [],
    paths: {},
    holders: [],
    snapshot: null,
    gaps: [],
    ...more,
  };
}

interface MadeThread {
  readonly at: string;
  readonly text: string | null;
  readonly row: Cells | null;
  readonly createdAtMs: number;
  readonly historyMode: ThreadFacts['mode'];
  /** What the history database calls it; null when it does not know it. */
  readonly projected: string | null;
}

function makeThread(key: string, spec: ThreadSpec, index: number): MadeThread {
  const id = idOf(key);
  const createdAtMs = NOW - (spec.age ?? 60 + index) * 60_000;
  const iso = new Date(createdAtMs).toISOString();
  const stamp = iso.slice(0, 19).replaceAll(':', '-');
  const folder =
    spec.archived === true
      ? 'archived_sessions'
      : `sessions/${iso.slice(0, 10).replaceAll('-', '/')}`;
  const at = spec.at ?? `${folder}/rollout-${stamp}-${id}.jsonl`;
  const prompt = spec.prompt === undefined ? `please do ${key}` : spec.prompt;
  const facts = {
    id,
    iso,
    prompt,
    cwd: spec.cwd ?? PROJECT,
    provider: spec.provider ?? 'mock',
    source: spec.source ?? 'vscode',
    mode: spec.mode ?? 'paginated',
  };
  const lines = linesOf(facts, spec);
  const text = `${lines.map(line => JSON.stringify(line)).join('\n')}\n`;
  return {
    at,
    createdAtMs,
    text: spec.file === false ? null : (spec.text?.(text) ?? text),
    row: spec.row === false ? null : { ...rowOf(facts, spec, at, createdAtMs), ...spec.row },
    historyMode: facts.mode,
    projected: spec.projected === false ? null : id,
  };
}

interface ThreadFacts {
  readonly id: string;
  readonly iso: string;
  readonly prompt: string | null;
  readonly cwd: string;
  readonly provider: string;
  readonly source: unknown;
  readonly mode: 'legacy' | 'paginated';
}

function linesOf(facts: ThreadFacts, spec: ThreadSpec): readonly Line[] {
  const { id, iso, cwd, provider, source, mode, prompt } = facts;
  const meta: Record<string, unknown> = {
    session_id: id,
    id,
    timestamp: iso,
    cwd,
    originator: 'test',
    cli_version: '0.169.0',
    source,
    model_provider: provider,
    base_instructions: { text: 'Be "kind".\nBe brief.' },
    ...(mode === 'paginated' ? { history_mode: 'paginated' } : {}),
    ...spec.header,
  };
  const settings = { thread_settings: { model_provider_id: provider, cwd } };
  const lines: Line[] = [
    { type: 'session_meta', payload: meta },
    { type: 'event_msg', payload: { type: 'task_started' } },
    { type: 'event_msg', payload: { type: 'thread_settings_applied', ...settings } },
    { type: 'turn_context', payload: { cwd } },
    ...(prompt === null ? [] : [messageLine(facts, prompt)]),
    { type: 'event_msg', payload: { type: 'task_complete' } },
    ...(spec.more ?? []),
  ];
  return lines.map((line, ordinal) => ({
    timestamp: iso,
    ...(mode === 'paginated' ? { ordinal } : {}),
    ...line,
  }));
}

/** With all that Codex wants of such a line: else it does not find the message. */
function messageLine({ id, iso, mode }: ThreadFacts, prompt: string): Line {
  if (mode === 'legacy')
    return { type: 'event_msg', payload: { type: 'user_message', message: prompt } };
  const text = { type: 'text', text: prompt, text_elements: [] };
  const at = Date.parse(iso);
  return {
    type: 'event_msg',
    payload: {
      type: 'item_completed',
      thread_id: id,
      turn_id: id,
      item: { type: 'UserMessage', id: 'm', content: [text] },
      started_at_ms: at,
      completed_at_ms: at,
    },
  };
}

function rowOf(facts: ThreadFacts, spec: ThreadSpec, at: string, createdAtMs: number): Cells {
  const seconds = Math.floor(createdAtMs / 1000);
  const prompt = facts.prompt ?? '';
  return {
    id: facts.id,
    rollout_path: `${HOME}/${at}`,
    created_at: seconds,
    created_at_ms: createdAtMs,
    updated_at: seconds + 5,
    updated_at_ms: createdAtMs + 5000,
    source: typeof facts.source === 'string' ? facts.source : JSON.stringify(facts.source),
    model_provider: facts.provider,
    cwd: facts.cwd,
    title: prompt,
    preview: prompt,
    first_user_message: prompt,
    sandbox_policy: '{"type":"read-only"}',
    approval_mode: 'on-request',
    archived: spec.archived === true ? 1 : 0,
    archived_at: spec.archived === true ? seconds + 9 : null,
    cli_version: '0.169.0',
    history_mode: facts.mode,
  };
}
