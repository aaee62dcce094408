// The only file that the command line writes for a person. It never replaces one, and never lies
// in a Codex home: looking leaves nothing there.

import fs from 'node:fs';
import path from 'node:path';
import { Refusal } from '../engine/refusal.ts';
import { isInside } from '../node/keep.ts';

export function checkNewFile(file: string, outsideOf: readonly string[]): void {
  const home = outsideOf.find(one => isInside(file, one));
  if (home !== undefined)
    throw new Refusal(
      'inside-the-home',
      `${file} lies in the Codex home ${home}, and nothing is written there.`,
      'Name a file elsewhere.',
    );
  if (fs.existsSync(file)) throw alreadyThere(file);
}

export function writeNewFile(file: string, text: string, outsideOf: readonly string[]): void {
  checkNewFile(file, outsideOf);
  try {
    fs.writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EEXIST') throw alreadyThere(file);
    throw new Refusal(
      'file-not-written',
      `${file} could not be written: ${WHY[code] ?? (error instanceof Error ? error.message : code)}.`,
      `Name a file in a folder that you can write to, other than ${path.dirname(file)}.`,
    );
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is a file',
  EACCES: 'this account may not write there',
  EPERM: 'this account may not write there',
  EROFS: 'the file system can only be read',
  ENOSPC: 'there is no room left',
};

function alreadyThere(file: string): Refusal {
  return new Refusal(
    'file-exists',
    `There is already something at ${file}, and it is not replaced.`,
    'Name a file that does not exist yet.',
  );
}
