// What Git says of a working directory, from a few small files: nothing is run, and nothing is opened but
// plain files, so that neither a hook nor a pipe in the place of a file can hold us up.

import fs from 'node:fs/promises';
import path from 'node:path';
import type { Repository } from '../engine/model/closerLook.ts';

/** Far more than any of these files has in earnest. */
const MOST_BYTES = 256 * 1024;
const MOST_WORKTREES = 50;
const MOST_PACKS = 64;
const COMMIT = /^[0-9a-f]{40}$/;

/** Null where there is none, or where it cannot be read. */
export async function readRepository(
  folder: string,
  commits: readonly string[],
): Promise<Repository | null> {
  const own = await gitFolderOf(folder);
  const head = own === null ? null : await readText(path.join(own, 'HEAD'));
  if (own === null || head === null) return null;
  const shared = await readText(path.join(own, 'commondir'));
  const common = shared === null ? own : path.resolve(own, shared.trim());
  const config = await readText(path.join(common, 'config'));
  if (config === null) return null;
  return {
    remotes: remotesIn(config),
    commits: await commitsIn(path.join(common, 'objects'), commits),
    notedAt: shared === null ? null : await notedPlace(own),
    main: shared !== null && path.basename(common) === '.git' ? path.dirname(common) : null,
    worktrees: await worktreesOf(common),
  };
}

/** A worktree, and a submodule, has a file that says where the rest is. */
async function gitFolderOf(folder: string): Promise<string | null> {
  const git = path.join(folder, '.git');
  const stats = await fs.stat(git).catch(() => null);
  if (stats === null) return null;
  if (stats.isDirectory()) return git;
  const [, at] = /^gitdir: (.+?)\r?\n?$/.exec((await readText(git)) ?? '') ?? [];
  return at === undefined ? null : path.resolve(folder, at);
}

/** Where the worktree of this folder is, as Git has noted it. */
async function notedPlace(gitFolder: string): Promise<string | null> {
  const noted = (await readText(path.join(gitFolder, 'gitdir')))?.trim() ?? '';
  return noted === '' ? null : path.dirname(path.resolve(gitFolder, noted));
}

async function worktreesOf(common: string): Promise<readonly string[]> {
  const folder = path.join(common, 'worktrees');
  const names = await fs.readdir(folder).catch(() => []);
  const places = names.slice(0, MOST_WORKTREES).map(name => notedPlace(path.join(folder, name)));
  return (await Promise.all(places)).filter(place => place !== null);
}

function remotesIn(config: string): readonly string[] {
  const remotes: string[] = [];
  let isRemote = false;
  for (const line of config.split('\n')) {
    const [, section] = /^\s*\[\s*([^\s\]"]+)/.exec(line) ?? [];
    if (section !== undefined) isRemote = section.toLowerCase() === 'remote';
    const [, url] = /^\s*url\s*=\s*(.*?)\s*$/i.exec(line) ?? [];
    if (isRemote && url !== undefined) remotes.push(url.replace(/^"(.*)"$/, '$1'));
  }
  return remotes;
}

async function commitsIn(objects: string, wanted: readonly string[]): Promise<readonly string[]> {
  const known = wanted.filter(one => COMMIT.test(one));
  const found = new Set<string>();
  for (const commit of known) {
    const loose = path.join(objects, commit.slice(0, 2), commit.slice(2));
    if ((await fs.stat(loose).catch(() => null))?.isFile() === true) found.add(commit);
  }
  for (const index of await packsIn(path.join(objects, 'pack'))) {
    const missing = known.filter(commit => !found.has(commit));
    if (missing.length === 0) break;
    for (const commit of await packedIn(index, missing).catch(() => [])) found.add(commit);
  }
  return known.filter(commit => found.has(commit));
}

async function packsIn(folder: string): Promise<readonly string[]> {
  const names = await fs.readdir(folder).catch(() => []);
  const indexes = names.filter(name => name.endsWith('.idx')).slice(0, MOST_PACKS);
  return indexes.map(name => path.join(folder, name));
}

/** `\377tOc`, version 2, how many names begin with at most each byte, and then the names in order. */
const MARK = 0xff744f63;
const FAN_OUT_AT = 8;
const NAMES_AT = FAN_OUT_AT + 256 * 4;
const NAME_BYTES = 20;

/** The index of a pack has all names in order, so that a few reads find one or its absence. */
async function packedIn(index: string, commits: readonly string[]): Promise<readonly string[]> {
  if (!(await isPlainFile(index))) return [];
  const file = await fs.open(index, 'r');
  try {
    const read: Read = async (at, length) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
      return buffer.subarray(0, bytesRead);
    };
    const start = await read(0, NAMES_AT);
    if (start.length < NAMES_AT || start.readUInt32BE(0) !== MARK) return [];
    const found: string[] = [];
    for (const commit of commits) if (await isNamed(commit, start, read)) found.push(commit);
    return found;
  } finally {
    await file.close();
  }
}

type Read = (at: number, length: number) => Promise<Buffer>;

async function isNamed(commit: string, start: Buffer, read: Read): Promise<boolean> {
  const name = Buffer.from(commit, 'hex');
  const [first = 0] = name;
  const upTo = (byte: number) => (byte < 0 ? 0 : start.readUInt32BE(FAN_OUT_AT + byte * 4));
  let [low, high] = [upTo(first - 1), upTo(first)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const order = name.compare(await read(NAMES_AT + middle * NAME_BYTES, NAME_BYTES));
    if (order === 0) return true;
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return false;
}

/** Null for what is no small plain file. */
async function readText(file: string): Promise<string | null> {
  if (!(await isPlainFile(file))) return null;
  return fs.readFile(file, 'utf8').catch(() => null);
}

async function isPlainFile(file: string): Promise<boolean> {
  const stats = await fs.stat(file).catch(() => null);
  if (stats?.isFile() !== true) return false;
  return file.endsWith('.idx') || stats.size <= MOST_BYTES;
}
