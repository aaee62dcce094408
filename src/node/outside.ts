// Paths that may hang are asked in another process, which is left behind when it does not answer
// in time: a call that waits for a dead server cannot be cancelled, not even by killing it.

import type { Repository } from '../engine/model/closerLook.ts';
import type { PathState } from '../engine/model/snapshot.ts';
import type { Outside, Projects } from '../engine/world.ts';
import {
  letGo,
  startHelperProcess,
  type HelperProcess,
  type HelperProgram,
} from './helperProcess.ts';

export interface OutsideProcess extends Outside {
  readonly projects: Projects;
  /** Ends the process; what is still asked is answered with `unknown`. */
  close(): void;
}

export interface OutsideOptions {
  /** The built helper, `outside.js`; or its source where Node runs that; or what was built, itself. */
  readonly helper: HelperProgram;
  /** What one call of `look` may take, once the helper runs. */
  readonly limitMs?: number;
  /** What the start of the helper may take: a busy machine is not a hung mount. */
  readonly startLimitMs?: number;
}

export function createOutside(options: OutsideOptions): OutsideProcess {
  const { helper, limitMs = 1000, startLimitMs = 2000 } = options;
  let current: RunningHelper | null = null;
  const running = () => {
    if (current === null || current.isLost()) current = startHelper(helper);
    return current;
  };
  /** By the question; one that nobody has answered in time is absent. */
  const ask = (questions: readonly string[]) =>
    new Promise<ReadonlyMap<string, string>>(resolve => {
      const answers = new Map<string, string>();
      const different = new Set(questions);
      if (different.size === 0) return resolve(answers);
      const open = () => different.size - answers.size;
      const timer = startTimer({ startLimitMs, limitMs }, open, resolveAndLetGo);
      const listener: Listener = {
        ready: timer.helperIsReady,
        dead: timer.end,
        answer: (question, text) => {
          answers.set(question, text);
          if (open() === 0) timer.end();
        },
      };
      const asked = running();
      asked.ask([...different], listener);

      function resolveAndLetGo(): void {
        asked.letGo(listener, open() === 0 ? 'answered' : 'hangs');
        resolve(answers);
      }
    });
  return {
    close: () => current?.end(),
    look: async paths => {
      const answers = await ask(paths.map(file => JSON.stringify(file)));
      return new Map(paths.map(file => [file, asPathState(answers.get(JSON.stringify(file)))]));
    },
    projects: {
      inside: async folders =>
        present<readonly string[]>(folders, await ask(folders.map(asInside)), asInside),
      repositories: async (folders, commits) => {
        const question = (repository: string) => JSON.stringify({ repository, commits });
        return present<Repository>(folders, await ask(folders.map(question)), question);
      },
    },
  };
}

function asInside(inside: string): string {
  return JSON.stringify({ inside });
}

/** What was answered, but for those to which the answer is that there is nothing. */
function present<T>(
  folders: readonly string[],
  answers: ReadonlyMap<string, string>,
  questionOf: (folder: string) => string,
): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const folder of folders) {
    const answer = JSON.parse(answers.get(questionOf(folder)) ?? 'null') as T | null;
    if (answer !== null) found.set(folder, answer);
  }
  return found;
}

interface Listener {
  ready(): void;
  answer(question: string, text: string): void;
  dead(): void;
}

interface RunningHelper {
  ask(asked: readonly string[], listener: Listener): void;
  letGo(listener: Listener, because: 'answered' | 'hangs'): void;
  /** Whether it can no longer be asked. */
  isLost(): boolean;
  end(): void;
}

function startHelper(helper: OutsideOptions['helper']): RunningHelper {
  const child = startHelperProcess(helper);
  const questions = new Map<number, { readonly text: string; readonly listener: Listener }>();
  const listeners = new Set<Listener>();
  let asked = 0;
  let isReady = false;
  let isLost = child === null;
  const end = () => {
    isLost = true;
    if (child !== null) letGo(child);
    for (const listener of [...listeners]) listener.dead();
  };
  const read = (line: string) => {
    const end = line.indexOf(' ');
    const number = Number(line.slice(0, end));
    const question = questions.get(number);
    questions.delete(number);
    if (question !== undefined && listeners.has(question.listener))
      question.listener.answer(question.text, line.slice(end + 1));
  };
  readLines(child, line => {
    if (line !== 'ready') return read(line);
    isReady = true;
    for (const listener of listeners) listener.ready();
  });
  for (const source of [child, child?.stdin]) source?.on('error', end);
  child?.on('exit', end);
  return {
    isLost: () => isLost,
    end,
    ask: (texts, listener) => {
      if (isLost) return listener.dead();
      listeners.add(listener);
      if (isReady) listener.ready();
      for (const text of texts) questions.set(asked++, { text, listener });
      child?.stdin.write(texts.map(text => `${text}\n`).join(''));
    },
    letGo: (listener, because) => {
      listeners.delete(listener);
      if (because === 'hangs') isLost = true;
      // Others may still be getting answers about mounts that do not hang.
      if (isLost && listeners.size === 0) end();
    },
  };
}

function readLines(child: HelperProcess | null, read: (line: string) => void): void {
  let unfinished = '';
  child?.stdout.setEncoding('utf8');
  child?.stdout.on('data', (text: string) => {
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop() ?? '';
    lines.forEach(read);
  });
}

function asPathState(word: string | undefined): PathState {
  return word === 'folder' || word === 'file' || word === 'missing' ? word : 'unknown';
}

interface Timer {
  helperIsReady(): void;
  end(): void;
}

/**
 * Ends once: when told to, or when the time is over. The time may also be over because we were busy
 * ourselves; answers that have lain in the pipe since then are read before anything is given up.
 */
function startTimer(
  limits: { readonly startLimitMs: number; readonly limitMs: number },
  open: () => number,
  done: () => void,
): Timer {
  let isOver = false;
  let before = -1;
  const end = () => {
    clearTimeout(timeout);
    if (isOver) return;
    isOver = true;
    done();
  };
  const giveUp = () => {
    if (open() === before) return end();
    before = open();
    setImmediate(giveUp);
  };
  let timeout = setTimeout(giveUp, limits.startLimitMs);
  return {
    end,
    helperIsReady: () => {
      clearTimeout(timeout);
      if (!isOver) timeout = setTimeout(giveUp, limits.limitMs);
    },
  };
}
