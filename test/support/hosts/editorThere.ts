// An editor whose window is on a host: our server runs there, beside the home, and is spoken to through ssh. Or one
// whose server runs here, as a process of its own.

import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import path from 'node:path';
import { inject } from 'vitest';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type { ServerSettings } from '../../../src/protocol/settings.ts';
import { initialize, speak, type Editor } from '../../server/editor.ts';
import type { Lab } from './lab.ts';
import { runOn } from './onHosts.ts';

/** It is there when the other hosts of its settings have been seen. */
export async function withEditorOn(
  lab: Lab,
  host: string,
  settings: Partial<ServerSettings>,
  use: (editor: Editor) => Promise<void>,
): Promise<void> {
  const server = runOn(lab, host, [path.join(inject('programs'), 'server.js'), '--stdio']);
  await withEditor(server, settings, async editor => {
    await untilHostsAreSeen(editor);
    await use(editor);
  });
}

/** The exit code of the server. */
export async function withEditor(
  server: ChildProcessWithoutNullStreams,
  settings: Partial<ServerSettings>,
  use: (editor: Editor) => Promise<void>,
): Promise<number | null> {
  const ended = new Promise<number | null>(resolve => server.once('close', resolve));
  const editor = speakThrough(server);
  try {
    await initialize(editor.connection, { settings });
    await use(editor);
    await editor.leave();
  } finally {
    server.stdin.end();
    await ended;
  }
  return ended;
}

function speakThrough({ stdout, stdin }: ChildProcessWithoutNullStreams) {
  const [reader, writer] = [new StreamMessageReader(stdout), new StreamMessageWriter(stdin)];
  const connection = createMessageConnection(reader, writer);
  return { ...speak(connection), connection };
}

async function untilHostsAreSeen(editor: Editor): Promise<void> {
  for (;;) {
    const changed = editor.nextChange();
    const { hosts } = await editor.tree();
    const others = hosts.slice(1);
    const areSeen = others.every(({ seenAtMs, isLooking }) => seenAtMs !== null && !isLooking);
    if (others.length > 0 && areSeen) return;
    await changed;
  }
}
