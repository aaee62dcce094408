// What Codex has written into its own log about hosts. An app server from 0.142 on notes under which host
// name it runs (`server_name`), and each of its notes about a thread that it has loaded names the process
// that made it; the two are joined. Lists, reads and new names load no thread and leave no such note.

import type { LoggedThread } from '../model/host.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import type { Cell, Table, World } from '../world.ts';
import { signatureOf, type DatabaseSignature } from './databases/databaseMemory.ts';

/** A log that is larger is not read for this: that must cost a scan next to nothing. */
const LOG_BYTES = 64 * 1024 * 1024;
/** A log that is being written is read again after so long, and not with every look. */
const AGAIN_MS = 60_000;
/** Another number whenever it is read in another way than before. */
const FORMAT = 1;

export type ReadLog =
  | { readonly ok: true; readonly threads: readonly LoggedThread[] }
  | { readonly ok: false; readonly why: string };

/** Only the transport notes the name. What people and models say may stand in any other note. */
const NAMES = `SELECT process_uuid, feedback_log_body FROM logs
  WHERE thread_id IS NULL AND level = 'INFO' AND process_uuid IS NOT NULL
  AND target GLOB 'codex_app_server_transport::transport::remote_control*'
  AND feedback_log_body LIKE '% server_name=%'`;
const THREADS = `SELECT process_uuid, thread_id, min(ts), max(ts) FROM logs
  WHERE thread_id IS NOT NULL AND process_uuid IS NOT NULL GROUP BY process_uuid, thread_id`;
/** Servers that this program started: that it looked after a thread says nothing about whose it is. */
const OURS = `SELECT DISTINCT process_uuid FROM logs
  WHERE feedback_log_body LIKE 'app_server.request{%app_server.client_name="codex-session-health"%'`;

interface KnownLog {
  readonly signature: DatabaseSignature;
  readonly atMs: number;
  readonly read: ReadLog;
}

/** What is known of logs between two looks. */
export class StandingLogs {
  readonly #known = new Map<FilePath, KnownLog>();

  async read(world: World, homeKey: string, file: FilePath): Promise<ReadLog> {
    const signature = await signatureOf(world.files, file, world.now());
    const known = this.#known.get(file);
    const isSame = signature !== null && known?.signature === signature;
    const isFresh = known !== undefined && Math.abs(world.now() - known.atMs) < AGAIN_MS;
    if (known !== undefined && (isSame || isFresh)) return known.read;
    const atMs = world.now();
    const read = await recallOrRead(world, homeKey, file, signature);
    this.#known.set(file, { signature, atMs, read });
    return read;
  }
}

async function recallOrRead(
  world: World,
  homeKey: string,
  file: FilePath,
  signature: DatabaseSignature,
): Promise<ReadLog> {
  const key = `codex-log-${homeKey}-${file}`;
  const about = JSON.stringify([FORMAT, file, signature]);
  const known = signature === null ? null : parse(await world.memory.recall(key));
  if (known?.about === about) return { ok: true, threads: known.threads };
  const read = await readCodexLog(world, file);
  if (read.ok && signature !== null)
    void world.memory.remember(key, JSON.stringify({ about, threads: read.threads }));
  return read;
}

function parse(text: string | null): { about: string; threads: readonly LoggedThread[] } | null {
  try {
    return JSON.parse(text ?? 'null') as { about: string; threads: readonly LoggedThread[] } | null;
  } catch {
    return null;
  }
}

async function readCodexLog(world: World, file: FilePath): Promise<ReadLog> {
  const opened = await world.databases.open(file, LOG_BYTES);
  if (!opened.ok) {
    const isLarge = opened.trouble.code === 'too-large';
    const why = isLarge ? 'it is too large to be searched for hosts' : opened.trouble.why;
    return { ok: false, why };
  }
  try {
    const [names, threads, ours] = await opened.value.ask([NAMES, THREADS, OURS]);
    // A log of another form says nothing about hosts; what is wrong with it is for others to say.
    return { ok: true, threads: joined(rowsOf(names), rowsOf(threads), rowsOf(ours)) };
  } finally {
    opened.value.close();
  }
}

function rowsOf(table: Table | undefined): readonly (readonly Cell[])[] {
  return table?.ok === true ? table.rows : [];
}

type Rows = readonly (readonly Cell[])[];

/** What several logs say of one thread and host is one thing. */
export function mergeLogs(logs: readonly (readonly LoggedThread[])[]): readonly LoggedThread[] {
  const found = new Map<string, LoggedThread>();
  for (const one of logs.flat()) {
    const key = JSON.stringify([one.thread, one.host]);
    const known = found.get(key) ?? one;
    const firstMs = Math.min(known.firstMs, one.firstMs);
    found.set(key, { ...one, firstMs, lastMs: Math.max(known.lastMs, one.lastMs) });
  }
  return [...found.values()].sort(
    (one, other) => one.firstMs - other.firstMs || (one.thread < other.thread ? -1 : 1),
  );
}

function joined(names: Rows, threads: Rows, ours: Rows): readonly LoggedThread[] {
  const own = new Set(ours.map(([process]) => process));
  const hosts = new Map<Cell | undefined, string>();
  for (const [process, body] of names) {
    const host = / server_name=(\S+)/.exec(String(body))?.[1];
    if (host !== undefined && !own.has(process ?? null)) hosts.set(process, host);
  }
  const found: LoggedThread[] = [];
  for (const [process, thread, first, last] of threads) {
    const host = hosts.get(process);
    if (host === undefined || typeof thread !== 'string') continue;
    const id: ThreadId = thread.toLowerCase();
    found.push({ thread: id, host, firstMs: Number(first) * 1000, lastMs: Number(last) * 1000 });
  }
  return mergeLogs([found]);
}
