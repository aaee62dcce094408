// Who can see a thread, and why not: pure. Each answer is that of the newest Codex on the machine to
// the first request after a fresh start. test/codex holds them against the real programs.

import type { Visibility } from './model/report.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { Thread } from './model/thread.ts';
import type { ThreadId } from './model/words.ts';
import { codexInUse } from './visibility/codexRules.ts';
import { predictDatabaseLists } from './visibility/databaseList.ts';
import { lookAt } from './visibility/look.ts';
import { predictResume } from './visibility/resume.ts';
import { predictScanList } from './visibility/scanList.ts';
import { predictStart } from './visibility/start.ts';
import { surfacesOf } from './visibility/surfaces.ts';
import { asShown, unknown, type Verdict } from './visibility/verdict.ts';

export function predictVisibility(snapshot: Snapshot): Readonly<Record<ThreadId, Visibility>> {
  const codex = codexInUse(snapshot.codexes);
  if ('tooOld' in codex)
    return sameForAll(snapshot, unknown(`what Codex ${codex.tooOld} answers was not measured`));
  const look = lookAt(snapshot, codex.rules);
  const start = predictStart(look, codex);
  if (start.starts.answer !== true) return sameForAll(snapshot, start.starts);
  const scanList = predictScanList(look);
  const database = predictDatabaseLists(look, start);
  const resume = predictResume(look, start);
  return Object.fromEntries(
    snapshot.threads.map(thread => [
      thread.id,
      visibilityOf(thread, {
        scanList: scanList(thread),
        databaseList: database.list(thread),
        newest50: database.newest50(thread),
        resumable: resume(thread),
      }),
    ]),
  );
}

interface Verdicts {
  readonly scanList: Verdict;
  readonly databaseList: Verdict;
  readonly newest50: Verdict;
  readonly resumable: Verdict;
}

function sameForAll(
  { threads }: Snapshot,
  verdict: Verdict,
): Readonly<Record<ThreadId, Visibility>> {
  const same = { scanList: verdict, databaseList: verdict, newest50: verdict, resumable: verdict };
  return Object.fromEntries(threads.map(thread => [thread.id, visibilityOf(thread, same)]));
}

function visibilityOf(thread: Thread, verdicts: Verdicts): Visibility {
  const { scanList, databaseList, newest50, resumable } = verdicts;
  return {
    scanList: asShown(scanList),
    databaseList: asShown(databaseList),
    newest50: asShown(newest50),
    resumable,
    surfaces: surfacesOf(thread, verdicts),
  };
}
