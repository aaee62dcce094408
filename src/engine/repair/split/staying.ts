// What in a home is nobody's: what every Codex makes there by itself. Of a shared home the rest that goes to no
// host is named, from names alone; and a folder in which there is nothing else is as good as an empty one.

import { folderOfLog } from '../../checks/judging/databasesInUse.ts';
import { join } from '../../checks/words.ts';
import { lastName } from '../../model/paths.ts';
import type { FilePath, HomePath } from '../../model/words.ts';
import { isOfLogDir } from '../../scan/layout.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Files, Read, Tree, World } from '../../world.ts';

/** Told for its own: conversations, and what is known of them. */
const OF_THREADS = /^(?:sessions|archived_sessions|session_index\.jsonl|.*\.sqlite(?:-wal|-shm)?)$/;

/** What every home gets by itself with its first Codex, and what nobody misses: seen in 0.142, 0.160 and 0.169. */
const MADE_ANEW = new Set([
  ...['installation_id', 'version.json', 'models_cache.json', 'cache', 'tmp', '.tmp'],
  ...['thread-writer-locks', 'app-server-control', 'app-server-daemon', 'mcp-oauth-locks'],
]);
/** Every Codex makes these anew, and sets them right when it starts. */
export const SYSTEM_SKILLS = 'skills/.system/';
const OURS = 'session-health';
/** Without a conversation there they serve nobody. */
const OF_SHELLS = 'shell_snapshots';

/** `isTaken`: it is shared with the new homes. */
export function namesThatStay(
  names: readonly string[],
  isTaken: (name: string) => boolean,
): readonly string[] {
  return names
    .filter(name => !OF_THREADS.test(name) && !isMadeAnew(name) && name !== OURS)
    .filter(name => !isTaken(name))
    .toSorted();
}

function isMadeAnew(name: string): boolean {
  return MADE_ANEW.has(name) || name.endsWith('.lock');
}

/**
 * The first thing in a folder that is somebody's; null where there is none, as in a home that a split has made
 * and that was taken back: its databases went into the vault, and so no Codex runs with it.
 */
export async function somethingIn(
  { files, machine }: World,
  folder: FilePath,
): Promise<Read<string | null>> {
  const listed = await files.list(folder);
  if (!listed.ok) return listed.trouble.code === 'missing' ? { ok: true, value: null } : listed;
  for (const { path, kind } of listed.value) {
    if (isMadeAnew(path) || path === OF_SHELLS) continue;
    if (kind !== 'folder') return { ok: true, value: path };
    const { entries, troubles } = await everythingIn(files, machine.join(folder, path));
    const file = entries.find(one => one.kind !== 'folder' && !isOfNobody(`${path}/${one.path}`));
    if (file !== undefined) return { ok: true, value: `${path}/${file.path}` };
    if (troubles[0] !== undefined) return { ok: false, trouble: troubles[0].trouble };
  }
  return { ok: true, value: null };
}

/** Where log_dir is relative it lies in each home; and every Codex brings some skills of its own. */
function isOfNobody(path: HomePath): boolean {
  const isLog = isOfLogDir(lastName(path)) && !/^(?:archived_)?sessions\//.test(path);
  return isLog || path.startsWith(SYSTEM_SKILLS);
}

async function everythingIn(files: Files, folder: FilePath): Promise<Tree> {
  const tree = await files.tree(folder);
  return tree.ok
    ? tree.value
    : { entries: [], troubles: [{ path: folder, trouble: tree.trouble }] };
}

/**
 * What is relative lies in each home. A copy of config.toml is not changed for this: what is in it is the
 * person's, and nobody but them is to write there.
 */
export function saySharedLog(snapshot: Snapshot): string {
  const folder = folderOfSharedLog(snapshot);
  if (folder === null) return '';
  return `One log stays shared: because of log_dir in config.toml, Codex from 0.169 on keeps the database of its log in ${folder}, whatever its home is. Hosts that share that folder can damage it, though no conversation is in it. A path without / or ~ at its beginning (log_dir = "log") is a folder in each home.`;
}

/** Null where no log is shared by the homes of a split. */
export function folderOfSharedLog(snapshot: Snapshot): FilePath | null {
  return /^[/~]/.test(snapshot.config.logDir ?? '') ? folderOfLog(snapshot) : null;
}

const MEANING: Readonly<Record<string, string>> = {
  'history.jsonl': 'what was typed before',
  memories: 'what Codex has noted for itself',
  [OF_SHELLS]: 'how shells were set up',
};

/** More names would be read by nobody. */
const MOST_NAMED = 12;

/** Empty where nothing stays. */
export function sayStaying(names: readonly string[], home: FilePath): string {
  if (names.length === 0) return '';
  const named = names
    .slice(0, MOST_NAMED)
    .map(name => (Object.hasOwn(MEANING, name) ? `${name} (${MEANING[name] ?? ''})` : name));
  const rest = names.length - named.length;
  const all = join(rest > 0 ? [...named, `${String(rest)} more`] : named);
  return `In ${home} stays what belongs to no host alone, besides the conversations that do not go: ${all}. The new homes begin without it; none of it is lost, and a machine that is not named here goes on with it.`;
}
