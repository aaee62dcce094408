import type { FilePath } from '../engine/model/words.ts';
import type { Machine, World } from '../engine/world.ts';
import type { Given } from './commandLine.ts';

/** A shell does not expand the `~` of `--home=~/x`. */
export function withoutTilde(path: string, machine: Machine): FilePath {
  return /^~(?:[\\/]|$)/.test(path) ? machine.join(machine.userHome, path.slice(1)) : path;
}

/** A word that can be typed as it stands. */
export function quoted(word: string, system: Machine['system']): string {
  if (/^[\w./~:@%+=,-]+$/.test(word)) return word;
  return system === 'win32' ? `"${word}"` : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A path, against the current directory. */
export function pathGiven(
  name: 'home' | 'sqlite-home' | 'codex' | 'vault' | 'to',
  given: Given,
  { machine }: World,
): string | null {
  const text = given.text(name);
  return text === null ? null : machine.absolute(withoutTilde(text, machine));
}
