// What changes files and databases. Each answer comes when the change is on the disk itself, so that
// after a power cut there is never less than was said.

import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Hands, Rewriting, Unpacking, Writing } from '../engine/hands.ts';
import { BESIDE } from '../engine/hands.ts';
import { createAppServers } from './appServer.ts';
import { createDatabaseWriter } from './databaseWriter.ts';
import { readUnpacked } from './digest.ts';
import { inMilliseconds } from './files.ts';
import { plainly } from './hindrances.ts';

const PIECE_BYTES = 1024 * 1024;

/** Folders and files of ours hold what people wrote: they are for this account only. */
const OUR_FOLDER = 0o700;
const OUR_FILE = 0o600;

export function createHands(): Hands {
  const databases = createDatabaseWriter();
  return {
    whyNot: databases.whyNot,
    transact: databases.transact,
    lock: databases.lock,
    appServers: createAppServers(),
    unique: () => crypto.randomBytes(2).toString('hex'),
    makeFolder: plainly(async folder => makeFolder(folder)),
    create: plainly(async (file, bytes, modifiedMs) => {
      refuseToReplace(file);
      writeBeside(file, null, modifiedMs, handle => writeFully(handle, bytes, null));
    }),
    append: plainly(async (file, bytes) => append(file, bytes)),
    write: plainly(async (file, writing) => writeInPlace(file, writing)),
    rewrite: plainly(async (file, rewriting) => rewrite(file, rewriting)),
    move: (from, to) => plainly(async () => moveFile(from, to))(to),
    link: (file, name) =>
      plainly(async () => {
        fs.linkSync(file, name);
        syncFolder(path.dirname(name));
      })(file),
    unpack: (packed, file, expected) => plainly(() => unpackFile(packed, file, expected))(file),
    removeOwn: plainly(async file => {
      if (!fs.existsSync(file)) return;
      fs.unlinkSync(file);
      syncFolder(path.dirname(file));
    }),
    renameOwnFolder: plainly(async (from, to) => {
      refuseToReplace(to);
      fs.renameSync(from, to);
      syncFolder(path.dirname(to));
      syncFolder(path.dirname(from));
    }),
    removeOwnFolder: plainly(async (within, name) => removeFolder(within, name)),
    setTime: plainly(async (file, modifiedMs) => {
      writeInPlace(file, { pieces: [], cutTo: null, modifiedMs });
    }),
  };
}

function makeFolder(folder: string): void {
  if (fs.existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  fs.mkdirSync(folder, { mode: OUR_FOLDER });
  syncFolder(path.dirname(folder));
}

function append(file: string, bytes: Uint8Array): void {
  const handle = fs.openSync(file, 'a', OUR_FILE);
  closing(handle, () => {
    writeFully(handle, bytes, null);
    fs.fsyncSync(handle);
  });
}

function writeInPlace(file: string, { pieces, cutTo, modifiedMs }: Writing): void {
  const handle = fs.openSync(file, 'r+');
  closing(handle, () => {
    for (const { at, bytes } of pieces) writeFully(handle, bytes, at);
    if (cutTo !== null) fs.ftruncateSync(handle, cutTo);
    setTime(handle, modifiedMs);
    fs.fsyncSync(handle);
  });
}

function rewrite(file: string, { pieces, modifiedMs }: Rewriting): void {
  const source = fs.openSync(file, 'r');
  closing(source, () => {
    const like = fs.fstatSync(source);
    writeBeside(file, like, modifiedMs, target => {
      for (const piece of pieces)
        if (piece instanceof Uint8Array) writeFully(target, piece, null);
        else copyPart(source, target, piece.from, piece.to ?? like.size);
    });
  });
}

/** Writes a file under another name, and puts it in place when it is whole; ours when it is like none. */
function writeBeside(
  file: string,
  like: fs.Stats | null,
  modifiedMs: number | null,
  write: (handle: number) => void,
): void {
  const beside = file + BESIDE;
  // One that is there was left by a stop; nobody else uses this name.
  const handle = fs.openSync(beside, 'w', OUR_FILE);
  closing(handle, () => {
    write(handle);
    if (like !== null) giveRights(handle, like);
    if (modifiedMs !== null) setTime(handle, modifiedMs);
    fs.fsyncSync(handle);
  });
  fs.renameSync(beside, file);
  syncFolder(path.dirname(file));
}

/** Who repairs as root must not take the files of a person away from them. */
function giveRights(handle: number, { mode, uid, gid }: fs.Stats): void {
  const own = fs.fstatSync(handle);
  if (own.uid !== uid || own.gid !== gid) fs.fchownSync(handle, uid, gid);
  fs.fchmodSync(handle, mode & 0o7777);
}

function moveFile(from: string, to: string): void {
  refuseToReplace(to);
  try {
    fs.renameSync(from, to);
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error;
    moveToOtherDisk(from, to);
  }
  syncFolder(path.dirname(to));
  syncFolder(path.dirname(from));
}

function removeFolder(within: string, name: string): void {
  if (name === '' || name === '.' || name === '..' || /[/\\]/.test(name))
    throw new Error(`"${name}" is no name of a folder in ${within}`);
  const folder = path.join(within, name);
  if (!fs.lstatSync(folder).isDirectory()) throw new Error(`${folder} is no folder`);
  fs.rmSync(folder, { recursive: true });
  syncFolder(within);
}

/** What goes to another disk is compared with what arrived before it goes from here. */
function moveToOtherDisk(from: string, to: string): void {
  const source = fs.openSync(from, 'r');
  closing(source, () => {
    const like = fs.fstatSync(source);
    const { mtimeNs } = fs.fstatSync(source, { bigint: true });
    writeBeside(to, like, inMilliseconds(mtimeNs), target => {
      copyPart(source, target, 0, like.size);
      if (fs.fstatSync(source).size !== like.size)
        throw new Error(`${from} grew while it was moved`);
    });
    const arrived = fs.openSync(to, 'r');
    closing(arrived, () => {
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
    fs.fsyncSync(handle);
  } catch (error) {
    fs.unlinkSync(beside);
    throw error;
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(beside, file);
  syncFolder(path.dirname(file));
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
function syncFolder(folder: string): void {
  // Windows has no such thing, and writes names through.
  if (process.platform === 'win32') return;
  const handle = fs.openSync(folder, 'r');
  closing(handle, () => fs.fsyncSync(handle));
}

function closing(handle: number, work: () => void): void {
  try {
    work();
  } finally {
    fs.closeSync(handle);
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
