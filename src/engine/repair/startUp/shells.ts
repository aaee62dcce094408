// The shells that can be told something in a start-up file, and what means the same to all of them.

export type Shell = 'bash' | 'zsh' | 'fish' | 'tcsh' | 'sh';

const PROGRAMS: Readonly<Record<string, Shell>> = {
  ...{ bash: 'bash', zsh: 'zsh', fish: 'fish', tcsh: 'tcsh', csh: 'tcsh' },
  ...{ sh: 'sh', dash: 'sh', ksh: 'sh', ash: 'sh' },
};

/** By its program, as `/bin/zsh` or `-zsh`; null for one that is not known. */
export function shellOf(program: string): Shell | null {
  return PROGRAMS[program.slice(program.lastIndexOf('/') + 1).replace(/^-/, '')] ?? null;
}

/** Whether a name or a path means the same between single quotes in every shell. */
export function isPlain(text: string): boolean {
  return /^[\w./@+,:=~ \u00a1-\uffff-]+$/.test(text);
}
