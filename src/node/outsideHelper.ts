// The process that may hang: reads paths from its input, one JSON string a line, and writes what
// each is as soon as it knows. It opens nothing and writes nothing but its answers.

import fs from 'node:fs';
import path from 'node:path';
import type { Filesystem } from '../engine/model/database.ts';
import type { PathState } from '../engine/model/snapshot.ts';
import { readMounts, windowsFilesystem } from './filesystems.ts';
import { createAnswers, type Answers, type Sight } from './outsideAnswers.ts';

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
      const first = asked;
      asked += lines.length;
      const paths = lines.map(line => String(JSON.parse(line)));
      answers.ask(paths, (state, at) => say(`${String(first + at)} ${state}\n`));
    });
  });
  // Nobody waits for us any more. An ordinary exit would wait for the threads that hang.
  process.stdin.on('end', leave);
  process.stdout.on('error', leave);
  say('ready\n');
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
