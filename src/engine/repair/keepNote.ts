// What later looks and other hosts have to know of a repair is written down in the person's state directory, and
// never in a home that is concerned.

import type { FilePath } from '../model/words.ts';
import { Refusal } from '../refusal.ts';
import type { World } from '../world.ts';

/** The world, as far as it keeps notes. */
export type Kept = Pick<World, 'keep'>;

/** What is said where it cannot be written down; `what` ends before the reason. */
export interface Unkept {
  readonly code: string;
  readonly what: string;
}

export async function keepNote(
  { keep }: Kept,
  name: string,
  note: Readonly<Record<string, unknown>>,
  outsideOf: readonly FilePath[],
  unkept: Unkept,
): Promise<void> {
  const text = `${JSON.stringify({ schemaVersion: 1, ...note }, null, 2)}\n`;
  const written = await keep.write(name, text, outsideOf);
  if (!written.ok) throw new NotKept(unkept, written.trouble.why);
}

/** A repair of which nobody could tell later what it has made must not stand. */
export class NotKept extends Refusal {
  constructor({ code, what }: Unkept, why: string) {
    super(
      code,
      `${what}: ${why}.`,
      'Make the state directory writable, and run it again. Should anything have been begun, it is put back first.',
    );
  }
}
