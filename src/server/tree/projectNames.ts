// What projects are called in the tree: by their folder, and by as much of what is above it as is
// needed to tell them apart.

import type { FilePath } from '../../engine/model/words.ts';
import { append } from '../group.ts';

export function projectNames(paths: Iterable<FilePath>): ReadonlyMap<FilePath, string> {
  const parts = new Map(
    [...paths].map(path => [path, path.split(/[\\/]/).filter(part => part !== '')]),
  );
  const names = new Map<FilePath, string>();
  let open = [...parts.keys()];
  for (let length = 1; open.length > 0; length += 1) {
    const byName = new Map<string, FilePath[]>();
    for (const path of open) append(byName, nameOf(path, parts.get(path) ?? [], length), path);
    open = [];
    for (const [name, alike] of byName)
      for (const path of alike) {
        const isWhole = length >= (parts.get(path)?.length ?? 0);
        if (alike.length === 1 || isWhole)
          names.set(path, isWhole && alike.length > 1 ? path : name);
        else open.push(path);
      }
  }
  return names;
}

function nameOf(path: FilePath, parts: readonly string[], length: number): string {
  const separator = path.includes('/') ? '/' : '\\';
  return parts.slice(-length).join(separator) || path;
}
