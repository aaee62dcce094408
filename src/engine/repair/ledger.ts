// Which provider each thread was kept under before it was moved for the first time. It is written before
// the move and never changed: neither undoing nor clearing out the vault takes anything from it.

import type { Plan } from '../model/plan.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import type { World } from '../world.ts';
import type { Site } from './site.ts';

export type Originals = ReadonlyMap<ThreadId, string>;

interface Entry {
  readonly thread: ThreadId;
  readonly provider: string;
  readonly at: string;
}

const NAME = 'providers.jsonl';
const MAX_BYTES = 256 * 1024 * 1024;

/** `folder`: our own one, in which the vault is. */
export async function readOriginals(world: World, folder: FilePath): Promise<Originals> {
  const text = await readLedger(world, folder);
  const originals = new Map<ThreadId, string>();
  for (const { thread, provider } of text.split('\n').flatMap(parseEntry))
    // The first entry of a thread is the one that counts.
    if (!originals.has(thread)) originals.set(thread, provider);
  return originals;
}

/** Notes the providers of threads that a plan moves and that were never moved before. */
export async function noteOriginals({ world, hands, vault }: Site, { units }: Plan): Promise<void> {
  const moves = units.flatMap(({ move }) => move ?? []);
  if (moves.length === 0) return;
  const known = await readOriginals(world, vault.folder);
  const at = new Date(world.now()).toISOString();
  const entries = moves
    .filter(({ thread }) => !known.has(thread))
    .map(({ thread, from }): Entry => ({ thread, provider: from, at }));
  if (entries.length === 0) return;
  const file = world.machine.join(vault.folder, NAME);
  const before = await readLedger(world, vault.folder);
  if (before === '' && !(await world.files.stat(file)).ok)
    await hands.create(file, new Uint8Array(), null);
  const lines = entries.map(entry => `${JSON.stringify(entry)}\n`).join('');
  // A stop may have left half a line, which nothing may be joined to.
  const isCut = before !== '' && !before.endsWith('\n');
  await hands.append(file, new TextEncoder().encode(isCut ? `\n${lines}` : lines));
}

async function readLedger(world: World, folder: FilePath): Promise<string> {
  const file = world.machine.join(folder, NAME);
  const read = await world.files.whole(file, MAX_BYTES);
  if (read.ok) return new TextDecoder().decode(read.value);
  if (read.trouble.code === 'missing') return '';
  // To go on without it would give a thread a wrong original for ever.
  throw new Error(`${file} cannot be read: ${read.trouble.why}`);
}

function parseEntry(line: string): readonly Entry[] {
  try {
    const { thread, provider, at } = JSON.parse(line) as Partial<Entry>;
    const isWhole = typeof thread === 'string' && typeof provider === 'string';
    return isWhole ? [{ thread, provider, at: at ?? '' }] : [];
  } catch {
    return [];
  }
}
