// A repair that cannot go on, or shall not: all of it is taken back, and the person is told how that went.

import type { Left, Step } from '../model/plan.ts';
import { Hindered } from '../hands.ts';
import { Refusal } from '../refusal.ts';
import { refusalFor } from './guard.ts';
import type { NotKept } from './keepNote.ts';
import type { Site } from './site.ts';
import type { Ground } from './steps/step.ts';
import { takeBack, undoAll } from './undo.ts';
import type { Repair } from './vault.ts';

/** Takes all of the repair back; `because` of what, where nobody has wished it. */
export async function giveUp(
  site: Site,
  repair: Repair,
  because: Hindered | NotPutBack | NotKept | null = null,
): Promise<never> {
  const known = (await site.vault.repairs()).find(({ id }) => id === repair.id) ?? repair;
  const reason = because === null ? '' : `${because.message} `;
  const { left } = await takeBack(site, known).catch((error: unknown) => {
    throw error instanceof Refusal
      ? new Refusal(error.code, reason + error.message, error.next)
      : error;
  });
  const stopped = `${reason}The repair was stopped`;
  const hindered = because instanceof Hindered ? because : null;
  throw new Refusal(
    hindered?.hindrance ?? 'stopped',
    left.length === 0
      ? `${stopped}, and everything is as it was before.`
      : `${stopped} and taken back, but for ${left.map(({ what, why }) => `${what} (${why})`).join(', ')}.`,
    hindered === null ? NEXT[because === null ? 'wished' : 'failed'] : refusalFor(hindered).next,
  );
}

const NEXT = {
  wished: 'Start it again when you like.',
  failed: 'See to what kept it from being done, and start it again then.',
} as const;

/**
 * What was begun of a unit could neither be done nor put back. It cannot be left so beside others that go
 * on: then nobody would know that something of it still stands.
 */
export class NotPutBack extends Error {}

/** Takes back what was begun of a unit; `why` it could not be done. */
export async function putBack(
  steps: readonly Step[],
  ground: Ground,
  why: string,
): Promise<readonly Left[]> {
  try {
    return await undoAll(steps, ground);
  } catch (error) {
    if (error instanceof Hindered && error.stopsAll) throw error;
    const cause = error instanceof Error ? error : new Error(String(error));
    throw new NotPutBack(
      `A repair could not be done (${why}), and what was begun of it not be put back at once (${cause.message}).`,
      { cause },
    );
  }
}
