// Lines of ours in the start-up files of shells: between two marks, by which a person and we know them again.

import { bytesOfText } from '../../model/bytes.ts';
import type { BlockStep } from '../../model/plan.ts';
import type { Shell } from './shells.ts';
import type { FoundStartUp } from './startUpFiles.ts';

/** How something is told in each of the languages that the shells speak. */
export interface Languages<Told> {
  posix(told: Told): readonly string[];
  fish(told: Told): readonly string[];
  tcsh(told: Told): readonly string[];
}

const LANGUAGE: Readonly<Record<Shell, keyof Languages<unknown>>> = {
  bash: 'posix',
  zsh: 'posix',
  sh: 'posix',
  fish: 'fish',
  tcsh: 'tcsh',
};

/** `about`: what the marks say; there is one block of it in a file. */
export function markedBlock<Told>(
  about: string,
  shell: Shell,
  languages: Languages<Told>,
  told: Told,
): string {
  const lines = [beginOf(about), WHOSE, ...languages[LANGUAGE[shell]](told), endOf(about)];
  return lines.map(line => `${line}\n`).join('');
}

export function beginOf(about: string): string {
  return `# >>> codex-health: ${about} >>>`;
}

function endOf(about: string): string {
  return `# <<< codex-health: ${about} <<<`;
}

const WHOSE =
  '# Written by codex-health; undoing that repair takes out these lines, and no others.';

export function putIntoStartUp(
  files: readonly FoundStartUp[],
  blockFor: (shell: Shell) => string,
): readonly BlockStep[] {
  return files.map(({ shell, file, was }) => ({
    kind: 'block',
    file,
    block: bytesOfText(blockFor(shell)),
    was,
  }));
}
