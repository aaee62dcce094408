// Starts a program of ours beside this one, for what may wait for ever: nothing here waits for its end.

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Socket } from 'node:net';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** What was built, or its source where Node runs that; or what was built, itself, where it is in no file. */
export type HelperProgram = string | { readonly source: string };

export type HelperProcess = ChildProcessByStdio<Writable, Readable, null>;

/** Null when the system has no room for one more process. */
export function startHelperProcess(program: HelperProgram): HelperProcess | null {
  try {
    const args = typeof program === 'string' ? [program] : ['-e', program.source];
    const child = spawn(process.execPath, args, {
      cwd: path.parse(process.execPath).root,
      env: helperEnvironment(),
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    child.unref();
    // Where pipes could not be made either, Node leaves these undefined, whatever their type says.
    for (const pipe of [child.stdin, child.stdout]) (pipe as Socket).unref();
    return child;
  } catch {
    return null;
  }
}

/** It may sleep in the kernel, where no signal wakes it: it is left behind then. */
export function letGo(child: HelperProcess): void {
  child.kill('SIGKILL');
  child.stdin.destroy();
  child.stdout.destroy();
}

/** Nothing of the person's environment: no proxy, no NODE_OPTIONS, no secret reaches the helper. */
function helperEnvironment(): NodeJS.ProcessEnv {
  const systemRoot = process.env['SystemRoot'];
  return {
    // A look that hangs keeps a thread, and Node has four by default.
    UV_THREADPOOL_SIZE: '64',
    // Inside an editor our own program is the editor.
    ...(process.versions['electron'] === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' }),
    ...(systemRoot === undefined ? {} : { SystemRoot: systemRoot }),
  };
}
