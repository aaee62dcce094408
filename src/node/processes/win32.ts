import type { Holders, Read } from '../../engine/world.ts';

/**
 * Windows knows the holders of a file (its Restart Manager does), but tells native code only.
 * Scripts that load such code write it to disk first; a trial with exclusive rights would disturb
 * Codex; and that a program of this name runs proves nothing about a home.
 */
export function sayThatWindowsDoesNotTell(): Read<Holders> {
  const why = 'Windows does not tell which programs have a file open';
  return { ok: false, trouble: { code: 'denied', why } };
}
