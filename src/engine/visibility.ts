// Who can see a thread, and why not: pure. Each answer is that of the newest Codex on the machine to
// the first request after a fresh start. test/codex holds them against the real programs.

import type { Visibility } from './model/report.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { Thread } from './model/thread.ts';
import type { ThreadId } from './model/words.ts';
import { codexInUse, type CodexInUse } from './visibility/codexRules.ts';
import { predictDatabaseLists } from './visibility/databaseList.ts';
import { lookAt } from './visibility/look.ts';
import { predictPicker } from './visibility/picker.ts';
import { predictResume } from './visibility/resume.ts';
import { predictScanList } from './visibility/scanList.ts';
import { opensHistory, predictStart } from './visibility/start.ts';
import { surfacesOf } from './visibility/surfaces.ts';
import { asShown, unknown, type Verdict } from './visibility/verdict.ts';

/** Of all threads of a snapshot. */
export interface Sight {
  readonly of: Readonly<Record<ThreadId, Visibility>>;
  /** Whether it may be another one when files have grown and times have passed, and nothing else. */
  readonly heedsGrowth: boolean;
}

/** Predicted when somebody asks for it first: not everybody who scans wants to know. */
export interface Foresight {
  sight(): Sight;
  /** Null as long as nobody has asked. */
  readonly known: Sight | null;
}

/** `grownFrom`: that of a snapshot from which this one differs by growth alone, and whose sight may stand. */
export function foresee(snapshot: Snapshot, grownFrom: Foresight | null): Foresight {
  const before = grownFrom?.known ?? null;
  // Nothing is kept of the snapshot before: there may be thousands of them in a day.
  let known = before === null || before.heedsGrowth ? null : before;
  return {
    sight: () => (known ??= predictSight(snapshot)),
    get known() {
      return known;
    },
  };
}

export function predictSight(snapshot: Snapshot): Sight {
  const codex = codexInUse(snapshot.codexes);
  if ('tooOld' in codex)
    return sameForAll(snapshot, unknown(`what Codex ${codex.tooOld} answers was not measured`));
  const predictions = codex.map(one => predictFor(snapshot, one));
  const seen = (thread: Thread) =>
    visibilityOf(
      predictions.map(({ of }) => of(thread)).reduce((one, other) => agreeing(one, other)),
    );
  return {
    of: Object.fromEntries(snapshot.threads.map(thread => [thread.id, seen(thread)])),
    heedsGrowth: predictions.some(({ heedsGrowth }) => heedsGrowth),
  };
}

interface Prediction {
  readonly of: (thread: Thread) => Verdicts;
  readonly heedsGrowth: boolean;
}

function predictFor(snapshot: Snapshot, codex: CodexInUse): Prediction {
  const look = lookAt(snapshot, codex.rules, opensHistory(codex, snapshot));
  const start = predictStart(look, codex);
  if (start.starts.answer !== true)
    return { of: () => everywhere(start.starts), heedsGrowth: false };
  const scanList = predictScanList(look);
  const database = predictDatabaseLists(look, start);
  const resume = predictResume(look, start);
  const picker = predictPicker(look, start, scanList);
  const of = (thread: Thread): Verdicts => ({
    scanList: scanList(thread),
    databaseList: database.list(thread),
    newest50: database.newest50(thread),
    resumable: resume(thread),
    picker: picker.list(thread),
  });
  return { of, heedsGrowth: picker.heedsGrowth };
}

interface Verdicts {
  readonly scanList: Verdict;
  readonly databaseList: Verdict;
  readonly newest50: Verdict;
  readonly resumable: Verdict;
  readonly picker: Verdict;
}

/** What two releases have in common. */
function agreeing(one: Verdicts, other: Verdicts): Verdicts {
  const both = (question: keyof Verdicts): Verdict =>
    one[question].answer === other[question].answer
      ? one[question]
      : unknown('the releases before and after this Codex differ in it');
  return {
    scanList: both('scanList'),
    databaseList: both('databaseList'),
    newest50: both('newest50'),
    resumable: both('resumable'),
    picker: both('picker'),
  };
}

function everywhere(verdict: Verdict): Verdicts {
  return {
    scanList: verdict,
    databaseList: verdict,
    newest50: verdict,
    resumable: verdict,
    picker: verdict,
  };
}

function sameForAll({ threads }: Snapshot, verdict: Verdict): Sight {
  const visibility = visibilityOf(everywhere(verdict));
  return { of: Object.fromEntries(threads.map(({ id }) => [id, visibility])), heedsGrowth: false };
}

function visibilityOf({
  scanList,
  databaseList,
  newest50,
  resumable,
  picker,
}: Verdicts): Visibility {
  return {
    scanList: asShown(scanList),
    databaseList: asShown(databaseList),
    newest50: asShown(newest50),
    resumable,
    surfaces: surfacesOf(newest50, picker),
  };
}
