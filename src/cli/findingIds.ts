// Findings as people type them: the beginning of an id is enough where no other one begins so.

import { Refusal } from '../engine/refusal.ts';
import { harmless } from '../words/harmless.ts';

/** The ids that a word means: itself, or the only one that begins so. */
export function resolveFinding(named: string, ids: readonly string[], what = 'finding'): string[] {
  if (ids.includes(named)) return [named];
  const begins = ids.filter(id => id.startsWith(named));
  const [only] = begins;
  if (begins.length === 1 && only !== undefined) return [only];
  if (begins.length > 1)
    throw new Refusal(
      'ambiguous',
      `${String(begins.length)} findings begin with "${named}".`,
      `Name more of it, as in ${begins.slice(0, 2).join(' or ')}.`,
    );
  throw new Refusal(
    'no-such-finding',
    `There is no ${what} "${harmless(named)}" in this home now.`,
    what === 'finding'
      ? 'codex-health scan --json shows the ids of all findings.'
      : 'codex-health accept --list shows what is accepted.',
  );
}
