// Puts a home that a test describes onto the disk, below a temporary folder.

import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HOME, home, type HomeBuilder, type ThreadSpec } from '../../support/home.ts';

export interface HomeOnDisk {
  /** A folder for whatever else a test needs. */
  readonly folder: string;
  readonly home: string;
  remove(): void;
}

/** Threads work in a directory that exists, and their rows name the files where these are. */
export async function homeOnDisk(
  threads: Readonly<Record<string, ThreadSpec>>,
): Promise<HomeOnDisk> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-health-home-'));
  const place = path.join(folder, 'codex home');
  const builder = home();
  for (const [key, spec] of Object.entries(threads)) builder.thread(key, { cwd: folder, ...spec });
  builder.state(`UPDATE threads SET rollout_path = replace(rollout_path, '${HOME}', '${place}')`);
  await write(builder, place);
  return {
    folder,
    home: place,
    remove: () => {
      fs.chmodSync(place, 0o755);
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function write(builder: HomeBuilder, place: string): Promise<void> {
  const { files } = builder.build().world;
  const tree = await files.tree(HOME);
  if (!tree.ok) throw new Error(tree.trouble.why);
  for (const entry of tree.value.entries.filter(({ kind }) => kind === 'file')) {
    const read = await files.whole(`${HOME}/${entry.path}`, Infinity);
    const file = path.join(place, entry.path);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (read.ok) fs.writeFileSync(file, read.value);
  }
}

/** All that looking could have changed: names, contents, modes and times of change. */
export function fingerprintOf(folder: string): string {
  const lines = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .map(entry => {
      const file = path.join(entry.parentPath, entry.name);
      const { mode, mtimeMs, ctimeMs, size } = fs.lstatSync(file);
      const bytes = entry.isFile() ? fs.readFileSync(file) : '';
      const hash = crypto.createHash('sha256').update(bytes).digest('hex');
      return [file, mode, mtimeMs, ctimeMs, size, hash].join(' ');
    })
    .sort();
  return lines.join('\n');
}
