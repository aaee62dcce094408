// How far something long has come, as people call it.

import { inWords } from './amounts.ts';

const WORDS: Readonly<Record<string, readonly [verb: string, noun: string]>> = {
  rollouts: ['Looking', 'conversations'],
  repairs: ['Repairing', 'repairs'],
  moves: ['Moving', 'threads'],
  compressions: ['Compressing', 'conversations'],
  requests: ['Asking Codex for', 'changes'],
  unpacking: ['Unpacking', 'conversations'],
  undoing: ['Putting back', 'repairs'],
};

export function progressInWords(done: number, total: number, what: string): string {
  const [verb, noun] = WORDS[what] ?? ['Working on', what];
  return `${verb} … ${inWords(done)} of ${inWords(total)} ${noun}`;
}
