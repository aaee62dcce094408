// Looks for the file in which a conversation begins where nobody has to look for it otherwise: in the
// whole home, under any name, and among what earlier repairs have put into the vault. What is taken for
// it must be it at the very byte at which the fork goes on.

import type { Beginning, BeginningSearch, FoundBeginning } from '../../model/closerLook.ts';
import type { RolloutMeta } from '../../model/rollout.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { FilePath } from '../../model/words.ts';
import type { TreeEntry, World } from '../../world.ts';
import { compareFiles } from './compareFiles.ts';
import { parseRolloutName, ROLLOUT_PLACES } from '../layout.ts';
import { readLineBefore } from '../rollouts/rolloutEnd.ts';
import { asMeta, isObject, isUsableMeta, parseObject } from '../rollouts/rolloutLine.ts';
import { readFirstLine } from '../rollouts/readFirstLine.ts';
import { MOST_UNPACKED } from '../unpackWhole.ts';

/** Nearest to the home first; what lies deeper than so many folders nobody waits for. */
const MOST_FOLDERS = 5000;
const MOST_FILES = 2000;
const SKIPPED = new Set(['node_modules', '.git']);

export async function findBeginnings(
  world: World,
  snapshot: Snapshot,
  vault: FilePath | null,
  wanted: readonly Beginning[],
): Promise<Readonly<Record<FilePath, BeginningSearch>>> {
  const known = new Set(snapshot.rollouts.map(({ file }) => file));
  const { path } = snapshot.home;
  // A tree may be a link to another disk, and links are not followed.
  const trees = ROLLOUT_PLACES.map(place => world.machine.join(path, place));
  const roots = [path, ...trees, ...(vault === null ? [] : [vault])];
  const { files, isWhole } = await filesBelow(world, roots, known);
  const names = [...new Set(wanted.map(({ name }) => name))];
  const isNamed = ({ file }: TreeEntry) => names.some(name => file.includes(name));
  const likeliest = [...files.filter(isNamed), ...files.filter(entry => !isNamed(entry))];
  const opened: Opened[] = [];
  for (const { file } of likeliest.slice(0, MOST_FILES)) {
    const meta = metaOf(await readFirstLine(world, file));
    if (meta !== null) opened.push({ file, meta });
  }
  const extent = {
    looked: Math.min(files.length, MOST_FILES),
    isWhole: isWhole && files.length <= MOST_FILES,
  };
  const searches: Record<FilePath, BeginningSearch> = {};
  for (const beginning of wanted) {
    const found = await choose(world, snapshot, beginning, opened);
    searches[beginning.leaning] = { ...found, ...extent };
  }
  return searches;
}

interface Opened {
  readonly file: FilePath;
  readonly meta: RolloutMeta;
}

/** Files that may be rollouts by their names, whatever was put before or behind. */
async function filesBelow(world: World, roots: readonly FilePath[], known: ReadonlySet<FilePath>) {
  const files: TreeEntry[] = [];
  const folders = new Set(roots);
  let done = 0;
  let isWhole = true;
  // What is added to a set while it is gone through comes last.
  for (const folder of folders) {
    if (done === MOST_FOLDERS) return { files, isWhole: false };
    done += 1;
    const listed = await world.files.list(folder);
    if (!listed.ok && listed.trouble.code !== 'missing') isWhole = false;
    for (const entry of listed.ok ? listed.value : []) {
      const name = lastPart(entry.file);
      if (entry.kind === 'folder' && !SKIPPED.has(name)) folders.add(entry.file);
      else if (entry.kind === 'file' && name.includes('.jsonl') && !known.has(entry.file))
        files.push(entry);
    }
  }
  return { files, isWhole };
}

async function choose(
  world: World,
  snapshot: Snapshot,
  beginning: Beginning,
  opened: readonly Opened[],
): Promise<Pick<BeginningSearch, 'found' | 'unfit'>> {
  const end = endOf(await readFirstLine(world, beginning.leaning));
  const fitting: FoundBeginning[] = [];
  const unfit: { file: FilePath; why: string }[] = [];
  for (const one of opened.filter(candidate => isIt(candidate, beginning))) {
    const found = await measure(world, snapshot, one, end);
    if ('why' in found) unfit.push({ file: one.file, why: found.why });
    else fitting.push(found);
  }
  const [longest, ...others] = fitting.toSorted((a, b) => b.length - a.length);
  if (longest === undefined) return { found: null, unfit };
  for (const other of others) {
    const compared = await compareFiles(world, other.file, longest.file);
    if (compared === 'same' || compared === 'first-within-second') continue;
    const why = 'it is not the same as another one that fits as well';
    return { found: null, unfit: [...unfit, ...fitting.map(({ file }) => ({ file, why }))] };
  }
  return { found: longest, unfit };
}

/** The first file of a thread is named after it, each further one after itself. */
function isIt({ file, meta }: Opened, { name }: Beginning): boolean {
  const segment = parseRolloutName(plainName(file))?.segment ?? null;
  if (segment !== null) return segment === name;
  const isLater = meta.historyFile !== null && meta.historyFile === meta.id;
  return meta.id === name && !isLater;
}

interface End {
  readonly bytes: number;
  readonly ordinal: number;
}

async function measure(
  world: World,
  { home }: Snapshot,
  { file, meta }: Opened,
  end: End | null,
): Promise<FoundBeginning | { readonly why: string }> {
  const state = await world.files.stat(file);
  const line = end === null ? null : await readLineBefore(world, file, end.bytes);
  if (end === null) return { why: 'the fork does not say where it goes on' };
  if (!state.ok || line === null) return { why: 'it could not be read' };
  if (line.length < end.bytes) return { why: 'it is shorter than what the fork goes on from' };
  if (line.ordinal !== end.ordinal - 1)
    return { why: 'the fork does not go on where one of its lines ends' };
  if (line.length > MOST_UNPACKED) return { why: 'it is too large to be copied safely' };
  const { bytes, modifiedMs } = state.value;
  const path = file.startsWith(home.path) ? file.slice(home.path.length + 1) : file;
  return {
    ...{ file, path: path.replaceAll('\\', '/'), bytes, modifiedMs, meta, length: line.length },
    compressed: file.endsWith('.zst'),
    name: parseRolloutName(plainName(file)),
  };
}

function metaOf(line: string | null): RolloutMeta | null {
  const record = line === null ? null : parseObject(line);
  return record !== null && isUsableMeta(record) ? asMeta(record) : null;
}

function endOf(line: string | null): End | null {
  const payload = (line === null ? null : parseObject(line))?.['payload'];
  const base = isObject(payload) ? payload['history_base'] : null;
  if (!isObject(base)) return null;
  const { end_byte_offset: bytes, end_ordinal_exclusive: ordinal } = base;
  return typeof bytes === 'number' && typeof ordinal === 'number' ? { bytes, ordinal } : null;
}

/** A backup keeps its name, with something behind it. */
function plainName(file: FilePath): string {
  return /^.*\.jsonl(?:\.zst)?/.exec(lastPart(file))?.[0] ?? '';
}

function lastPart(file: FilePath): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}
