// Every file of a home with the room that it takes, also where a part of the home lies elsewhere.

import type { Snapshot } from './model/snapshot.ts';
import type { FilePath, HomePath } from './model/words.ts';
import type { MeasuredEntry, World } from './world.ts';

export interface Entry extends MeasuredEntry {
  /** Its first name below the home. */
  readonly top: string;
  /** The part of the home that was followed to it. */
  readonly from: FilePath;
}

/** The parts of a home that may lie elsewhere, and are part of it all the same. */
export const TREES = ['sessions', 'archived_sessions'];

export async function lookAtAll(world: World, { home }: Snapshot) {
  const entries: Entry[] = [];
  const elsewhere: { path: FilePath; to: FilePath }[] = [];
  const gaps: { path: FilePath; why: string }[] = [];
  const look = async (root: FilePath, prefix: HomePath) => {
    const measured = await world.files.measure(root);
    if (!measured.ok) {
      gaps.push({ path: root, why: measured.trouble.why });
      return;
    }
    for (const entry of measured.value.entries) {
      const path = [prefix, entry.path].filter(part => part !== '').join('/');
      const [top = ''] = path.split('/');
      if (entry.kind !== 'folder') entries.push({ ...entry, path, top, from: root });
    }
    for (const { path, trouble } of measured.value.troubles) gaps.push({ path, why: trouble.why });
  };
  await look(home.path, '');
  const links = new Set(entries.filter(({ kind }) => kind === 'link').map(({ path }) => path));
  for (const tree of TREES.filter(name => links.has(name))) {
    const path = world.machine.join(home.path, tree);
    const to = await world.files.realPath(path);
    elsewhere.push({ path, to });
    if (await world.files.mayHang(to))
      gaps.push({ path, why: `it leads to ${to}, where looking may take for ever` });
    else await look(path, tree);
  }
  if (home.sqliteHome !== home.path) {
    elsewhere.push({ path: home.sqliteHome, to: home.sqliteHome });
    await lookAtDatabases(world, home.sqliteHome, entries, gaps);
  }
  return { entries, elsewhere, gaps };
}

/** Whatever else lies in that folder is none of Codex's. */
async function lookAtDatabases(
  world: World,
  folder: FilePath,
  entries: Entry[],
  gaps: { path: FilePath; why: string }[],
): Promise<void> {
  const listed = await world.files.list(folder);
  if (!listed.ok) {
    gaps.push({ path: folder, why: listed.trouble.why });
    return;
  }
  for (const { file, path } of listed.value.filter(entry => DATABASE.test(entry.path))) {
    const measured = await world.files.measure(file);
    const [entry] = measured.ok ? measured.value.entries : [];
    if (entry?.kind === 'file') entries.push({ ...entry, path, top: path, from: folder });
  }
}

export const DATABASE = /\.sqlite(?:-wal|-shm|-journal)?$/;
