// The language server's process. All that it does is in server.ts.

import fs from 'node:fs';
import path from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { createNodeWorld } from '../node/world.ts';
import { startServer } from './server.ts';

/** The transport is the one that the arguments name: `--stdio`, `--node-ipc`, `--socket`. */
const connection = createConnection(ProposedFeatures.all);

startServer(
  connection,
  createNodeWorld({
    programs: path.dirname(fs.realpathSync(process.argv[1] ?? '.')),
    log: line => connection.console.log(line),
  }),
);
