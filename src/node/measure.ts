// How much room the files below a path take. Each is looked at by its name, and none is opened.

import fs from 'node:fs';
import path from 'node:path';
import type { Measured, MeasuredEntry, TreeEntry } from '../engine/world.ts';
import { inMilliseconds, kindOf, troubleOf, WorldTrouble } from './reading.ts';

/** Nothing of Codex is nested deeper; what is beneath is named as not measured. */
const MAX_DEPTH = 32;
/** In such blocks the system counts the room that a file takes, whatever those of the disk are. */
const BLOCK_BYTES = 512n;

/** `came` is told after each look. */
export function measureTree(root: string, came: () => void): Measured {
  const entries: MeasuredEntry[] = [];
  const troubles: Measured['troubles'][number][] = [];
  const note = (file: string, error: unknown) => {
    const trouble = troubleOf(error);
    // What vanished while we looked takes no room.
    if (trouble.code !== 'missing') troubles.push({ path: file, trouble });
  };
  const walk = (folder: string, prefix: string, depth: number) => {
    if (depth > MAX_DEPTH)
      throw new WorldTrouble({ code: 'broken', why: 'it is nested too deeply' });
    for (const name of fs.readdirSync(folder)) {
      const file = path.join(folder, name);
      try {
        const entry = measured(fs.lstatSync(file, { bigint: true }), prefix + name, file);
        entries.push(entry);
        came();
        if (entry.kind === 'folder') walk(file, `${prefix}${name}/`, depth + 1);
      } catch (error) {
        note(file, error);
      }
    }
  };
  // The path itself may be a link, and its trouble is the caller's answer.
  const whole = path.resolve(root);
  const entry = measured(fs.statSync(whole, { bigint: true }), '', whole);
  entries.push(entry);
  if (entry.kind === 'folder') walk(whole, '', 0);
  return { entries, troubles };
}

function measured(stats: fs.BigIntStats, relative: string, file: string): MeasuredEntry {
  const kind: TreeEntry['kind'] = kindOf(stats);
  return {
    path: relative,
    file,
    kind,
    bytes: Number(stats.size),
    allocated: Number(stats.blocks * BLOCK_BYTES),
    modifiedMs: inMilliseconds(stats.mtimeNs),
    identity: `${String(stats.dev)}:${String(stats.ino)}`,
  };
}
