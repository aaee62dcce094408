// Every file of a home with the room that it takes, also where a part of the home lies elsewhere.

import { parentOf } from '../model/paths.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath, HomePath } from '../model/words.ts';
import { answers } from '../repair/site.ts';
import { isOfLogDir } from '../scan/layout.ts';
import type { MeasuredEntry, World } from '../world.ts';

export interface Entry extends MeasuredEntry {
  /** Its first name below the home. */
  readonly top: string;
  /** The part of the home that was followed to it. */
  readonly from: FilePath;
  /** It, or what belongs to it. */
  readonly isDatabase: boolean;
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
      const isPlaced = [home.sqliteHome, home.logDir].includes(parentOf(entry.file));
      const isDatabase = (path === top || isPlaced) && isDatabaseName(path);
      if (entry.kind !== 'folder') entries.push({ ...entry, path, top, from: root, isDatabase });
    }
    for (const { path, trouble } of measured.value.troubles) gaps.push({ path, why: trouble.why });
  };
  if (!(await answers(world, home.path)))
    return { entries, elsewhere, gaps: [{ path: home.path, why: SILENT }] };
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
  for (const [path, isMeant] of [
    [home.sqliteHome, isDatabaseName],
    [home.logDir, isOfLogDir],
  ] as const) {
    const isMeasured = entries.some(({ file }) => parentOf(file) === path);
    if (path === null || path === home.path || isMeasured) continue;
    elsewhere.push({ path, to: path });
    if (!(await answers(world, path))) gaps.push({ path, why: SILENT });
    else await lookAtFiles(world, path, isMeant, entries, gaps);
  }
  return { entries, elsewhere, gaps };
}

const SILENT = 'it does not answer';

/** Whatever else lies in that folder is none of Codex's. */
async function lookAtFiles(
  world: World,
  folder: FilePath,
  isMeant: (name: string) => boolean,
  entries: Entry[],
  gaps: { path: FilePath; why: string }[],
): Promise<void> {
  const listed = await world.files.list(folder);
  if (!listed.ok) {
    gaps.push({ path: folder, why: listed.trouble.why });
    return;
  }
  for (const { file, path } of listed.value.filter(entry => isMeant(entry.path))) {
    const measured = await world.files.measure(file);
    const [entry] = measured.ok ? measured.value.entries : [];
    const isDatabase = isDatabaseName(path);
    if (entry?.kind === 'file')
      entries.push({ ...entry, path, top: path, from: folder, isDatabase });
  }
}

function isDatabaseName(name: string): boolean {
  return /\.sqlite(?:-wal|-shm|-journal)?$/.test(name);
}
