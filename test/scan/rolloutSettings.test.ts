// What is remembered of lines that go on in the same way is what JSON.parse would say of each of them.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lastSettings, lastTurnCwd } from '../../src/engine/scan/rollouts/rolloutSettings.ts';

interface Loose {
  readonly [name: string]: unknown;
}

/** Beginnings that end where the next name begins, and some that only look like it. */
const opening = (kind: string, ids: string) =>
  fc
    .record({
      time: fc.constantFrom('"now"', '"then"', '"a\\n"', '"a\tb"', 'null'),
      ordinal: fc.constantFrom('', '"ordinal":0,', '"ordinal":17,', '"ordinal":01,'),
      id: fc.constantFrom('', `"${ids}":"one",`, `"${ids}":"two",`, `"${ids}":"\\",`, ','),
    })
    .map(({ time, ordinal, id }) => `{"timestamp":${time},${ordinal}${kind}${id}`);

const TURN = opening('"type":"turn_context","payload":{', 'turn_id');
const SETTINGS = opening(
  '"type":"event_msg","payload":{"type":"thread_settings_applied",',
  'thread_id',
);

const PIECES = [
  ...['"cwd":"/work/one"', '"cwd":"/work/two"', '"cwd":1', '"model_provider_id":"mock"'],
  ...['"thread_settings":{', '"type":"other"', '"type":"thread_settings_applied"', '"payload":{'],
  ...['"payload":null', '"timestamp":"later"', ',', ',', '}', '}', '}}', '"', '\\', '{', '[', ']'],
];
const rest = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 7 }).map(pieces => pieces.join('')),
  fc.constantFrom(
    '"cwd":"/work/one"}}',
    '}}',
    '},"payload":{"cwd":"/work/two"}}',
    '},"payload":{"type":"thread_settings_applied","cwd":"/work/two"}}',
    '"cwd":"/work/two"},"type":"other"}',
    '"thread_settings":{"model_provider_id":"mock","cwd":"/work/one"}}}',
    '"type":"other","cwd":"/work/one"}}',
  ),
);

test.each([
  ['turns', TURN, (line: string) => lastTurnCwd(line), turnOf],
  ['settings', SETTINGS, (line: string) => lastSettings(line), settingsOf],
])('lines of %s say what they say when they are parsed', (_, openings, read, expected) => {
  fc.assert(
    fc.property(fc.array(openings, { minLength: 2, maxLength: 6 }), rest, (beginnings, end) => {
      for (const line of beginnings.map(beginning => beginning + end))
        expect(read(line)).toEqual(expected(line));
    }),
    { numRuns: 2000 },
  );
});

function turnOf(line: string): string | null {
  const record = parsed(line);
  return record?.['type'] === 'turn_context' ? textOf(objectOf(record['payload'])?.['cwd']) : null;
}

function settingsOf(line: string): { provider: string | null; cwd: string | null } | null {
  const payload = objectOf(parsed(line)?.['payload']);
  if (payload?.['type'] !== 'thread_settings_applied') return null;
  const settings = objectOf(payload['thread_settings']) ?? payload;
  return { provider: textOf(settings['model_provider_id']), cwd: textOf(settings['cwd']) };
}

function parsed(line: string): Loose | null {
  try {
    return objectOf(JSON.parse(line));
  } catch {
    return null;
  }
}

function objectOf(value: unknown): Loose | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Loose)
    : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
