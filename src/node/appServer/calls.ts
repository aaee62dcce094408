// Questions to a running server, and their answers. Codex loses questions when it gets very many at
// once, and refuses some when it has much to do: few are open at a time, and each has a time limit.

import { createMessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import { AppServerRefusal } from '../../engine/hands.ts';
import type { CodexProcess } from './codexProcess.ts';
import { LineReader, LineWriter } from './jsonLines.ts';

export interface CallLimits {
  /** What one question may take, from when it is sent. */
  readonly callMs: number;
  /** How long we wait before we ask again where Codex has too much to do; twice as long each time. */
  readonly retryMs: number;
}

export interface Calls {
  ask(method: string, params: object, limitMs?: number): Promise<unknown>;
  tell(method: string): void;
}

/** With 400 at once Codex refuses some, and with 5000 it forgets a thousand. */
const AT_ONCE = 32;

/** "Server overloaded; retry later." */
const OVERLOADED = -32001;
const RETRIES = 6;

export function createCalls(codex: CodexProcess, limits: CallLimits): Calls {
  // Nobody can approve anything here: what the server asks, the connection refuses by itself.
  const connection = createMessageConnection(
    new LineReader(codex.output),
    new LineWriter(codex.input),
    undefined,
    // With any number here an answer counts when it is read. Else it waits for its turn, and the
    // last words of a server that goes would come after its end.
    { maxParallelism: AT_ONCE },
  );
  connection.listen();
  const whileItLives = createLifeline(codex);
  const gate = createGate(AT_ONCE);
  const askOnce = (method: string, params: object, limitMs: number) =>
    whileItLives<unknown>((resolve, reject) => {
      const seconds = String(limitMs / 1000);
      const tooLate = new Error(`Codex did not answer ${method} within ${seconds} seconds`);
      const timer = setTimeout(() => reject(tooLate), limitMs);
      connection.sendRequest(method, params).then(resolve, reject);
      return timer;
    });
  const pause = (ms: number) => whileItLives<void>(resolve => setTimeout(resolve, ms));
  const askUntilItHasTime = async (method: string, params: object, limitMs: number) => {
    for (let retry = 0; ; retry += 1) {
      try {
        return await askOnce(method, params, limitMs);
      } catch (error) {
        if (!(error instanceof ResponseError)) throw error;
        if (error.code !== OVERLOADED || retry === RETRIES)
          throw new AppServerRefusal(error.code, error.message);
      }
      await pause(limits.retryMs * 2 ** retry);
    }
  };
  return {
    ask: (method, params, limitMs = limits.callMs) =>
      gate(() => askUntilItHasTime(method, params, limitMs)),
    tell: method => void connection.sendNotification(method),
  };
}

type Settle<T> = (value: T) => void;
type Begin<T> = (resolve: Settle<T>, reject: Settle<unknown>) => NodeJS.Timeout;

/** Makes promises that are rejected when Codex goes before they are settled. */
function createLifeline(codex: CodexProcess): <T>(begin: Begin<T>) => Promise<T> {
  const open = new Set<Settle<unknown>>();
  void codex.gone.then(() => {
    for (const reject of [...open]) reject(hasGone(codex));
  });
  return begin =>
    new Promise((resolve, reject) => {
      if (codex.departure() !== null) return reject(hasGone(codex));
      const letGo = () => {
        open.delete(fail);
        // A timer that is left would keep our own process from its end.
        clearTimeout(timer);
      };
      const fail = (error: unknown) => {
        letGo();
        reject(error instanceof Error ? error : new Error(String(error)));
      };
      open.add(fail);
      const timer = begin(value => {
        letGo();
        resolve(value);
      }, fail);
    });
}

function hasGone(codex: CodexProcess): Error {
  const { how = '', words = '' } = codex.departure() ?? {};
  return new Error(`Codex has gone: ${how}${words === '' ? '' : `. It said: ${words}`}`);
}

/** Lets so many in at a time; the others wait in their order. */
function createGate(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = places;
  return async work => {
    if (free === 0) await new Promise<void>(resolve => waiting.push(resolve));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
