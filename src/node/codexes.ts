// Every Codex program on this machine, and what each knows. To learn that, a program is run, on an
// empty home of its own; what was learnt is remembered for as long as its file stays the same.

import fs from 'node:fs';
import path from 'node:path';
import type { Codexes, Memory, Outside, Read, Trouble } from '../engine/world.ts';
import { learnCodex, type Learnt, type ReadMigrations } from './codexes/learnCodex.ts';
import { nativeProgram } from './codexes/nativeProgram.ts';
import { programsBelow, placesOf, type Found, type Place } from './codexes/places.ts';
import type { Reach } from './reach.ts';

export interface CodexesOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly userHome: string;
  /** Codex homes: one may hold a Codex of its own, and none may be used for a trial. */
  readonly homes: () => readonly string[];
  readonly outside: Outside;
  readonly reach: Reach;
  readonly memory: Memory;
}

/** Programs that are learnt at once: each is a process that makes half a dozen databases. */
const AT_ONCE = 4;
/** A program that failed may have met a busy machine. */
const RETRY_MS = 10 * 60_000;

export function createCodexes(options: CodexesOptions): Codexes {
  const learning = new Map<string, { readonly learnt: Promise<Learnt>; readonly atMs: number }>();
  const learn = async (file: string, readMigrations: ReadMigrations): Promise<Learnt> => {
    const key = keyOf(file);
    const known = learning.get(key);
    if (known !== undefined) {
      const learnt = await known.learnt;
      if (isComplete(learnt) || performance.now() - known.atMs < RETRY_MS) return learnt;
    }
    const learnt = recallOrLearn(file, key, options, readMigrations);
    learning.set(key, { learnt, atMs: performance.now() });
    return learnt;
  };
  return {
    find: async (named, readMigrations) => {
      const found = named === null ? await findAll(options) : await findNamed(named, options);
      if (!found.ok) return found;
      const programs = unique(found.value);
      const learnt = await inTurns(programs, AT_ONCE, ({ file }) => learn(file, readMigrations));
      if (named !== null && learnt[0]?.version == null)
        return trouble('broken', `${named} does not say which version of Codex it is`);
      return {
        ok: true,
        value: programs.map(({ file, foundBy }, index) => ({
          path: file,
          foundBy,
          ...(learnt[index] ?? NOTHING),
        })),
      };
    },
  };
}

const NOTHING: Learnt = { version: null, migrations: null, firstChecksum: null };

async function findNamed(
  named: string,
  { outside }: CodexesOptions,
): Promise<Read<readonly Found[]>> {
  const state = path.isAbsolute(named) ? (await outside.look([named])).get(named) : 'missing';
  switch (state) {
    case 'file':
      return { ok: true, value: [{ file: named, foundBy: 'option' }] };
    case 'folder':
      return trouble('not-a-file', 'there is a folder where Codex should be');
    case 'missing':
      return trouble('missing', 'there is no program at this path');
    default:
      return trouble('timeout', 'nobody answered about the program in time');
  }
}

/** Places that may lie anywhere are asked about from outside; those that answered are looked into. */
async function findAll(options: CodexesOptions): Promise<Read<readonly Found[]>> {
  const places = placesOf(options, process.platform);
  const states = await options.outside.look(places.map(({ at }) => at));
  if (places.length > 0 && [...states.values()].every(state => state === 'unknown'))
    return trouble('timeout', 'nobody answered about the places of Codex in time');
  const found = places.flatMap((place: Place): readonly Found[] => {
    const state = states.get(place.at);
    if (place.kind === 'program')
      return state === 'file' ? [{ file: place.at, foundBy: place.foundBy }] : [];
    return state === 'folder' ? programsBelow(place) : [];
  });
  return { ok: true, value: found.filter(({ file }) => isExecutable(file)) };
}

/** Several names may lead to one program; the first of them says how it was found. */
function unique(found: readonly Found[]): readonly Found[] {
  const programs = new Map<string, Found>();
  for (const { file, foundBy } of found) {
    const program = nativeProgram(file) ?? file;
    if (!programs.has(program)) programs.set(program, { file: program, foundBy });
  }
  return [...programs.values()];
}

async function recallOrLearn(
  file: string,
  key: string,
  { homes, reach, memory }: CodexesOptions,
  readMigrations: ReadMigrations,
): Promise<Learnt> {
  const remembered = parseLearnt(await memory.recall(key));
  if (remembered !== null) return remembered;
  // A script that is not one of the known launchers would be run by a shell.
  if (nativeProgram(file) !== file) return NOTHING;
  const learnt = await learnCodex(file, { homes: homes(), reach, readMigrations });
  if (isComplete(learnt)) void memory.remember(key, JSON.stringify(learnt));
  return learnt;
}

function isComplete({ version, migrations }: Learnt): boolean {
  return version !== null && migrations !== null;
}

/** The number counts up when what is learnt takes another form. */
function keyOf(file: string): string {
  try {
    const { size, mtimeMs } = fs.statSync(file);
    return `codex 1 ${String(size)} ${String(mtimeMs)} ${file}`;
  } catch {
    return `codex 1 gone ${file}`;
  }
}

function parseLearnt(text: string | null): Learnt | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return isLearnt(value) ? value : null;
  } catch {
    return null;
  }
}

function isLearnt(value: unknown): value is Learnt {
  if (typeof value !== 'object' || value === null) return false;
  const { version, migrations, firstChecksum } = value as Record<string, unknown>;
  return (
    typeof version === 'string' &&
    typeof migrations === 'object' &&
    migrations !== null &&
    Object.values(migrations).every(newest => typeof newest === 'number') &&
    (firstChecksum === null || typeof firstChecksum === 'string')
  );
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

async function inTurns<T, R>(
  items: readonly T[],
  atOnce: number,
  action: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      results[next[0]] = await action(next[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

function trouble(code: Trouble['code'], why: string): { ok: false; trouble: Trouble } {
  return { ok: false, trouble: { code, why } };
}
