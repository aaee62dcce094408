// What a cure costs, in words: the same in the terminal, in the editor and in the documentation.

import type { CureOffer } from '../engine/model/finding.ts';

export function termsOf({
  loses,
  needs,
  automatic,
}: Pick<CureOffer, 'loses' | 'needs' | 'automatic'>): string {
  const terms = [
    loses === 'nothing' ? 'Loses nothing.' : `Loses ${loses}, of which the vault keeps a copy.`,
    needs.includes('codex-stopped')
      ? 'Every Codex that uses the home has to be closed for it.'
      : '',
    needs.includes('codex-started') ? 'Codex itself is started for it.' : '',
    needs.includes('a-choice')
      ? 'Only done when you choose it by its name.'
      : automatic
        ? ''
        : 'Only done when you name it.',
  ];
  return terms.filter(term => term !== '').join(' ');
}
