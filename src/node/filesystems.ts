import type { Filesystem } from '../engine/model/database.ts';

export function filesystemOf(_path: string): Filesystem | null {
  return null;
}
