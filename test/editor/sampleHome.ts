// The Codex home that the window shows in tests and pictures: some projects, some weeks of work,
// and one thread for each common trouble. Written by the builder of the other tests.

import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HOME, home, NOW, type ThreadSpec } from '../support/home.ts';
import { sql } from '../support/memoryWorld.ts';

export interface SampleHome {
  readonly folder: string;
  readonly projects: Readonly<Record<ProjectName, string>>;
}

type ProjectName = 'webshop' | 'thesis' | 'dotfiles';

const HOUR = 60;
const DAY = 24 * HOUR;

/** Writes the home and its projects into an empty folder. */
export async function writeSampleHome(folder: string): Promise<SampleHome> {
  const projects = {
    webshop: path.join(folder, 'webshop'),
    thesis: path.join(folder, 'thesis'),
    dotfiles: path.join(folder, 'dotfiles'),
  };
  for (const project of Object.values(projects)) mkdirSync(project, { recursive: true });
  const target = path.join(folder, 'codex-home');
  const builder = home();
  for (const [key, project, age, prompt, more] of THREADS)
    builder.thread(key, { cwd: projects[project], age: age - sinceNow(), prompt, ...more });
  await writeFiles(builder.build().world.files, target);
  return { folder: target, projects };
}

type SampleThread = readonly [
  key: string,
  project: ProjectName,
  age: number,
  prompt: string | null,
  more?: ThreadSpec,
];

const THREADS: readonly SampleThread[] = [
  ['w1', 'webshop', 25, 'Why does the checkout page lose the voucher after a reload?'],
  [
    'w2',
    'webshop',
    5 * HOUR,
    'Add a test for the rounding of VAT on mixed baskets',
    { row: false },
  ],
  [
    'w3',
    'webshop',
    2 * DAY,
    'Upgrade the payment client to its third version',
    { row: { rollout_path: `${HOME}/sessions/2025/01/01/moved.jsonl` } },
  ],
  ['w4', 'webshop', 6 * DAY, 'Make the search tolerant of typing errors', { file: false }],
  ['w5', 'webshop', 30 * DAY, 'First sketch of the product page', { archived: true }],
  ['t1', 'thesis', 3 * HOUR, 'Check the proof of lemma 4.2 against the appendix'],
  ['t2', 'thesis', 4 * DAY, 'Turn the measurements into a table with error bars', { row: false }],
  ['t3', 'thesis', 9 * DAY, 'Shorten the introduction to two pages', { row: { archived: 1 } }],
  ['t4', 'thesis', 60 * DAY, 'Literature on write-ahead logging', { archived: true }],
  ['d1', 'dotfiles', 8 * DAY, 'A prompt that shows the branch and nothing else'],
  ['d2', 'dotfiles', 20 * DAY, 'Explain this zsh completion function', { provider: 'openai' }],
];

/** The builder counts ages from a fixed moment; a window counts them from today. */
function sinceNow(): number {
  return (Date.now() - NOW) / 60_000;
}

type Files = ReturnType<ReturnType<typeof home>['build']>['world']['files'];

async function writeFiles(files: Files, target: string): Promise<void> {
  const tree = await files.tree(HOME);
  if (!tree.ok) throw new Error(tree.trouble.why);
  for (const entry of tree.value.entries) {
    const from = path.posix.join(HOME, entry.path);
    const to = path.join(target, entry.path);
    if (entry.kind !== 'file') continue;
    const [read, state] = await Promise.all([files.whole(from, 1e9), files.stat(from)]);
    if (!read.ok || !state.ok) throw new Error(`${from} cannot be read`);
    mkdirSync(path.dirname(to), { recursive: true });
    writeFileSync(to, to.endsWith('state_5.sqlite') ? pointRowsAt(target, read.value) : read.value);
    // The builder's moment may lie in the future, and a file from there seems to be in the writing.
    const modifiedMs = Math.min(state.value.modifiedMs, Date.now() - 3_600_000);
    utimesSync(to, new Date(), new Date(modifiedMs));
  }
}

/** Rows name their files by absolute paths. */
function pointRowsAt(target: string, image: Uint8Array): Uint8Array {
  const database = new sql.Database(image);
  database.run('UPDATE threads SET rollout_path = replace(rollout_path, ?, ?)', [HOME, target]);
  const moved = database.export();
  database.close();
  return moved;
}
