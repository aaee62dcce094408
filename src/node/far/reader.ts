// The process that reads for us, seen from here: one question at a time, and told apart is whether it is at work or
// hangs.

import { letGo, startHelperProcess, type HelperProgram } from '../helperProcess.ts';
import {
  bytesBehind,
  HEAD_BYTES,
  packed,
  unpacked,
  type FarQuestion,
  type FarWord,
} from './words.ts';

/** Must not throw. */
export type Visit = (piece: Uint8Array) => 'more' | 'stop';

/** Null: it has hung, or ended, and is of no more use. */
export type Heard = { readonly value: unknown } | null;

export interface Reader {
  /** The question before must have been answered. */
  ask(question: FarQuestion, visit: Visit): Promise<Heard>;
  end(): void;
  /** What hangs outlives its end, until its disk answers or the kernel lets it go. */
  isRunning(): boolean;
}

/**
 * `silentMs`: so long nothing may come at all. It is no limit for the whole of an answer. `running` is told which
 * process it is, until that has ended.
 */
export function startReader(
  program: HelperProgram,
  silentMs: number,
  running: Set<number>,
): Reader {
  const child = startHelperProcess(program);
  const pid = child?.pid ?? 0;
  if (child !== null) running.add(pid);
  let isOver = child === null;
  let waiting: { readonly visit: Visit; done(heard: Heard): void } | null = null;
  let came = 0;
  let timer: NodeJS.Timeout | undefined;

  const say = (word: FarWord) => packed(word).forEach(part => child?.stdin.write(part));
  const settle = (heard: Heard) => {
    clearTimeout(timer);
    const { done } = waiting ?? {};
    waiting = null;
    done?.(heard);
  };
  const end = () => {
    if (!isOver && child !== null) letGo(child);
    isOver = true;
    settle(null);
  };
  const watch = () => {
    clearTimeout(timer);
    const before = came;
    // We may have been busy ourselves: what lies in the pipe is heard before anything is given up.
    timer = setTimeout(() => setImmediate(() => (came === before ? end() : undefined)), silentMs);
  };
  const hear = (word: FarWord) => {
    if (word.kind === 'answer') settle({ value: word.value });
    else if (word.kind === 'piece' && waiting !== null) say({ kind: waiting.visit(word.value) });
  };
  const take = inWords(hear);
  child?.stdout.on('data', (piece: Buffer) => {
    came += 1;
    if (waiting !== null) watch();
    take(piece);
  });
  for (const source of [child, child?.stdin, child?.stdout]) source?.on('error', end);
  child?.on('exit', () => {
    running.delete(pid);
    end();
  });
  return {
    end,
    isRunning: () => running.has(pid),
    ask: (question, visit) =>
      new Promise(resolve => {
        if (isOver) return resolve(null);
        waiting = { visit, done: resolve };
        watch();
        say({ kind: 'question', value: question });
      }),
  };
}

/** Puts together what comes in parts. */
function inWords(hear: (word: FarWord) => void): (piece: Buffer) => void {
  let head = Buffer.alloc(HEAD_BYTES);
  let rest: Buffer | null = null;
  let filled = 0;
  return piece => {
    for (let at = 0; at < piece.length;) {
      const into: Buffer = rest ?? head;
      const took = piece.copy(into, filled, at);
      at += took;
      filled += took;
      if (filled < into.length) continue;
      filled = 0;
      if (rest === null) rest = Buffer.allocUnsafeSlow(bytesBehind(head));
      if (rest.length > 0 && into !== rest) continue;
      const word = unpacked(head, rest);
      head = Buffer.alloc(HEAD_BYTES);
      rest = null;
      hear(word);
    }
  };
}
