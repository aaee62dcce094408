import type { FilePath } from '../engine/model/words.ts';
import type { Machine } from '../engine/world.ts';

/** A shell does not expand the `~` of `--home=~/x`. */
export function withoutTilde(path: string, machine: Machine): FilePath {
  return /^~(?:[\\/]|$)/.test(path) ? machine.join(machine.userHome, path.slice(1)) : path;
}

/** A word that can be typed as it stands. */
export function quoted(word: string, system: Machine['system']): string {
  if (/^[\w./~:@%+=,-]+$/.test(word)) return word;
  return system === 'win32' ? `"${word}"` : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
