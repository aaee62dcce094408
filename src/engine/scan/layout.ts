// Where Codex keeps things in a home, and how it names them.

import type { RolloutName } from '../model/rollout.ts';
import type { HomePath } from '../model/words.ts';

export const ROLLOUT_PLACES = ['sessions', 'archived_sessions'] as const;

const UUID = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';
const ROLLOUT = new RegExp(
  `^rollout-(\\d{4}-\\d{2}-\\d{2}T\\d{2}-\\d{2}-\\d{2})-(${UUID})(?:_(${UUID}))?\\.jsonl(?:\\.zst)?$`,
);

/** Tells a rollout from any other file by its ending; its name may still be a wrong one. */
export function isRolloutFile(name: string): boolean {
  return name.startsWith('rollout-') && /\.jsonl(?:\.zst)?$/.test(name);
}

/** Reads the name of a rollout; null when Codex would not have named it so. */
export function parseRolloutName(name: string): RolloutName | null {
  const match = ROLLOUT.exec(name);
  if (match === null) return null;
  const [, stamp = '', id = '', segment] = match;
  return { id: id.toLowerCase(), segment: segment?.toLowerCase() ?? null, stamp };
}

/** The path below the home at which a rollout of this name belongs. */
export function canonicalFolder(
  place: (typeof ROLLOUT_PLACES)[number],
  name: RolloutName,
): HomePath {
  if (place === 'archived_sessions') return place;
  return `${place}/${name.stamp.slice(0, 10).replaceAll('-', '/')}`;
}

/** `state_5.sqlite` → `state`. */
export function databaseFamily(name: string): string {
  return name.replace(/(?:_v?\d+)*\.sqlite$/, '');
}

/** What Codex writes into `log_dir`: the database of its log, and what a terminal has shown. */
export function isOfLogDir(name: string): boolean {
  return /^(?:logs_\d+\.sqlite(?:-wal|-shm|-journal)?|codex-tui\.log)$/.test(name);
}

/** The plain name of a path that may be compressed. */
export function withoutZst(path: string): string {
  return path.endsWith('.zst') ? path.slice(0, -'.zst'.length) : path;
}
