// A path as a person writes it, on a command line or in a setting.

import type { FilePath } from './model/words.ts';
import type { Machine } from './world.ts';

/** No shell has expanded a `~` that stands in a setting, or behind the sign of `--home=~/x`. */
export function withoutTilde(path: string, machine: Pick<Machine, 'join' | 'userHome'>): FilePath {
  return /^~(?:[\\/]|$)/.test(path) ? machine.join(machine.userHome, path.slice(1)) : path;
}
