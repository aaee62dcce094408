// Programs that have something of a home open, as a person recognises them.

import type { Holder } from '../../model/snapshot.ts';

export type RunningProgram = Pick<Holder, 'pid' | 'program' | 'terminal'>;

/** `codex (process 4711 in pts/3)` */
export function nameProgram({ program, pid, terminal }: RunningProgram): string {
  return `${program} (process ${String(pid)}${terminal === null ? '' : ` in ${terminal}`})`;
}

/** By the name of its file, which is all that is known of it. */
export function isCodex({ program }: RunningProgram): boolean {
  return /codex/i.test(program);
}
