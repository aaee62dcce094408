// A client of `codex app-server` over its standard input and output: one JSON message a line.

import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** The server's answer to a request; `null` as code means that there was no answer at all. */
export type Answer =
  | { readonly result: unknown }
  | { readonly error: RpcError | { readonly code: null; readonly message: string } };

export interface Message {
  readonly method: string;
  readonly params?: unknown;
}

interface IncomingMessage {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: RpcError;
}

/** Starts a server on a home and does the handshake, with experimental methods switched on. */
export async function startAppServer(codex: string, home: string): Promise<AppServer> {
  const server = new AppServer(codex, home);
  const clientInfo = { name: 'codex-session-health-tests', title: 'Tests', version: '0.0.0' };
  try {
    const greeting = { clientInfo, capabilities: { experimentalApi: true } };
    server.greeting = await server.call('initialize', greeting);
  } catch (cause) {
    await server.kill();
    throw new StartFailure(server.stderr, { cause });
  }
  return server;
}

/** Starts one for as long as it is used. */
export async function withServer<T>(
  codex: string,
  folder: string,
  use: (server: AppServer) => Promise<T>,
): Promise<T> {
  const server = await startAppServer(codex, folder);
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

/** Codex ended, or did not answer, before it had started. */
export class StartFailure extends Error {
  readonly stderr: string;

  constructor(stderr: string, options: ErrorOptions) {
    super(`codex app-server did not start: ${stderr.slice(0, 500)}`, options);
    this.stderr = stderr;
  }
}

/** A request to which the server answered with an error. */
export class RpcFailure extends Error {
  readonly rpc: RpcError;

  constructor(method: string, rpc: RpcError) {
    super(`${method}: ${rpc.message}`);
    this.rpc = rpc;
  }
}

/** The environment in which the tests run Codex: it sees the given home and nothing of this user's own. */
export function codexEnvironment(home: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(CODEX_|OPENAI_|RUST_)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    CODEX_HOME: home,
    HOME: path.dirname(home),
    TZ: 'UTC',
  };
}

/** What was killed has ended within this. */
const GONE_MS = 2000;

export class AppServer {
  readonly notifications: Message[] = [];
  /** What it has said of itself when it started. */
  greeting: unknown = null;
  stderr = '';

  readonly #child: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<void>;
  readonly #pending = new Map<number, (answer: Answer) => void>();
  readonly #listeners = new Set<(message: Message) => void>();
  #requests = 0;
  #end: string | null = null;

  constructor(codex: string, home: string) {
    this.#child = spawn(codex, ['app-server'], {
      cwd: home,
      env: codexEnvironment(home),
      // A group of its own, so that `kill` ends what it has started as well.
      detached: true,
    });
    this.#child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.stderr += chunk;
    });
    // A server that dies while a request is being written is reported by 'close'.
    this.#child.stdin.on('error', () => undefined);
    readline.createInterface({ input: this.#child.stdout }).on('line', line => {
      this.#receive(line);
    });
    this.#closed = new Promise(resolve => {
      const end = (reason: string): void => {
        this.#end = reason;
        for (const answer of this.#pending.values()) {
          answer(noAnswer(reason));
        }
        this.#pending.clear();
        resolve();
      };
      this.#child.once('error', error => {
        end(error.message);
      });
      this.#child.once('close', (code, signal) => {
        end(`codex app-server ended (${signal ?? `exit code ${code}`})`);
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends a request and resolves with whatever comes back. */
  ask(method: string, params: object, timeoutMs = 60_000): Promise<Answer> {
    if (this.#end !== null) {
      return Promise.resolve(noAnswer(this.#end));
    }
    this.#requests += 1;
    const id = this.#requests;
    return new Promise(resolve => {
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        this.#pending.delete(id);
        resolve(answer);
      };
      const timer = setTimeout(() => {
        settle(noAnswer(`no answer to ${method} within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#pending.set(id, settle);
      this.#child.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
    });
  }

  /** Sends a request and resolves with its result; an error is thrown. */
  async call(method: string, params: object, timeoutMs?: number): Promise<unknown> {
    const answer = await this.ask(method, params, timeoutMs);
    if ('result' in answer) {
      return answer.result;
    }
    if (answer.error.code === null) {
      throw new Error(answer.error.message);
    }
    throw new RpcFailure(method, answer.error);
  }

  /** Runs one turn in a loaded thread and resolves with its status when it has completed. */
  async runTurn(
    threadId: string,
    said: string | readonly object[],
    timeoutMs = 20_000,
  ): Promise<string> {
    const completed = this.#next(message => {
      const params = message.params as { threadId?: string } | undefined;
      return message.method === 'turn/completed' && params?.threadId === threadId;
    }, timeoutMs);
    const input = typeof said === 'string' ? [{ type: 'text', text: said }] : said;
    await this.call('turn/start', { threadId, input });
    const message = await completed;
    if (message === null) {
      throw new Error(
        `the turn of ${threadId} did not complete within ${timeoutMs} ms: ${this.stderr.slice(-500)}`,
      );
    }
    return (message.params as { turn: { status: string } }).turn.status;
  }

  /** Closes the server's input, which ends it as an editor would; a server that hangs is killed. */
  async stop(): Promise<void> {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 4000);
    await this.#closed;
    clearTimeout(timer);
  }

  /**
   * Ends the server at once, and what it has started; for homes that are thrown away. Codex runs `git` and
   * others at its start, and one that it has just made by fork is still a codex with all of its files open.
   */
  async kill(): Promise<void> {
    const { pid } = this.#child;
    if (pid !== undefined) killGroup(pid);
    await this.#closed;
    const until = Date.now() + GONE_MS;
    while (pid !== undefined && livesInGroup(pid) && Date.now() < until) await delay(2);
  }

  #receive(line: string): void {
    let message: IncomingMessage;
    try {
      message = JSON.parse(line) as IncomingMessage;
    } catch {
      this.stderr += `not JSON on standard output: ${line}\n`;
      return;
    }
    if (message.method !== undefined) {
      const notification = { method: message.method, params: message.params };
      this.notifications.push(notification);
      for (const listener of this.#listeners) {
        listener(notification);
      }
    } else if (typeof message.id === 'number') {
      this.#pending.get(message.id)?.(
        message.error === undefined ? { result: message.result } : { error: message.error },
      );
    }
  }

  /** Resolves with the next message that matches, or with null when none came in time. */
  #next(matches: (message: Message) => boolean, timeoutMs: number): Promise<Message | null> {
    return new Promise(resolve => {
      const settle = (message: Message | null): void => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
        resolve(message);
      };
      const listener = (message: Message): void => {
        if (matches(message)) {
          settle(message);
        }
      };
      const timer = setTimeout(() => {
        settle(null);
      }, timeoutMs);
      this.#listeners.add(listener);
      void this.#closed.then(() => {
        settle(null);
      });
    });
  }
}

function noAnswer(message: string): Answer {
  return { error: { code: null, message } };
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // All of it has ended by itself.
  }
}

/** Whether anything of it still runs; what has ended holds nothing, though nobody may have taken note of it. */
function livesInGroup(group: number): boolean {
  const isNumber = (name: string) => /^\d+$/.test(name);
  const folders = existsSync('/proc/self/stat') ? readdirSync('/proc').filter(isNumber) : [];
  return folders.some(pid => {
    const [state, , itsGroup] = statOf(pid);
    return Number(itsGroup) === group && state !== 'Z' && state !== 'X';
  });
}

/** The fields behind the name, which may itself hold blanks and brackets; none of what is gone. */
function statOf(pid: string): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
