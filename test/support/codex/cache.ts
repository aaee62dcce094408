// What is slow to make (installed releases, homes) is made once and kept outside the tree.

import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A folder below the cache; it need not exist. */
export function cacheFolder(...parts: readonly string[]): string {
  const ofThisUser = process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache');
  const base =
    process.env['CODEX_HEALTH_CACHE'] ?? path.join(ofThisUser, 'codex-session-health-dev');
  return path.resolve(base, ...parts);
}

/**
 * Runs a test with a fresh folder and removes it. The folder is in the cache because Codex, and we,
 * treat what lies in the system's temporary folder differently.
 */
export async function withScratchFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const parent = cacheFolder('scratch');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(realpathSync(parent), 'test-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Makes a folder unless it is there. It appears complete or not at all, and when two processes
 * make it at once, the first one to finish wins and the other one uses the winner's.
 */
export async function makeOnce(
  folder: string,
  make: (unfinished: string) => Promise<void>,
): Promise<void> {
  if (existsSync(folder)) {
    return;
  }
  mkdirSync(path.dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.unfinished-`);
  try {
    await make(unfinished);
    moveIntoPlace(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function moveIntoPlace(unfinished: string, folder: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) {
      throw error;
    }
  }
}
