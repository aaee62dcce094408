// The suites, in their order. Loading this file is what declares the tests to mocha.

import './commands.ts';
import './documents.ts';
import './problems.ts';
// Not right behind a test that opens a panel: what takes the focus closes a list.
import './findThread.ts';
import './threadTree.ts';
import './treeItems.ts';
import './flows/repairing.ts';
import './flows/findings.ts';
import './flows/history.ts';
import './flows/threads.ts';
import './flows/opening.ts';
import './flows/resumeGuard.ts';
import './flows/splitting.ts';
import './flows/localDatabases.ts';
import './flows/pinning.ts';
import './flows/editorColumns.ts';
import './flows/registered.ts';
import './flows/serverEnds.ts';
import './view.ts';
import './serverProcess.ts';
