import { idOf, NOW } from './home.ts';

/** Where the builder puts the file of its first thread, unless the test says otherwise. */
export function rolloutPath(key: string, { archived = false, age = 60 } = {}): string {
  const iso = new Date(NOW - age * 60_000).toISOString();
  const name = `rollout-${iso.slice(0, 19).replaceAll(':', '-')}-${idOf(key)}.jsonl`;
  return archived
    ? `archived_sessions/${name}`
    : `sessions/${iso.slice(0, 10).replaceAll('-', '/')}/${name}`;
}
