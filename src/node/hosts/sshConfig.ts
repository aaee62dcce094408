// Which hosts a person's ssh config names. Only what can be offered: how a host is reached is for ssh to say.

import fs from 'node:fs';
import path from 'node:path';
import type { Read } from '../../engine/world.ts';
import { troubleOf } from '../reading.ts';
import { isAlias } from './ssh.ts';

const MOST_BYTES = 1 << 20;

export function readOfferedHosts(userHome: string): Read<readonly string[]> {
  const folder = path.join(userHome, '.ssh');
  try {
    const names = namesIn(path.join(folder, 'config'), { folder, userHome, seen: new Set() });
    return { ok: true, value: [...new Set(names)] };
  } catch (error) {
    const trouble = troubleOf(error);
    return trouble.code === 'missing' ? { ok: true, value: [] } : { ok: false, trouble };
  }
}

interface Place {
  readonly folder: string;
  readonly userHome: string;
  /** Files include each other in circles. */
  readonly seen: Set<string>;
}

/** What stands below a `Match` holds only now and then, and is left out. */
function namesIn(file: string, place: Place): readonly string[] {
  if (place.seen.has(file)) return [];
  place.seen.add(file);
  const names: string[] = [];
  let isMatched = false;
  for (const line of textOf(file).split(/\r?\n/)) {
    const [keyword = '', ...words] = wordsOf(line);
    switch (keyword.toLowerCase()) {
      case 'match':
        isMatched = true;
        break;
      case 'host':
        isMatched = false;
        names.push(...words.filter(word => !/[*?!]/.test(word) && isAlias(word)));
        break;
      case 'include':
        if (isMatched) break;
        for (const included of words.flatMap(word => filesLike(word, place)))
          names.push(...namesInIncluded(included, place));
        break;
    }
  }
  return names;
}

/** One file that cannot be read is no reason to offer none of the others. */
function namesInIncluded(file: string, place: Place): readonly string[] {
  try {
    return namesIn(file, place);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
}

function textOf(file: string): string {
  const { size } = fs.statSync(file);
  return size > MOST_BYTES ? '' : fs.readFileSync(file, 'utf8');
}

/** `Host a "b c" # why`, or `Host=a`. */
function wordsOf(line: string): readonly string[] {
  const [, keyword = '', rest = ''] = /^\s*([^\s=#]+)\s*=?\s*(.*)$/.exec(line) ?? [];
  const words = [...rest.matchAll(/"([^"]*)"|(#)|([^\s"]+)/g)];
  const comment = words.findIndex(([, , hash]) => hash !== undefined);
  return [
    keyword,
    ...(comment < 0 ? words : words.slice(0, comment)).map(
      ([, quoted, , bare]) => quoted ?? bare ?? '',
    ),
  ];
}

function filesLike(pattern: string, { folder, userHome }: Place): readonly string[] {
  const whole = path.resolve(folder, pattern.replace(/^~(?=\/)/, userHome));
  return whole
    .split(path.sep)
    .reduce<readonly string[]>(
      (found, part) => found.flatMap(above => namesLike(above, part)),
      [path.parse(whole).root],
    )
    .filter(file => fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

function namesLike(above: string, part: string): readonly string[] {
  if (!/[*?]/.test(part)) return [path.join(above, part)];
  const source = part
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const names = fs.existsSync(above) ? fs.readdirSync(above).sort() : [];
  return names
    .filter(name => !name.startsWith('.') || part.startsWith('.'))
    .filter(name => new RegExp(`^${source}$`).test(name))
    .map(name => path.join(above, name));
}
