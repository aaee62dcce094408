import { withoutTilde } from '../engine/engine.ts';
import type { FilePath } from '../engine/model/words.ts';
import type { Machine, World } from '../engine/world.ts';
import type { Given } from './commandLine.ts';
import { withoutEnd } from './render/threadTree.ts';

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

/** A folder as threads name theirs: without links, and without a slash at its end. */
export async function folderGiven(
  name: 'project',
  given: Given,
  { machine, files }: World,
): Promise<FilePath | null> {
  const text = given.text(name);
  if (text === null) return null;
  return withoutEnd(await files.realPath(machine.absolute(withoutTilde(text, machine))));
}
