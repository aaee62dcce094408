// Nothing is changed before somebody has said yes to exactly what will be done.

import type { Plan } from '../engine/model/plan.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Context } from './command.ts';

export async function demandConsent({ given, surroundings }: Context): Promise<void> {
  if (given.has('yes')) return;
  const answer = await surroundings.ask('\nDo it? [y/N] ');
  if (answer === null)
    throw new Refusal(
      'no-consent',
      'Nobody is there to say yes to it.',
      'Nothing was changed. Run it in a terminal, or with --yes.',
    );
  if (!/^y(?:es)?$/i.test(answer.trim()))
    throw new Refusal('declined', 'Nothing was changed.', 'It can be asked for again at any time.');
}

/** `again`: the words with which a person makes the plan once more. */
export function refuseOtherPlan(
  { sha }: Plan,
  wanted: string | null,
  again = 'codex-health plan',
): void {
  if (wanted === null || (wanted.length >= 8 && sha.startsWith(wanted))) return;
  throw new Refusal(
    'plan-changed',
    'The plan is no longer the one that was named.',
    `Nothing was changed. It is ${sha} now: look at it with ${again}.`,
  );
}
