// The list of `codex resume`: predicted by the product, read off the real program in a terminal.

import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Report } from '../../src/engine/model/report.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { breakHome } from '../support/codex/breakages.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { inParallel } from '../support/codex/inParallel.ts';
import {
  copyHome,
  makeHome,
  messages,
  projectFolder,
  type CodexHome,
  type HistoryMode,
  type ThreadName,
} from '../support/codex/makeHome.ts';
import { readPicker } from '../support/codex/picker.ts';
import { createPredictor, type Predictor } from '../support/codex/predicting.ts';

const LANES = 2;

type Folder = Parameters<typeof projectFolder>[0];
interface Case {
  readonly version: string;
  readonly mode: HistoryMode;
  readonly breakage: string;
  readonly folder: Folder;
}

/** A name, and behind an `@` the folder in which the program is started, unless it is the first. */
const cases: readonly Case[] = [
  ...casesOf('0.169.0', 'paginated', [
    ...['base', 'base@two', 'db-preview-empty', 'row-deleted', 'dup-path'],
    ...['db-provider-other', 'config-provider-other', 'db-source-exec', 'bom-first', 'db-bad-id'],
    ...['db-cwd-other@other', 'ro-cwd-other', 'db-cwd-trailslash', 'db-archived1', 'config-broken'],
  ]),
  ...casesOf('0.160.0', 'paginated', [
    ...['base', 'db-provider-other', 'config-provider-other', 'dup-path', 'meta-id-other'],
    ...['rollout-deleted', 'bom-first'],
  ]),
  ...casesOf('0.142.0', 'legacy', [
    ...['base', 'row-deleted', 'ro-provider-other', 'db-provider-other', 'ro-cwd-other'],
    ...['db-cwd-other@other', 'file-moved-to-archived'],
  ]),
];

let predictor: Predictor;

beforeAll(() => {
  predictor = createPredictor(inject('programs'));
});
afterAll(() => predictor.close());

test('codex resume lists what is predicted', async () => {
  const results = await inParallel(LANES, cases, tryOut);
  const unknown = results.reduce((sum, one) => sum + one.unknown, 0);
  process.stdout.write(`picker: ${String(cases.length)} cases, ${String(unknown)} unknown\n`);
  expect(results.flatMap(one => one.wrong)).toEqual([]);
});

async function tryOut(one: Case): Promise<{ wrong: string[]; unknown: number }> {
  const { version, mode, breakage } = one;
  const folder = projectFolder(one.folder);
  const sound = await makeHome(version, mode);
  const codex = await installCodex(version);
  return withScratchFolder(async root => {
    const home = copyHome(sound, path.join(root, 'home'));
    if (!breakHome(home, breakage)) throw new Error(`${breakage} has nothing to break`);
    const report = await predictor.scan(home.folder, version);
    const titles = await readPicker(codex, home, folder);
    const answers = threadsOf(report, home, folder).map(([name, said, why]) => {
      const shown = titles?.includes(titleOf(name)) ?? false;
      return {
        said,
        line: `${version} ${breakage}, in ${one.folder}: ${name} is ${String(shown)}, we said ${String(said)} (${why ?? ''})`,
        shown,
      };
    });
    return {
      wrong: answers
        .filter(({ said, shown }) => said !== 'unknown' && said !== shown)
        .map(({ line }) => line),
      unknown: answers.filter(({ said }) => said === 'unknown').length,
    };
  });
}

/** The threads of the folder: what is predicted is the list in the thread's own. */
function threadsOf({ snapshot, visibility }: Report, { ids }: CodexHome, folder: string) {
  const names = Object.keys(ids) as ThreadName[];
  return names.flatMap(name => {
    const thread = snapshot.threads.find(({ id }) => id === ids[name]);
    const predicted = visibility[ids[name]]?.surfaces.resumePicker;
    return thread?.cwd === folder && predicted !== undefined
      ? [[name, predicted.shown, predicted.why] as const]
      : [];
  });
}

function titleOf(name: ThreadName): string {
  return name === 'N' ? 'My Name' : messages[name];
}

function casesOf(version: string, mode: HistoryMode, names: readonly string[]): readonly Case[] {
  return names.map(name => {
    const [breakage = '', folder = 'one'] = name.split('@');
    return { version, mode, breakage, folder: folder as Folder };
  });
}
