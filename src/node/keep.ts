// What a person decided, in files of their state directory. It is replaced by renaming, so that a
// stop in the middle leaves what was kept before; and it never lies in a Codex home.

import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Keep, Read, Trouble } from '../engine/world.ts';
import { troubleOf } from './reading.ts';

/** `folder` is the person's state directory; null where the system gives no such place. */
export function createKeep(folder: string | null): Keep {
  if (folder === null)
    return { read: () => nowhere(), list: () => nowhere(), write: () => nowhere() };
  return {
    read: name => Promise.resolve(readKept(path.join(folder, name))),
    list: name => Promise.resolve(listKept(path.join(folder, name))),
    write: (name, text, outsideOf) => {
      const home = outsideOf.find(one => isInside(folder, one));
      const trouble: Trouble | null =
        home === undefined ? null : { code: 'denied', why: `it lies in the Codex home ${home}` };
      return Promise.resolve(
        trouble === null
          ? replace(path.join(folder, name), text)
          : { ok: false, trouble: at(folder, trouble) },
      );
    },
  };
}

/** For a host where nothing is kept, and nothing is missed. */
export const NOTHING_KEPT: Keep = {
  read: () => Promise.resolve({ ok: true, value: null }),
  list: () => Promise.resolve({ ok: true, value: [] }),
  write: () => nowhere(),
};

function nowhere(): Promise<{ readonly ok: false; readonly trouble: Trouble }> {
  const why = 'this system does not say where programs may keep what they know';
  return Promise.resolve({ ok: false, trouble: { code: 'missing', why } });
}

function readKept(file: string): Read<string | null> {
  try {
    return { ok: true, value: fs.readFileSync(file, 'utf8') };
  } catch (error) {
    const trouble = troubleOf(error);
    return trouble.code === 'missing'
      ? { ok: true, value: null }
      : { ok: false, trouble: at(file, trouble) };
  }
}

function listKept(folder: string): Read<readonly string[]> {
  try {
    return { ok: true, value: fs.readdirSync(folder).sort() };
  } catch (error) {
    const trouble = troubleOf(error);
    return trouble.code === 'missing'
      ? { ok: true, value: [] }
      : { ok: false, trouble: at(folder, trouble) };
  }
}

function replace(file: string, text: string): Read<void> {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const fresh = `${file}.${crypto.randomUUID()}`;
    const handle = fs.openSync(fresh, 'wx', 0o600);
    try {
      writeDown(handle, text);
      fs.renameSync(fresh, file);
    } catch (error) {
      fs.rmSync(fresh, { force: true });
      throw error;
    }
    return { ok: true, value: undefined };
  } catch (error) {
    return { ok: false, trouble: at(file, troubleOfWriting(error)) };
  }
}

/** On the disk itself: what is renamed before it is there would be empty after a power cut. */
function writeDown(handle: number, text: string): void {
  try {
    fs.writeFileSync(handle, text);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

function troubleOfWriting(error: unknown): Trouble {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return { code: 'denied', why: 'this account may not write there' };
    case 'EROFS':
      return { code: 'denied', why: 'the file system can only be read' };
    case 'ENOSPC':
    case 'EDQUOT':
      return { code: 'broken', why: 'there is no room left' };
    default:
      return troubleOf(error);
  }
}

/** These files are not in the home, so that nobody knows where they are unless they are named. */
function at(file: string, { code, why }: Trouble): Trouble {
  return { code, why: `${file}: ${why}` };
}

/** Whether a path lies in a folder or is it, behind all links. */
export function isInside(inner: string, folder: string): boolean {
  const relative = path.relative(realPath(folder), realPath(inner));
  const leaves = relative === '..' || relative.startsWith(`..${path.sep}`);
  return !leaves && !path.isAbsolute(relative);
}

/** The path without links, as far as it exists. */
function realPath(file: string): string {
  const whole = path.resolve(file);
  try {
    return fs.realpathSync(whole);
  } catch {
    const parent = path.dirname(whole);
    return parent === whole ? whole : path.join(realPath(parent), path.basename(whole));
  }
}
