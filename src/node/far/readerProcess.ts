// A program of its own that reads files which may never come: it may wait in the kernel for ever, and is left
// behind then. It does one thing after another, says now and then that something has come, and ends with its input.

import fs from 'node:fs';
import { createFiles } from '../files.ts';
import {
  bytesBehind,
  HEAD_BYTES,
  packed,
  unpacked,
  type FarQuestion,
  type FarWord,
} from './words.ts';

const INPUT = 0;
const OUTPUT = 1;
/** Little enough that the slowest server gets through with it long before anybody thinks that it is silent. */
const BYTES_AT_ONCE = 128 * 1024;
/** It is not said of each part. */
const BETWEEN_MS = 200;
/** The most that a system writes at once is a little less than two gigabytes. */
const WRITTEN_AT_ONCE = 64 * 1024 * 1024;

let saidAtMs = -Infinity;

const files = createFiles({
  bytesAtOnce: BYTES_AT_ONCE,
  came: () => {
    if (performance.now() - saidAtMs > BETWEEN_MS) say({ kind: 'came' });
  },
});

async function serve(): Promise<void> {
  // Who ends us is who has started us. Ctrl-C reaches us too, while a repair is brought to its end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => undefined);
  say({ kind: 'came' });
  for (let word = hear(); word !== null; word = hear())
    if (word.kind === 'question') say({ kind: 'answer', value: await answer(word.value) });
}

async function answer({ method, args }: FarQuestion): Promise<unknown> {
  if (method === 'stream') return files.stream(String(args[0]), handOver);
  const act = files[method] as (...args: readonly unknown[]) => Promise<unknown>;
  return act(...args);
}

function handOver(piece: Uint8Array): 'more' | 'stop' {
  say({ kind: 'piece', value: piece });
  return hear()?.kind === 'more' ? 'more' : 'stop';
}

function say(word: FarWord): void {
  for (const part of packed(word))
    for (let done = 0; done < part.length;)
      done += fs.writeSync(OUTPUT, part, done, Math.min(part.length - done, WRITTEN_AT_ONCE));
  saidAtMs = performance.now();
}

/** Null at the end of the input. */
function hear(): FarWord | null {
  const head = take(HEAD_BYTES);
  const rest = head === null ? null : take(bytesBehind(head));
  return head === null || rest === null ? null : unpacked(head, rest);
}

function take(bytes: number): Buffer | null {
  const taken = Buffer.alloc(bytes);
  for (let done = 0; done < bytes;) {
    const got = readInput(taken, done);
    if (got === 0) return null;
    done += got;
  }
  return taken;
}

function readInput(into: Buffer, at: number): number {
  try {
    return fs.readSync(INPUT, into, at, into.length - at, null);
  } catch (error) {
    // So Windows says that the other end is closed.
    if (error instanceof Error && 'code' in error && error.code === 'EOF') return 0;
    throw error;
  }
}

// Nobody waits for us any more, and what still hangs would keep us from an ordinary end.
void serve().finally(() => process.kill(process.pid, 'SIGKILL'));
