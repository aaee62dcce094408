// Where Codex looks for the file of a thread, and under which name.

import { textOfLiteral } from '../../model/literal.ts';
import type { Columns } from '../../model/plan.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Home } from '../../model/snapshot.ts';
import type { HomePath, ThreadId } from '../../model/words.ts';

/** What is said where there is no such place. */
export const NO_RIGHT_NAME = {
  why: 'its right name is not known: nothing says when the conversation was begun',
  next: 'Nothing was changed. Read what the file holds; its name has to tell the time at which it was begun.',
};

/**
 * The place of a rollout. The time in its name is that of the clock where it was made: it is taken from
 * a name that still has it, or from the row; else from the first line, which says it in UTC.
 */
export function canonicalPlace(
  rollout: Pick<Rollout, 'path' | 'place' | 'compressed' | 'name'> & {
    readonly head: Pick<Rollout['head'], 'meta'>;
  },
  id: ThreadId,
  row: Columns | undefined,
): HomePath | null {
  const recorded = textOfLiteral(row?.['rollout_path']) ?? '';
  const stamp =
    STAMP.exec(fileName(recorded))?.[0] ??
    STAMP.exec(fileName(rollout.path))?.[0] ??
    stampOf(rollout.head.meta?.timestamp ?? null);
  if (stamp === null) return null;
  const segment = rollout.name?.segment == null ? '' : `_${rollout.name.segment}`;
  const ending = rollout.compressed ? '.jsonl.zst' : '.jsonl';
  const name = `rollout-${stamp}-${id}${segment}${ending}`;
  return rollout.place === 'archived_sessions'
    ? `archived_sessions/${name}`
    : `sessions/${stamp.slice(0, 10).replaceAll('-', '/')}/${name}`;
}

const STAMP = /\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}/;

function stampOf(timestamp: string | null): string | null {
  const moment = Date.parse(timestamp ?? '');
  if (Number.isNaN(moment)) return null;
  return new Date(moment).toISOString().slice(0, 19).replaceAll(':', '-');
}

function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** A path below the home, as this system writes it. */
export function inHome({ path, system }: Home, at: HomePath): string {
  return system === 'win32' ? `${path}\\${at.replaceAll('/', '\\')}` : `${path}/${at}`;
}
