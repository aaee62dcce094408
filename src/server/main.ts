// The language server's process. All that it does is in server.ts.

import fs from 'node:fs';
import path from 'node:path';
import {
  createConnection,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
  type Connection,
} from 'vscode-languageserver/node';
import { createHands } from '../node/hands.ts';
import { createNodeWorld } from '../node/world.ts';
import { startServer } from './server.ts';

/** The extension talks over IPC, any other editor over standard input and output. */
const connection: Connection = process.argv.includes('--node-ipc')
  ? createConnection(ProposedFeatures.all)
  : connectStdio();

const world = createNodeWorld({
  programs: path.dirname(fs.realpathSync(process.argv[1] ?? '.')),
  log: line => connection.console.log(line),
});

startServer(connection, world, createHands());

/** An editor that closes its end is no failure, also when it did not say goodbye before. */
function connectStdio(): Connection {
  const reader = new StreamMessageReader(process.stdin);
  reader.onClose(() => void world.close());
  return createConnection(ProposedFeatures.all, reader, new StreamMessageWriter(process.stdout));
}
