// One program at the other end of a connection, and what it says. It may never answer, print without end, or be
// gone at any moment: whoever waits is told so, and nobody waits for ever.

import { spawn, type ChildProcess } from 'node:child_process';
import type { Trouble } from '../../engine/world.ts';
import { Marks } from './marks.ts';

export interface HostRecord {
  readonly name: string;
  readonly values: readonly (string | null)[];
}

export interface TalkOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly mark: string;
  /** What is made of what the program said beside its answers, and of its exit, when it has ended. */
  readonly whyEnded: (said: string, code: number | null) => string;
  readonly signal?: AbortSignal | undefined;
}

/** What a program may say of itself is kept as far as anybody would read it. */
const MOST_SAID = 8192;
/** What it is given to end by itself, once it hears that nobody listens. */
const PATIENCE_MS = 1000;

export class Talk {
  readonly #child: ChildProcess | null;
  readonly #ended: Promise<void>;
  readonly #records: HostRecord[] = [];
  #trouble: Trouble | null = null;
  #said = '';
  /** Looks at what has come since; told whenever something has, or nothing more will. */
  #waiting: (() => void) | null = null;
  #takeFrame: (frame: Buffer) => void = () => undefined;
  #whenOver: (trouble: Trouble) => void = () => undefined;
  #leave: () => void = () => undefined;

  constructor(options: TalkOptions) {
    this.#child = startProcess(options);
    this.#ended = this.#listen(options);
    if (this.#child === null) this.#end('broken', 'this system could not start ssh');
  }

  send(data: string | Buffer): void {
    if (this.#trouble === null) this.#child?.stdin?.write(data);
  }

  /**
   * The records up to one of these names. What had come before the time was over, or the program ended, is handed
   * out as well: it is true all the same.
   */
  collect(
    last: readonly string[],
    limitMs: number,
  ): Promise<{ readonly records: readonly HostRecord[]; readonly trouble: Trouble | null }> {
    return new Promise(resolve => {
      const done = (trouble: Trouble | null) => {
        clearTimeout(timer);
        this.#waiting = null;
        const end = this.#records.findIndex(({ name }) => last.includes(name));
        const records = this.#records.splice(0, end < 0 ? this.#records.length : end + 1);
        resolve({ records, trouble });
      };
      const timer = setTimeout(() => {
        done({ code: 'timeout', why: `it did not answer within ${seconds(limitMs)}` });
      }, limitMs);
      this.#waiting = () => {
        if (this.#records.some(({ name }) => last.includes(name))) done(null);
        else if (this.#trouble !== null) done(this.#trouble);
      };
      this.#waiting();
    });
  }

  /** From now on frames are handed over, and the end of the talk. */
  listen(takeFrame: (frame: Buffer) => void, whenOver: (trouble: Trouble) => void): void {
    this.#takeFrame = takeFrame;
    this.#whenOver = whenOver;
    if (this.#trouble !== null) whenOver(this.#trouble);
  }

  /** Returns when what was started here has ended. What sleeps in the kernel cannot be, and is left behind. */
  async close(): Promise<void> {
    this.#end('broken', 'the connection was closed');
    this.#child?.stdin?.end();
    const timers = [
      setTimeout(() => this.#kill(), PATIENCE_MS),
      setTimeout(() => this.#leave(), 2 * PATIENCE_MS),
    ];
    await this.#ended;
    timers.forEach(clearTimeout);
  }

  /** Resolves at the end of the program; what it has left behind may hold on to its output. */
  #listen({ mark, whyEnded, signal }: TalkOptions): Promise<void> {
    const child = this.#child;
    if (child === null) return Promise.resolve();
    const marks = new Marks(mark, {
      record: (name, values) => {
        this.#records.push({ name, values });
        this.#waiting?.();
      },
      frame: bytes => this.#takeFrame(bytes),
      fail: why => {
        this.#end('broken', why);
        this.#kill();
      },
    });
    const cancel = () => {
      this.#end('broken', 'it was cancelled');
      this.#kill();
    };
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted === true) cancel();
    child.stdout?.on('data', (piece: Buffer) => marks.push(piece));
    child.stderr?.on('data', (piece: Buffer) => {
      this.#said = (this.#said + piece.toString('utf8')).slice(-MOST_SAID);
    });
    for (const pipe of [child.stdin, child.stdout, child.stderr])
      pipe?.on('error', () => undefined);
    return new Promise(resolve => {
      const over = () => {
        this.#end('broken', whyEnded(this.#said, child.exitCode));
        signal?.removeEventListener('abort', cancel);
        for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe?.destroy();
        child.unref();
        resolve();
      };
      this.#leave = over;
      child.on('error', over);
      child.on('close', over);
      // What it has left behind may hold on to its output.
      child.on('exit', () => setTimeout(over, LEFT_BEHIND_MS).unref());
    });
  }

  #end(code: Trouble['code'], why: string): void {
    if (this.#trouble !== null) return;
    this.#trouble = { code, why };
    this.#waiting?.();
    this.#whenOver(this.#trouble);
  }

  /** With the jumps that it has started. */
  #kill(): void {
    try {
      if (process.platform === 'win32' || this.#child?.pid === undefined)
        this.#child?.kill('SIGKILL');
      else process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // All of them have ended by themselves.
    }
  }
}

const LEFT_BEHIND_MS = 300;

/**
 * A session of its own has no terminal: nobody can be asked for a password there, not even by a jump. It ends
 * with its input, whatever becomes of us.
 */
function startProcess({ program, args, environment }: TalkOptions): ChildProcess | null {
  try {
    return spawn(program, args, {
      env: environment,
      stdio: 'pipe',
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch {
    return null;
  }
}

export function seconds(milliseconds: number): string {
  const count = Math.round(milliseconds / 1000);
  return `${String(count)} second${count === 1 ? '' : 's'}`;
}
