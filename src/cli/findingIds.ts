// Findings as people type them: the beginning of an id is enough where no other one begins so.

import { Refusal } from '../engine/refusal.ts';
import { nearest } from './nearest.ts';
import { harmless } from '../words/harmless.ts';

interface Naming {
  readonly what?: string;
  /** Whether `--check` takes all findings of one. */
  readonly withCheck?: boolean;
}

/** The ids that a word means: itself, or the only one that begins so. */
export function resolveFinding(
  named: string,
  ids: readonly string[],
  { what = 'finding', withCheck = false }: Naming = {},
): string[] {
  if (ids.includes(named)) return [named];
  const begins = ids.filter(id => id.startsWith(named));
  const [only] = begins;
  if (begins.length === 1 && only !== undefined) return [only];
  const isCheck = withCheck && begins.every(id => id.startsWith(`${named}:`));
  if (begins.length > 1)
    throw new Refusal(
      'ambiguous',
      `${String(begins.length)} findings begin with "${named}".`,
      `Name more of it, as in ${begins.slice(0, 2).join(' or ')}${isCheck ? `; or take all of them with --check ${named}` : ''}.`,
    );
  const [check = ''] = named.split(':');
  const meant = nearest(check, [...new Set(ids.map(id => id.slice(0, id.indexOf(':'))))]);
  const isOther = meant !== null && meant !== check;
  throw new Refusal(
    'no-such-finding',
    `There is no ${what} "${harmless(named)}" in this home now.`,
    isOther
      ? `Did you mean ${meant}?`
      : what === 'finding'
        ? 'codex-health scan --json shows the ids of all findings.'
        : 'codex-health accept --list shows what is accepted.',
  );
}
