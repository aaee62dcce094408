// What changes files and databases. Each answer comes when the change is on the disk itself, so that
// after a power cut there is never less than was said.

import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { AppServers, Hands, Rewriting, Unpacking, Writing } from '../engine/hands.ts';
import { BESIDE } from '../engine/hands.ts';
import { createDatabaseWriter } from './databaseWriter.ts';
import { readUnpacked } from './digest.ts';
import { inMilliseconds } from './reading.ts';
import { plainly } from './hindrances.ts';

const PIECE_BYTES = 1024 * 1024;

/** Folders and files of ours hold what people wrote: they are for this account only. */
const OUR_FOLDER = 0o700;
const OUR_FILE = 0o600;

/** Loaded when Codex is started, which a look never does: it would wait for what speaks to Codex. */
const appServers: AppServers = {
  start: async request => {
    const { createAppServers } = await import('./appServer.ts');
    return createAppServers().start(request);
  },
};

export function createHands(): Hands {
  const databases = createDatabaseWriter();
  return {
    whyNot: databases.whyNot,
    transact: databases.transact,
    lock: databases.lock,
    appServers,
    unique: () => crypto.randomBytes(2).toString('hex'),
    makeFolder: plainly(makeFolder),
    create: plainly(async (file, bytes, modifiedMs) => {
      refuseToReplace(file);
      await writeBeside(file, null, modifiedMs, handle => writeFully(handle, bytes, null));
    }),
    append: plainly(append),
    write: plainly(writeInPlace),
    rewrite: plainly(rewrite),
    move: (from, to) => plainly(() => moveFile(from, to))(to),
    link: (file, name) =>
      plainly(async () => {
        fs.linkSync(file, name);
        await syncFolder(path.dirname(name));
      })(file),
    linkTo: plainly(async (file, target) => {
      fs.symlinkSync(target, file);
      await syncFolder(path.dirname(file));
    }),
    copy: (from, to) => plainly(() => copyFile(from, to))(to),
    unpack: (packed, file, expected) => plainly(() => unpackFile(packed, file, expected))(file),
    removeOwn: plainly(async file => {
      // A link that leads nowhere is there as well.
      if (fs.lstatSync(file, { throwIfNoEntry: false }) === undefined) return;
      fs.unlinkSync(file);
      await syncFolder(path.dirname(file));
    }),
    renameOwnFolder: plainly(async (from, to) => {
      refuseToReplace(to);
      fs.renameSync(from, to);
      await syncFolder(path.dirname(to));
      await syncFolder(path.dirname(from));
    }),
    removeOwnFolder: plainly(removeFolder),
    setTime: plainly((file, modifiedMs) =>
      writeInPlace(file, { pieces: [], cutTo: null, modifiedMs }),
    ),
  };
}

async function makeFolder(folder: string): Promise<void> {
  if (fs.existsSync(folder)) return;
  await makeFolder(path.dirname(folder));
  try {
    fs.mkdirSync(folder, { mode: OUR_FOLDER });
  } catch (error) {
    // Another codex-health may have made it just now.
    if (!fs.existsSync(folder)) throw error;
  }
  await syncFolder(path.dirname(folder));
}

async function append(file: string, bytes: Uint8Array): Promise<void> {
  const handle = fs.openSync(file, 'a', OUR_FILE);
  await closing(handle, async () => {
    writeFully(handle, bytes, null);
    await sync(handle);
  });
}

async function writeInPlace(file: string, writing: Writing): Promise<void> {
  const { pieces, cutTo, modifiedMs } = writing;
  const handle = fs.openSync(file, 'r+');
  await closing(handle, async () => {
    for (const { at, bytes } of pieces) writeFully(handle, bytes, at);
    if (cutTo !== null) await truncate(handle, cutTo);
    setTime(handle, modifiedMs);
    await sync(handle);
  });
}

async function rewrite(file: string, { pieces, modifiedMs }: Rewriting): Promise<void> {
  const source = fs.openSync(file, 'r');
  await closing(source, async () => {
    const like = fs.fstatSync(source);
    await writeBeside(file, like, modifiedMs, target => {
      for (const piece of pieces)
        if (piece instanceof Uint8Array) writeFully(target, piece, null);
        else copyPart(source, target, piece.from, piece.to ?? like.size);
    });
  });
}

/** Writes a file under another name, and puts it in place when it is whole; ours when it is like none. */
async function writeBeside(
  file: string,
  like: fs.Stats | null,
  modifiedMs: number | null,
  write: (handle: number) => void,
): Promise<void> {
  const beside = file + BESIDE;
  // One that is there was left by a stop; nobody else uses this name.
  const handle = fs.openSync(beside, 'w', OUR_FILE);
  await closing(handle, async () => {
    write(handle);
    if (like !== null) giveRights(handle, like);
    if (modifiedMs !== null) setTime(handle, modifiedMs);
    await sync(handle);
  });
  fs.renameSync(beside, file);
  await syncFolder(path.dirname(file));
}

/** Who repairs as root must not take the files of a person away from them. */
function giveRights(handle: number, { mode, uid, gid }: fs.Stats): void {
  const own = fs.fstatSync(handle);
  if (own.uid !== uid || own.gid !== gid) fs.fchownSync(handle, uid, gid);
  fs.fchmodSync(handle, mode & 0o7777);
}

async function moveFile(from: string, to: string): Promise<void> {
  refuseToReplace(to);
  try {
    fs.renameSync(from, to);
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error;
    await moveToOtherDisk(from, to);
  }
  await syncFolder(path.dirname(to));
  await syncFolder(path.dirname(from));
}

async function copyFile(from: string, to: string): Promise<void> {
  refuseToReplace(to);
  const source = fs.openSync(from, 'r');
  await closing(source, async () => {
    const like = fs.fstatSync(source);
    const { mtimeNs } = fs.fstatSync(source, { bigint: true });
    await writeBeside(to, like, inMilliseconds(mtimeNs), target =>
      copyPart(source, target, 0, like.size),
    );
  });
}

async function removeFolder(within: string, name: string): Promise<void> {
  if (name === '' || name === '.' || name === '..' || /[/\\]/.test(name))
    throw new Error(`"${name}" is no name of a folder in ${within}`);
  const folder = path.join(within, name);
  if (!fs.lstatSync(folder).isDirectory()) throw new Error(`${folder} is no folder`);
  fs.rmSync(folder, { recursive: true });
  await syncFolder(within);
}

/** What goes to another disk is compared with what arrived before it goes from here. */
async function moveToOtherDisk(from: string, to: string): Promise<void> {
  const source = fs.openSync(from, 'r');
  await closing(source, async () => {
    const like = fs.fstatSync(source);
    const { mtimeNs } = fs.fstatSync(source, { bigint: true });
    await writeBeside(to, like, inMilliseconds(mtimeNs), target => {
      copyPart(source, target, 0, like.size);
      if (fs.fstatSync(source).size !== like.size)
        throw new Error(`${from} grew while it was moved`);
    });
    const arrived = fs.openSync(to, 'r');
    await closing(arrived, async () => {
      if (hashOf(source) !== hashOf(arrived))
        throw new Error(`${to} is not the same as ${from}, which stays where it is`);
    });
  });
  fs.unlinkSync(from);
}

/** Under another name until it is proven to be what was expected. */
async function unpackFile(packed: string, file: string, expected: Unpacking): Promise<void> {
  refuseToReplace(file);
  const beside = file + BESIDE;
  const like = fs.statSync(packed);
  const hash = crypto.createHash('sha256');
  let bytes = 0;
  const handle = fs.openSync(beside, 'w', OUR_FILE);
  try {
    await readUnpacked(packed, piece => {
      writeFully(handle, piece, null);
      hash.update(piece);
      bytes += piece.length;
    });
    const { sha256 } = expected;
    if (bytes !== expected.bytes || (sha256 !== null && hash.digest('hex') !== sha256))
      throw new Error(`${packed} does not hold what was expected`);
    giveRights(handle, like);
    setTime(handle, expected.modifiedMs);
    await sync(handle);
  } catch (error) {
    fs.unlinkSync(beside);
    throw error;
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(beside, file);
  await syncFolder(path.dirname(file));
}

function hashOf(handle: number): string {
  const hash = crypto.createHash('sha256');
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  let at = 0;
  for (;;) {
    const got = fs.readSync(handle, buffer, 0, buffer.length, at);
    if (got === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, got));
    at += got;
  }
}

function copyPart(source: number, target: number, from: number, to: number): void {
  const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, Math.max(1, to - from)));
  let at = from;
  while (at < to) {
    const got = fs.readSync(source, buffer, 0, Math.min(buffer.length, to - at), at);
    if (got === 0) throw new Error('the file became shorter while it was read');
    writeFully(target, buffer.subarray(0, got), null);
    at += got;
  }
}

function writeFully(handle: number, bytes: Uint8Array, at: number | null): void {
  let done = 0;
  while (done < bytes.length)
    done += fs.writeSync(handle, bytes, done, bytes.length - done, at === null ? null : at + done);
}

/** As a number: a `Date` would lose the microseconds, by which Codex sorts its lists. */
function setTime(handle: number, modifiedMs: number): void {
  // What is behind the microsecond is cut off, so that a number a hair too small would lose one.
  const seconds = (Math.round(modifiedMs * 1000) + 0.5) / 1e6;
  fs.futimesSync(handle, seconds, seconds);
}

function refuseToReplace(file: string): void {
  if (fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined)
    throw new Error(`there is already something at ${file}`);
}

/** A name is on the disk when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  // Windows has no such thing, and writes names through.
  if (process.platform === 'win32') return;
  const handle = fs.openSync(folder, 'r');
  await closing(handle, () => sync(handle));
}

/**
 * What is waited for beside others: a disk that is asked to keep many files at once keeps them in a few
 * strokes, and one after the other it takes a stroke for each.
 */
const sync = promisify(fs.fsync);
const truncate = promisify(fs.ftruncate);

async function closing(handle: number, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    fs.closeSync(handle);
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
