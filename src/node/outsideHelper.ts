// The process that may hang: reads questions from its input, one a line in JSON, and writes the answer to
// each as soon as it knows. A path asks what it is; an object asks what lies in a folder, or what Git says
// of it. It opens nothing but Git's own small files, and writes nothing but its answers.

import fs from 'node:fs';
import path from 'node:path';
import type { Filesystem } from '../engine/model/database.ts';
import type { PathState } from '../engine/model/snapshot.ts';
import { readMounts, windowsFilesystem } from './filesystems.ts';
import { createAnswers, type Answers, type Sight } from './outsideAnswers.ts';
import { readRepository } from './repository.ts';

let mounts: readonly Filesystem[] = [];
let mountsReadAtMs = -Infinity;
let asked = 0;

function serve(): void {
  const answers =
    process.platform === 'win32'
      ? answerByDrive()
      : createAnswers({ look: lookWithLstat, mounts: () => mounts });
  let unfinished = '';
  let before = refreshMounts();
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (text: string) => {
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop() ?? '';
    before = before.then(refreshMounts).then(() => {
      const paths: { readonly path: string; readonly number: number }[] = [];
      for (const line of lines) {
        const question = JSON.parse(line) as Question;
        const number = asked++;
        if (typeof question === 'string') paths.push({ path: question, number });
        else
          void lookInto(question).then(found =>
            say(`${String(number)} ${JSON.stringify(found)}\n`),
          );
      }
      answers.ask(
        paths.map(({ path }) => path),
        (state, at) => say(`${String(paths[at]?.number)} ${state}\n`),
      );
    });
  });
  // Nobody waits for us any more. An ordinary exit would wait for the threads that hang.
  process.stdin.on('end', leave);
  process.stdout.on('error', leave);
  say('ready\n');
}

type Question =
  | string
  | { readonly inside: string }
  | { readonly repository: string; readonly commits: readonly string[] };

/** Null where there is nothing, or nothing that could be read. */
async function lookInto(question: Exclude<Question, string>): Promise<unknown> {
  return 'inside' in question
    ? namesIn(question.inside)
    : readRepository(question.repository, question.commits).catch(() => null);
}

/** Of the folders in a folder only so many, and none that is hidden; so many names are read for them. */
const MOST_FOLDERS = 200;
const MOST_NAMES = 5000;

async function namesIn(folder: string): Promise<readonly string[] | null> {
  const names: string[] = [];
  let read = 0;
  try {
    for await (const entry of await fs.promises.opendir(folder)) {
      const mayBeFolder = entry.isDirectory() || entry.isSymbolicLink();
      if (mayBeFolder && !entry.name.startsWith('.')) names.push(entry.name);
      read += 1;
      if (names.length >= MOST_FOLDERS || read >= MOST_NAMES) break;
    }
  } catch {
    return null;
  }
  return names.sort();
}

/** The helper may wait for hours between two scans, and meanwhile a share is mounted. */
async function refreshMounts(): Promise<void> {
  if (performance.now() - mountsReadAtMs < 1000) return;
  mounts = await readMounts();
  mountsReadAtMs = performance.now();
}

let unsaid = '';

function say(line: string): void {
  if (unsaid === '')
    setImmediate(() => {
      process.stdout.write(unsaid);
      unsaid = '';
    });
  unsaid += line;
}

function leave(): void {
  process.kill(process.pid, 'SIGKILL');
}

function lookWithLstat(file: string, seen: (sight: Sight) => void): void {
  fs.lstat(file, (error, stats) => {
    if (error !== null) seen(stateOf(error));
    else if (!stats.isSymbolicLink()) seen(stats.isDirectory() ? 'folder' : 'file');
    else
      fs.readlink(file, (linkError, linkTo) =>
        seen(linkError === null ? { linkTo } : stateOf(linkError)),
      );
  });
}

/** Windows has no table of mounts that could be read without asking each: a letter is one. */
function answerByDrive(): Answers {
  const drives = new Map<string, Promise<void>>();
  return {
    ask: (files, answer) => {
      for (const [at, file] of files.entries()) {
        const drive = windowsFilesystem(file, undefined)?.mountPoint.toLowerCase();
        // `/home/ada` is a path of WSL; resolved against a drive it would be said to be missing.
        if (drive === undefined || !path.isAbsolute(file)) {
          answer('unknown', at);
          continue;
        }
        const before = drives.get(drive) ?? Promise.resolve();
        drives.set(
          drive,
          before.then(async () => answer(await lookWithStat(file), at)),
        );
      }
    },
  };
}

async function lookWithStat(file: string): Promise<PathState> {
  try {
    return (await fs.promises.stat(file)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    return stateOf(error);
  }
}

/** Only these two say that there is nothing; any other error says that we could not look. */
function stateOf(error: unknown): PathState {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unknown';
}

serve();
