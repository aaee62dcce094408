import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readHead,
  readTail,
  readWholeRollout,
  withoutInstructions,
} from '../../src/engine/scan/rollouts/rolloutHead.ts';
import { anyCharacter } from '../support/anyCharacter.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

const META = {
  id: '01a00000-0000-7000-8000-000000000001',
  timestamp: '2026-11-21T00:00:00.000Z',
  cwd: '/home/ada/work/one',
  originator: 'test',
  cli_version: '0.169.0',
  source: 'vscode',
  model_provider: 'mock',
};
const line = (type: string, payload: object, ordinal = 0) =>
  JSON.stringify({ timestamp: '2026-11-21T00:00:00.000Z', ordinal, type, payload });
const header = line('session_meta', META);
const message = (text: string) =>
  line('event_msg', {
    type: 'item_completed',
    item: { type: 'UserMessage', content: [{ type: 'text', text }] },
  });

describe('the first line without its instructions', () => {
  const anyText = fc.string({ unit: anyCharacter });
  const key = '"base_instructions":{"text":';

  test('says the same as the whole line, whatever stands in it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        anyText,
        fc.jsonValue(),
        (before, instructions, after) => {
          const value = { ...before, base_instructions: { text: instructions, after }, end: 1 };
          const parsed: unknown = JSON.parse(withoutInstructions(JSON.stringify(value)));
          const expected = { ...value, base_instructions: { text: '', after } };
          expect(parsed).toEqual(JSON.parse(JSON.stringify(expected)));
        },
      ),
    );
  });

  test('is JSON exactly when the whole line is, also with damage in it', () => {
    const piece = fc.oneof(
      fc.constantFrom(key, '"', '\\"', '\\', '{', '}', ':', ',', '""', '\\u12', 'text', '\u0001'),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), pieces => {
        const text = `{"a":1,${pieces.join('')}}`;
        expect(isJson(withoutInstructions(text))).toBe(isJson(text));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the beginning of a rollout', () => {
  test('is sound when its first line describes a thread', () => {
    const head = readHead(bytes(`${header}\n${message('hello')}\n`));
    expect(head).toMatchObject({
      state: 'sound',
      meta: { id: META.id, provider: 'mock' },
      header: { line: 0 },
      userItem: 'hello',
      firstUserMessage: 'hello',
    });
  });

  test.each([
    ['empty', '', null],
    ['byte-order-mark', `\ufeff${header}\n`, null],
    ['not-json', `no json\n${header}\n`, 1],
    ['not-meta', `${message('hello')}\n${header}\n`, 1],
    ['incomplete', `${line('session_meta', { ...META, cwd: undefined })}\n`, null],
    ['sound', `\n\n${header}\n`, 0],
  ])('is %s', (state, text, headerLine) => {
    const { head } = readWholeRollout(bytes(text));
    expect(head.state).toBe(state);
    expect(head.header?.line ?? null).toBe(headerLine);
  });

  test('is looked for in ten lines and no more', () => {
    const junk = (lines: number) => 'junk\n'.repeat(lines);
    expect(readWholeRollout(bytes(`${junk(9)}${header}\n`)).head.header?.line).toBe(9);
    expect(readWholeRollout(bytes(`${junk(10)}${header}\n`)).head.header).toBeNull();
  });

  test('knows when it has not seen a message', () => {
    expect(readHead(bytes(`${header}\nhalf a li`))).toMatchObject({
      firstUserMessage: null,
      reachesFirstMessage: false,
    });
  });

  test('passes over a message without words', () => {
    const text = `${header}\n${message('  ')}\n${message('words')}\n`;
    expect(readWholeRollout(bytes(text)).head.firstUserMessage).toBe('words');
  });

  test.each([
    ['in the first line', [194, 10], 'in-description'],
    ['behind the first line', [...bytes(`${header}\n`), 0xff, 10], 'before-message'],
    ['behind the message', [...bytes(`${header}\n${message('a')}\n`), 0xc3, 10], 'behind'],
    ['at the very end, cut off', [...bytes(`${header}\n${message('a')}\n`), 0xc3], null],
  ])('with bytes that are no text %s', (_, content, badBytes) => {
    expect(readWholeRollout(new Uint8Array(content)).head.badBytes).toBe(badBytes);
  });

  test('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (junk, behind) => {
        const whole = new Uint8Array([...(behind ? bytes(`${header}\n`) : []), ...junk]);
        expect(readWholeRollout(whole).head.state).toBeTypeOf('string');
        expect(readHead(whole).state).toBeTypeOf('string');
        expect(readTail(whole).ending).toBeTypeOf('string');
      }),
    );
  });
});

describe('the end of a rollout', () => {
  const settings = (provider: string) =>
    line('event_msg', {
      type: 'thread_settings_applied',
      thread_settings: { model_provider_id: provider, cwd: '/home/ada' },
    });

  test('has the newest settings', () => {
    const { tail } = readWholeRollout(bytes(`${header}\n${settings('one')}\n${settings('two')}\n`));
    expect(tail).toMatchObject({ ending: 'whole', settings: { provider: 'two' } });
  });

  test.each([
    ['whole', `${header}\n${message('a')}\n`],
    ['no-line-break', `${header}\n${message('a')}`],
    ['cut', `${header}\n${message('a').slice(0, -5)}`],
  ])('is %s', (ending, text) => {
    expect(readWholeRollout(bytes(text)).tail.ending).toBe(ending);
  });

  test('says nothing of the line in whose middle it begins', () => {
    const text = `${settings('half').slice(10)}\n${message('a')}\n`;
    expect(readTail(bytes(text)).settings).toBeNull();
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

// Seen in Codex 0.142 and 0.169: JavaScript takes and writes such a line, Codex passes over it.
describe('the escape of half a character', () => {
  const half = String.fromCharCode(0xd83d);

  test.each([
    ['in the description', { ...META, originator: `test ${half}` }],
    ['in its instructions', { ...META, base_instructions: { text: `Be ${half}` } }],
  ])('%s makes it none', (_, meta) => {
    const { state, header: found } = readHead(bytes(`${line('session_meta', meta)}\n`));
    expect(state).not.toBe('sound');
    expect(found).toBe(null);
  });

  test.each([
    ['a whole one', '\\ud83d\\uDE00'],
    ['what only looks like one', '\\\\ud83d'],
  ])('%s is none', (_, written) => {
    const first = line('session_meta', META).replace('"test"', `"${written}"`);
    expect(readHead(bytes(`${first}\n`)).state).toBe('sound');
  });
});
