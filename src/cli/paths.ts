import { withoutTilde } from '../engine/engine.ts';
import type { Machine, World } from '../engine/world.ts';
import type { Given } from './commandLine.ts';

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
