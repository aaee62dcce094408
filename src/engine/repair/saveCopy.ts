// A safe copy of what cannot be made again from the conversations: the rows, the names, the settings.
// The conversations themselves are not copied, they can be large; and never what lets somebody log in.

import type { Report } from '../model/report.ts';
import { restBelow, withAllAbove } from '../model/paths.ts';
import type { FilePath } from '../model/words.ts';
import type { Hands } from '../hands.ts';
import { Refusal } from '../refusal.ts';
import { readDatabaseImage } from '../scan/databases/databaseImage.ts';
import type { World } from '../world.ts';

export interface SafeCopy {
  readonly folder: FilePath;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** What could not be copied, and why. */
  readonly left: readonly { readonly what: string; readonly why: string }[];
}

const MOST_BYTES = 2 * 1024 * 1024 * 1024;
const SMALL_FILES = ['session_index.jsonl', 'config.toml', '.codex-global-state.json'];

export async function saveCopy(
  world: World,
  hands: Hands,
  { snapshot }: Report,
  folder: FilePath,
): Promise<SafeCopy> {
  const { home, databases, threads } = snapshot;
  const { real, isPossible } = await lookAt(folder, world);
  for (const place of [home.path, home.sqliteHome, await world.files.realPath(home.sqliteHome)])
    if ([folder, real].some(one => restBelow(one, place, home.system) !== null))
      throw new Refusal(
        'inside-the-home',
        `${folder} lies in the Codex home, where a copy would not be safe.`,
        'Name a folder elsewhere.',
      );
  const there = await world.files.list(folder);
  if (!isPossible || (!there.ok && there.trouble.code !== 'missing'))
    throw new Refusal(
      'no-folder',
      `No folder can be made at ${folder}.`,
      'Name a folder that is not there yet.',
    );
  if (there.ok && there.value.length > 0)
    throw new Refusal(
      'folder-not-empty',
      `There is already something in ${folder}.`,
      'Name a folder that is not there yet.',
    );
  await hands.makeFolder(folder);
  const files: SafeCopy['files'][number][] = [];
  const left: SafeCopy['left'][number][] = [];
  const write = async (name: string, bytes: Uint8Array) => {
    await hands.create(world.machine.join(folder, name), bytes, null);
    files.push({ name, bytes: bytes.length });
  };
  // The other databases are made from conversations, or are logs.
  for (const { file, name, family } of databases) {
    if (family !== 'state' && family !== 'goals' && family !== 'memories') continue;
    const image = await readDatabaseImage(world.files, () => world.now(), file, MOST_BYTES);
    if (image.ok) await write(name, image.value.bytes);
    else left.push({ what: file, why: image.trouble.why });
  }
  for (const name of SMALL_FILES) {
    const read = await world.files.whole(world.machine.join(home.path, name), MOST_BYTES);
    if (read.ok) await write(name, read.value);
    else if (read.trouble.code !== 'missing') left.push({ what: name, why: read.trouble.why });
  }
  const list = threads.map(({ id, title, cwd, archived, own, row }) => ({
    id,
    title,
    name: row?.name ?? snapshot.names[id] ?? null,
    cwd,
    archived,
    file: own?.path ?? row?.rolloutPath ?? null,
  }));
  await write('threads.json', new TextEncoder().encode(`${JSON.stringify(list, null, 1)}\n`));
  return { folder, files, left };
}

/** Where it is without links, also where its last parts are not there yet; and whether no file is in the way. */
async function lookAt(folder: FilePath, { files }: World) {
  for (const above of withAllAbove(folder)) {
    const state = await files.stat(above);
    if (!state.ok) continue;
    const real = (await files.realPath(above)) + folder.slice(above.length);
    return { real, isPossible: state.value.kind === 'folder' };
  }
  return { real: folder, isPossible: true };
}
