// The process of one server: how it begins, what it says last, how it ends.

import { spawn, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { StartRequest } from '../../engine/hands.ts';
import { lastWords } from './lastWords.ts';

export interface CodexProcess {
  readonly input: Writable;
  readonly output: Readable;
  /** Comes when it has gone and all that it said has been read. */
  readonly gone: Promise<void>;
  /** Null while it lives. */
  departure(): Departure | null;
  /** Ends it, first with good words. Comes when it has gone; may be called again. */
  end(afterInputMs?: number): Promise<void>;
}

export interface Departure {
  /** As `it ended with exit code 1`. */
  readonly how: string;
  /** What it said last about its trouble; empty when it said nothing, or when we have ended it. */
  readonly words: string;
}

export interface Patience {
  /** How long it may take to end after its input has. */
  readonly afterInputMs: number;
  /** How long it may take to end after it was told to. */
  readonly afterSigtermMs: number;
}

const KEPT_OF_STDERR = 64 * 1024;

/** How long we read on after the end; what it has started itself may hold its pipes open. */
const LAST_READ_MS = 1000;

export function startCodex(request: StartRequest, patience: Patience): CodexProcess {
  const child = spawnCodex(request);
  const ended = endOf(child);
  const { stdin, stdout, stderr } = child;
  // Where pipes could not be made either, Node leaves these undefined, whatever their type says.
  if (stdin == null || stdout == null || stderr == null)
    throw new Error('Codex did not start: this system has no room for one more process');
  let said = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT_OF_STDERR);
  });
  // What cannot be written to it is told by its end.
  stdin.on('error', () => undefined);
  let departure: Departure | null = null;
  let ending: Promise<void> | null = null;
  const gone = ended.then(how => {
    departure =
      ending === null ? { how, words: lastWords(said) } : { how: 'we have ended it', words: '' };
    for (const pipe of [stdin, stdout, stderr]) pipe.destroy();
  });
  return {
    input: stdin,
    output: stdout,
    gone,
    departure: () => departure,
    end: (afterInputMs = patience.afterInputMs) =>
      (ending ??= endGently(child, stdin, gone, { ...patience, afterInputMs })),
  };
}

function spawnCodex(request: StartRequest): ChildProcess {
  try {
    return spawn(request.codex, ['app-server'], {
      // Not the folder that we happen to be in: Codex reads the settings of a project that it is in.
      cwd: os.tmpdir(),
      env: environmentFor(request),
      stdio: 'pipe',
      // Ctrl-C at the terminal is for us: Codex is ended by us, in order.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Codex did not start: ${why}`, { cause });
  }
}

/** What this process sees, and the home. An inherited place of the databases would be another home's. */
function environmentFor({ home, sqliteHome }: StartRequest): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(
    // On Windows a name may be written in any way, and the first one that is found counts.
    ([name]) => !['CODEX_HOME', 'CODEX_SQLITE_HOME'].includes(name.toUpperCase()),
  );
  return {
    ...Object.fromEntries(others),
    CODEX_HOME: home,
    ...(sqliteHome === null ? {} : { CODEX_SQLITE_HOME: sqliteHome }),
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    child.on('error', error => {
      // There are other errors than a failed start, and after those it still ends.
      if (child.pid === undefined) resolve(error.message);
    });
    child.once('exit', (code, signal) => {
      const how =
        signal === null ? `it ended with exit code ${String(code)}` : `it was ended by ${signal}`;
      const timer = setTimeout(() => resolve(how), LAST_READ_MS);
      child.once('close', () => {
        clearTimeout(timer);
        resolve(how);
      });
    });
  });
}

/** The end of its input ends Codex in good order. Only this one process is ever sent a signal. */
async function endGently(
  child: ChildProcess,
  input: Writable,
  gone: Promise<void>,
  { afterInputMs, afterSigtermMs }: Patience,
): Promise<void> {
  input.end();
  if (await comesWithin(gone, afterInputMs)) return;
  child.kill('SIGTERM');
  if (await comesWithin(gone, afterSigtermMs)) return;
  child.kill('SIGKILL');
  await gone;
}

function comesWithin(event: Promise<void>, ms: number): Promise<boolean> {
  return new Promise(resolve => {
    const timer = setTimeout(() => resolve(false), ms);
    void event.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
