import type { Subject } from '../model/finding.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Home } from '../model/snapshot.ts';
import type { FilePath, ThreadId } from '../model/words.ts';

export function threadSubject(id: ThreadId, file: Rollout | null): Subject {
  return { kind: 'thread', key: id, path: file?.path ?? null };
}

export function rolloutSubject({ path }: Rollout): Subject {
  return { kind: 'rollout', key: path, path };
}

/** A path as a person reads it: below the home without the home. */
export function shortPath(path: FilePath, home: Home): string {
  for (const place of [home.path, ...home.aliases.filter(({ at }) => at === '').map(a => a.path)])
    for (const separator of ['/', '\\'])
      if (path.startsWith(place + separator)) return path.slice(place.length + 1);
  return path;
}
