// Our scanner on a host, as it is asked from here. It goes there packed, through the input of a Node that was
// found there.

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Read, Trouble } from '../../engine/world.ts';
import type { ScannerAnswer, ScannerReply, ScannerRequest } from './requests.ts';
import { seconds, type Talk } from './talk.ts';

/** More than a snapshot of any home that a person could have. */
const MOST_BYTES = 1 << 30;

/** A request before it has its number. */
type Unnumbered<R> = R extends ScannerRequest ? Omit<R, 'id'> : never;

export class ScannerThere {
  readonly #talk: Talk;
  readonly #waiting = new Map<number, (answer: Read<unknown>) => void>();
  #trouble: Trouble | null = null;
  #asked = 0;

  constructor(talk: Talk, node: string, program: Buffer) {
    this.#talk = talk;
    talk.listen(
      frame => void this.#take(frame),
      trouble => {
        this.#trouble = trouble;
        this.#failAll(trouble);
      },
    );
    talk.send(`node\n${node}\n${String(program.length)}\n`);
    talk.send(program);
  }

  ask<K extends keyof ScannerReply>(
    request: Unnumbered<Extract<ScannerRequest, { readonly kind: K }>> & { readonly kind: K },
    limitMs: number,
  ): Promise<Read<ScannerReply[K]>> {
    return new Promise(resolve => {
      if (this.#trouble !== null) return resolve({ ok: false, trouble: this.#trouble });
      const id = (this.#asked += 1);
      const done = (answer: Read<unknown>) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(answer as Read<ScannerReply[K]>);
      };
      const timer = setTimeout(() => {
        const why = `it did not answer within ${seconds(limitMs)}`;
        done({ ok: false, trouble: { code: 'timeout', why } });
      }, limitMs);
      this.#waiting.set(id, done);
      this.#talk.send(`${JSON.stringify({ ...request, id })}\n`);
    });
  }

  /** What cannot be understood tells nobody whose answer it is. */
  async #take(frame: Buffer): Promise<void> {
    try {
      const text = await promisify(gunzip)(frame, { maxOutputLength: MOST_BYTES });
      const { id, answer } = JSON.parse(text.toString('utf8')) as ScannerAnswer;
      this.#waiting.get(id)?.(answer);
    } catch {
      this.#failAll({ code: 'broken', why: 'its answer could not be understood' });
    }
  }

  #failAll(trouble: Trouble): void {
    for (const done of [...this.#waiting.values()]) done({ ok: false, trouble });
  }
}
