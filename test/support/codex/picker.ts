// The list of `codex resume`, as a person sees it: the real program in a real terminal (tmux).

import { execFile } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { CodexHome } from './makeHome.ts';

const WAIT_MS = 60_000;
const STEP_MS = 250;
/** Wide enough for whole titles, high enough for all threads of a home. */
const SIZE = ['-x', '160', '-y', '60'];

/** The titles that `codex resume` lists when it is started in a folder; null when it does not start. */
export async function readPicker(
  codex: string,
  home: CodexHome,
  folder: string,
): Promise<readonly string[] | null> {
  // Without the first the program asks whether the folder is to be trusted; without the second it
  // copies itself into the home and starts a server that outlives it.
  appendFileSync(
    path.join(home.folder, 'config.toml'),
    `\n[projects.${JSON.stringify(folder)}]\ntrust_level = "trusted"\n\n[features]\ndaemon_auto_start = false\n`,
  );
  // A server of its own, that ends with its only session.
  const server = `codex-health-${String(process.pid)}-${path.basename(path.dirname(home.folder))}`;
  const tmux = (...args: readonly string[]) =>
    promisify(execFile)('tmux', ['-L', server, '-f', '/dev/null', ...args]);
  const variables = [`CODEX_HOME=${home.folder}`, `HOME=${path.dirname(home.folder)}`, 'TZ=UTC'];
  const command = ['env', ...variables, 'TERM=screen-256color', codex, 'resume'];
  await tmux('new-session', '-d', '-s', 'picker', ...SIZE, '-c', folder, ...command);
  try {
    const screen = await settledScreen(() => tmux('capture-pane', '-p', '-t', 'picker'));
    return screen === null ? null : titlesOn(screen);
  } finally {
    await tmux('kill-server').catch(() => undefined);
    endProgramsOf(home);
  }
}

/** The screen once the list is there and has stopped changing; null when the program has ended. */
async function settledScreen(capture: () => Promise<{ stdout: string }>): Promise<string | null> {
  let last = '';
  let same = 0;
  for (const start = performance.now(); performance.now() - start < WAIT_MS;) {
    await delay(STEP_MS);
    const stdout = await capture().then(
      shown => shown.stdout,
      () => null,
    );
    if (stdout === null) return null;
    same = stdout === last ? same + 1 : 0;
    last = stdout;
    if (same >= 4 && isList(stdout)) return stdout;
  }
  throw new Error(`codex resume showed no list within ${String(WAIT_MS)} ms:\n${last}`);
}

function isList(screen: string): boolean {
  return screen.includes('Resume a previous session') && !/loading/i.test(screen);
}

/** Each line of the list has an age, a dot and a title. */
function titlesOn(screen: string): readonly string[] {
  return screen
    .split('\n')
    .flatMap(line => /^\W*\S+ ago\s+(?:●\s+)?(.*?)\s*$/.exec(line)?.[1] ?? []);
}

/** With a config.toml that it cannot read, Codex starts that server all the same. */
function endProgramsOf({ folder }: CodexHome): void {
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name)))
    try {
      const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      if (variables.includes(`CODEX_HOME=${folder}`)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended, or is another account's.
    }
}
