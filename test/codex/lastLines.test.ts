// The last line of paginated history: one without a number keeps a thread from being resumed where Codex
// takes it for a line of its own, and is passed over where it does not.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { copyHome, makeHome, type ThreadName } from '../support/codex/makeHome.ts';
import { askOracle } from '../support/codex/oracle.ts';
import { createPredictor, type Predictor } from '../support/codex/predicting.ts';
import { findRollout } from '../support/codex/rollouts.ts';

const event = (payload: object) => ({ type: 'event_msg', payload });
const item = (payload: object) => ({ type: 'response_item', payload });
const LINES: readonly (readonly [line: object, canResume: boolean, said: boolean | 'unknown'])[] = [
  [event({ type: 'task_complete', turn_id: 't', last_agent_message: null }), false, false],
  [event({ type: 'task_started', turn_id: 't' }), false, false],
  [event({ type: 'agent_message', message: 'done' }), false, false],
  [event({ type: 'user_message', message: 'and then?' }), false, false],
  [event({ type: 'token_count', info: null, rate_limits: null }), false, false],
  [event({ type: 'agent_message' }), true, 'unknown'],
  [event({ type: 'of_a_codex_to_come' }), true, 'unknown'],
  [event({ message: 'of no type' }), true, 'unknown'],
  [{ type: 'of_a_codex_to_come', payload: {} }, true, true],
  [{ type: 'turn_context', payload: {} }, true, 'unknown'],
  [item({ type: 'of_a_codex_to_come' }), false, 'unknown'],
  [item({ type: 'message', role: 'user', content: [] }), false, 'unknown'],
  [item({ type: 'message', role: 'user' }), true, 'unknown'],
  [event({ type: 'task_complete' }), true, 'unknown'],
  [event({ type: 'task_complete', turn_id: 5 }), true, 'unknown'],
];
const THREADS: readonly ThreadName[] = ['A', 'B', 'C', 'N', 'E'];

let predictor: Predictor;

beforeAll(() => {
  predictor = createPredictor(inject('programs'));
});
afterAll(() => predictor.close());

describe.each(['0.160.0', '0.169.0'])('Codex %s', version => {
  test.each([0, 5, 10])('lines from the %s. on', async from => {
    await withScratchFolder(async root => {
      const home = copyHome(await makeHome(version, 'paginated'), path.join(root, 'home'));
      for (const [index, name] of THREADS.entries()) {
        const line = { timestamp: '2026-09-01T10:00:00.000Z', ...LINES[from + index]?.[0] };
        fs.appendFileSync(
          findRollout(home.folder, home.ids[name]) ?? '',
          `${JSON.stringify(line)}\n`,
        );
      }
      const { visibility } = await predictor.scan(home.folder, version);
      const { threads } = await askOracle(await installCodex(version), home);
      const outcomes = THREADS.map((name, index) => [
        ...[LINES[from + index]?.[0], threads[home.ids[name]]?.resumable],
        visibility[home.ids[name]]?.resumable.answer,
      ]);
      expect(outcomes).toEqual(LINES.slice(from, from + THREADS.length));
    });
  });
});
