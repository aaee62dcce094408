// Every way through the commands, with stand-ins for person and server.

import './repairing.ts';
import './findings.ts';
import './history.ts';
import './threads.ts';
import './opening.ts';
import './editorColumns.ts';
import './serverEnds.ts';
