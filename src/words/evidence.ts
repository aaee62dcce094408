// Whose a thread is, as people are told it: with what it stands on, and without more than that.

import type { Attribution } from '../engine/model/host.ts';

/** All that names a host, in one line; where there is nothing, what that means. */
export function sayEvidence(
  confidence: Attribution['confidence'],
  evidence: Attribution['evidence'],
): string {
  const all = evidence.map(({ says }) => says).join(' ');
  if (confidence === 'conflict') return `It was used on several hosts. ${all}`;
  if (confidence === 'unknown')
    return `${all} Several hosts use this home, and nothing tells whose it is.`.trimStart();
  return all === '' ? NOBODY_ELSE : all;
}

const NOBODY_ELSE = 'found in the home of this machine; nothing says that it belongs to another';
