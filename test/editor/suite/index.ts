// What VS Code starts inside its extension host.

import { runTests } from './harness.ts';
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
import './flows/editorColumns.ts';
import './flows/registered.ts';
import './flows/serverEnds.ts';
import './serverProcess.ts';

export function run(): Promise<void> {
  const resultFile = process.env['CODEX_HEALTH_RESULT'];
  if (resultFile === undefined) throw new Error('the runner has to name the result file');
  return runTests(resultFile);
}
