// The language server over standard input and output. Loaded only when it is asked for.

import {
  createConnection,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { World } from '../engine/world.ts';
import { startServer } from '../server/server.ts';

/** Serves until the editor closes its end. */
export async function serve(world: World): Promise<void> {
  const reader = new StreamMessageReader(process.stdin);
  const connection = createConnection(
    ProposedFeatures.all,
    reader,
    new StreamMessageWriter(process.stdout),
  );
  const closed = new Promise<void>(resolve => {
    reader.onClose(() => resolve());
  });
  startServer(connection, world);
  await closed;
}
