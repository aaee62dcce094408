// What earlier scans have learnt: one small file for each key, in the person's state directory.
// All of it may be lost at any time, so every failure means that nothing is remembered.

import crypto from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Memory } from '../engine/world.ts';
import { liesInAHome } from './insideHome.ts';
import type { Reach } from './reach.ts';

export interface NodeMemory extends Memory {
  /** What shall be remembered is written down then. */
  settled(): Promise<void>;
}

export interface MemoryOptions {
  /** Null where the system gives no such place. */
  readonly folder: string | null;
  /** The homes that are being scanned: nothing is ever written into one. */
  readonly homes: () => readonly string[];
  readonly reach: Reach;
  readonly maxBytes?: number;
}

export function createMemory(options: MemoryOptions): NodeMemory {
  const { folder, homes, reach, maxBytes = 128 * 1024 * 1024 } = options;
  const attempt = async <T>(action: (folder: string) => Promise<T>): Promise<T | null> => {
    try {
      if (folder === null || (await liesInAHome(folder, homes(), reach)) !== false) return null;
      return await action(folder);
    } catch {
      return null;
    }
  };
  // Nobody may be waiting for it, so that it must never be rejected.
  const write = async (key: string, text: string) => {
    if (text.length > maxBytes) return;
    await attempt(async at => {
      const bytes = Buffer.from(`${JSON.stringify(key)}\n${String(text.length)}\n${text}`);
      if (bytes.length > maxBytes) return;
      await replace(at, fileOf(at, key), bytes);
      await dropOldest(at, maxBytes, fileOf(at, key));
    });
  };
  let writing = Promise.resolve();
  return {
    recall: key => attempt(async at => textOf(await fs.readFile(fileOf(at, key)), key)),
    remember: (key, text) => {
      const written = write(key, text);
      writing = Promise.all([writing, written]).then(() => undefined);
      return written;
    },
    settled: () => writing,
  };
}

/** Keys hold paths, which are neither short nor free of signs that a file name may not have. */
function fileOf(folder: string, key: string): string {
  return path.join(folder, `${crypto.createHash('sha256').update(key).digest('hex')}.txt`);
}

/** The head names the key and the length, so that a file cut short by a crash is not believed. */
function textOf(bytes: Buffer, key: string): string | null {
  const [head = '', length = '', ...rest] = bytes.toString('utf8').split('\n');
  const text = rest.join('\n');
  return head === JSON.stringify(key) && length === String(text.length) ? text : null;
}

async function replace(folder: string, file: string, bytes: Buffer): Promise<void> {
  await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${crypto.randomUUID()}.new`;
  try {
    await fs.writeFile(unfinished, bytes, { flag: 'wx', mode: 0o600 });
    await fs.rename(unfinished, file);
  } catch (error) {
    await fs.rm(unfinished, { force: true });
    throw error;
  }
}

/** Also takes away what a killed process of ours has left unfinished, once it is old. */
async function dropOldest(folder: string, maxBytes: number, kept: string): Promise<void> {
  const files = [];
  for (const name of await fs.readdir(folder)) {
    if (!/^[0-9a-f]{64}\.txt/.test(name)) continue;
    const file = path.join(folder, name);
    const stats = await fs.stat(file).catch(() => null);
    if (stats !== null) files.push({ file, bytes: stats.size, modifiedMs: stats.mtimeMs });
  }
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { file, bytes } of files.sort((one, other) => one.modifiedMs - other.modifiedMs)) {
    if (total <= maxBytes) return;
    if (file === kept) continue;
    await fs.rm(file, { force: true });
    total -= bytes;
  }
}
