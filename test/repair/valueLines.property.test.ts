// Whatever a line looks like, only the value that is meant is changed in it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { directoryOfThread, providerOfThread } from '../../src/engine/checks/cures/threadValues.ts';
import { changeHeader, changeSettings } from '../../src/engine/checks/cures/valueLines.ts';
import type { RolloutEnd } from '../../src/engine/model/closerLook.ts';
import { asBytes, bytesOfText, toArray } from '../../src/engine/model/bytes.ts';
import type { Bytes, Splice } from '../../src/engine/model/plan.ts';
import { PIECE_BYTES, readRolloutEnd } from '../../src/engine/scan/rollouts/rolloutEnd.ts';
import { home, HOME } from '../support/home.ts';
import '../support/seed.ts';

const name = fc.oneof(
  fc.constantFrom(
    'mock',
    'openai',
    'a',
    'x'.repeat(80),
    'it\'s "so"',
    'größer',
    '模型',
    '\\',
    '😀',
  ),
  fc.string({ minLength: 1, unit: 'grapheme' }),
);
const space = fc.constantFrom('', ' ', '  ', '\t', ' \t ');
const lineBreak = fc.constantFrom('\n', '\r\n');
/** What looks like the name, and stands where it is none. */
const decoy = fc.constantFrom<readonly [string, unknown]>(
  ['note', '"model_provider":"mock"'],
  ['model_provider_', 'mock'],
  ['nested', { model_provider: 'mock', payload: { model_provider: 'x' } }],
  ['list', [{ model_provider: 'mock' }, '}', '{', '"']],
  ['number', -1.5e3],
  ['nothing', null],
  ['escaped\\"', 'a\\\\"b\n'],
);

/** An object with these fields, in any order and spacing, and sometimes with escaped letters. */
function objectText(fields: readonly (readonly [string, string])[]): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.shuffledSubarray([...fields], { minLength: fields.length }),
      fc.array(space, { minLength: 4, maxLength: 4 }),
      fc.boolean(),
    )
    .map(([order, [a = '', b = '', c = '', d = ''], isEscaped]) => {
      const key = (text: string) =>
        isEscaped ? JSON.stringify(text).replace('m', '\\u006d') : JSON.stringify(text);
      return `{${a}${order.map(([field, value]) => `${key(field)}${b}:${c}${value}`).join(`${d},${a}`)}${b}}`;
    });
}

const withDecoys = (fields: readonly (readonly [string, string])[]) =>
  fc
    .uniqueArray(decoy, { selector: ([key]) => key })
    .chain(decoys =>
      objectText([...fields, ...decoys.map(([k, v]) => [k, JSON.stringify(v)] as const)]),
    );

const header = (provider: string) =>
  withDecoys([['model_provider', JSON.stringify(provider)]]).chain(payload =>
    objectText([
      ['type', '"session_meta"'],
      ['payload', payload],
      ['timestamp', '"2026-11-21T00:00:00Z"'],
    ]),
  );

const settingsLine = (provider: string, ordinal: number | null) =>
  withDecoys([['model_provider_id', JSON.stringify(provider)]])
    .chain(settings =>
      objectText([
        ['type', '"thread_settings_applied"'],
        ['thread_settings', settings],
      ]),
    )
    .chain(payload =>
      objectText([
        ['type', '"event_msg"'],
        ['payload', payload],
        ['timestamp', '"2026-11-21T00:00:00Z"'],
        ...(ordinal === null ? [] : ([['ordinal', String(ordinal)]] as const)),
      ]),
    );

/** What stands behind: rollouts of people hold anything. */
const rest = fc
  .array(
    fc.constantFrom(
      '{"type":"event_msg"}',
      'not json',
      '',
      '{"payload":{"model_provider":"mock"}',
      '\u0001',
    ),
  )
  .chain(lines => lineBreak.map(end => lines.join(end)));

describe('the first line', () => {
  const sample = fc.record({ from: name, to: name }).chain(({ from, to }) =>
    fc.record({
      from: fc.constant(from),
      to: fc.constant(to),
      line: header(from),
      before: fc.constantFrom('', '\n', '\r\n \n'),
      end: lineBreak,
      rest,
    }),
  );

  test('names the other provider, and is else what it was', () =>
    fc.assert(
      fc.property(sample, ({ from, to, line, before, end, rest: behind }) => {
        const head = bytesOfText(`${before}${line}${end}${behind}`);
        const changed = renamed(head, to);
        expect(changed.slice(-bytesOfText(end + behind).length)).toBe(bytesOfText(end + behind));
        const record = parse(firstLineOf(changed));
        expect(record).toEqual(withProvider(parse(bytesOfText(line)), to));
        expect(from === to).toBe(changed === head);
      }),
    ));

  test('back again it is what it was, but for room behind the name', () =>
    fc.assert(
      fc.property(sample, ({ from, to, line, before, end, rest: behind }) => {
        const head = bytesOfText(`${before}${line}${end}${behind}`);
        const back = renamed(renamed(head, to), from);
        const token = bytesOfText(JSON.stringify(from));
        const isLonger = bytesOfText(JSON.stringify(to)).length > token.length;
        if (!isLonger) expect(back).toBe(head);
        else expect(withoutRoom(back, token)).toBe(withoutRoom(head, token));
      }),
    ));

  test('every later name that is not longer than the room goes in place', () =>
    fc.assert(
      fc.property(sample, name, ({ to, line, end }, third) => {
        const head = bytesOfText(`${line}${end}`);
        const moved = renameInHeader(head, to);
        fc.pre((moved?.growth ?? 0) > 0);
        const grown = renamed(head, to);
        const fits =
          bytesOfText(JSON.stringify(third)).length <= bytesOfText(JSON.stringify(to)).length + 64;
        const again = renameInHeader(grown, third);
        expect(again?.growth === 0).toBe(fits);
        if (fits) expect(renamed(grown, third)).toHaveLength(grown.length);
      }),
    ));

  test('only differing bytes are written in place', () => {
    const head = '{"type":"session_meta","payload":{"model_provider":"mockA"}}\n';
    expect(renameInHeader(head, 'mockB')?.splices).toEqual([{ at: 56, before: 'A', after: 'B' }]);
  });

  test.each([
    ['no provider', '{"type":"session_meta","payload":{}}'],
    [
      'two providers',
      '{"type":"session_meta","payload":{"model_provider":"a","model_provider":"b"}}',
    ],
    [
      'two payloads',
      '{"type":"session_meta","payload":{"model_provider":"a"},"payload":{"model_provider":"a"}}',
    ],
    ['null', '{"type":"session_meta","payload":{"model_provider":null}}'],
    ['no JSON', '{"type":"session_meta","payload":{"model_provider":"a"}'],
    ['no text', '{"type":"session_meta","payload":{"model_provider":"a","x":"\xff"}}'],
    ['another line', '{"type":"event_msg","payload":{"model_provider":"a"}}'],
    ['nothing', ''],
  ])('%s: it is left alone', (_, line) => {
    expect(renameInHeader(`${line}\n`, 'other')).toBeNull();
  });
});

describe('the newest settings line', () => {
  const sample = fc.record({ from: name, to: name, isPaginated: fc.boolean() }).chain(given =>
    fc.record({
      ...{ from: fc.constant(given.from), to: fc.constant(given.to) },
      isPaginated: fc.constant(given.isPaginated),
      line: settingsLine(given.from, given.isPaginated ? 3 : null),
      end: lineBreak,
      fillers: fc.nat(400),
      isEnded: fc.boolean(),
      noise: fc.constantFrom(
        '',
        'torn thread_settings_applied"',
        '{"payload":{"type":"thread_settings_applied"',
      ),
    }),
  );

  test('is found wherever it stands, and followed by one that names the other provider', async () =>
    fc.assert(
      fc.asyncProperty(
        sample,
        async ({ from, to, isPaginated, line, end, fillers, isEnded, noise }) => {
          const filler = recordText(isPaginated ? 7 : null, 'x'.repeat(1500));
          const lines = [
            recordText(isPaginated ? 2 : null, 'first'),
            settingsText('older', isPaginated),
            line,
            ...Array.from({ length: fillers }, () => filler),
            ...(noise === '' ? [] : [noise]),
            recordText(isPaginated ? 8 : null, 'last'),
          ];
          const text = bytesOfText(lines.join(end) + (isEnded ? end : ''));
          const found = await readEnd(text);
          expect(found?.isEnded).toBe(isEnded);
          expect(found?.lastOrdinal).toBe(isPaginated ? 8 : null);
          const change = found === null ? null : renameInSettings(found, isPaginated, to);
          if (from === to) expect(change).toMatchObject({ splices: [] });
          else {
            const after = applySplices(text, change?.splices ?? []);
            expect(after.slice(0, text.length)).toBe(text);
            expect(after.endsWith('\n')).toBe(true);
            const added = parse(after.slice(text.length).trim());
            const original = parse(bytesOfText(line));
            expect(added).toEqual(withSettings(original, to, isPaginated ? 9 : null));
            // The next time it goes in place, and nothing is added.
            const again = await readEnd(after);
            const back = again === null ? null : renameInSettings(again, isPaginated, from);
            const fits =
              bytesOfText(JSON.stringify(from)).length <=
              bytesOfText(JSON.stringify(to)).length + 64;
            if (fits) expect(applySplices(after, back?.splices ?? [])).toHaveLength(after.length);
          }
        },
      ),
      { numRuns: 60 },
    ));

  test('none: nothing is added', async () => {
    const end = await readEnd('{"type":"session_meta"}\n');
    expect(end?.settings).toBeNull();
    expect(end === null ? null : renameInSettings(end, true, 'other')).toMatchObject({
      splices: [],
    });
  });

  test('without a number in paginated history it is left alone', async () => {
    const end = await readEnd(`${settingsText('a', false)}\n`);
    expect(end === null ? 0 : renameInSettings(end, true, 'b')).toBeNull();
  });
});

describe('directories', () => {
  const folder = fc
    .array(fc.oneof(fc.constantFrom('a', 'größer', '模型', 'x'.repeat(90), '"'), name), {
      minLength: 1,
      maxLength: 3,
    })
    .map(parts => `/${parts.map(part => part.replaceAll(/[/\\]|^\.+$/g, '_')).join('/')}`);
  const sample = fc.record({ from: folder, to: folder, other: folder }).chain(given =>
    fc.record({
      ...{ from: fc.constant(given.from), to: fc.constant(given.to) },
      other: fc.constant(`/elsewhere${given.other}`),
      line: withDecoys([
        ['cwd', JSON.stringify(given.from)],
        [
          'runtime_workspace_roots',
          `[ ${JSON.stringify(given.from)} ,${JSON.stringify(`/elsewhere${given.other}`)}, ${JSON.stringify(`${given.from}/in`)}]`,
        ],
      ]).chain(payload =>
        objectText([
          ['type', '"session_meta"'],
          ['payload', payload],
        ]),
      ),
    }),
  );

  test('go with their roots, and nothing else of the line is changed', () =>
    fc.assert(
      fc.property(sample, ({ from, to, other, line }) => {
        const wanted = (value: string) => directoryOfThread(value, 'linux').inHeader;
        const head = bytesOfText(`${line}\n{}`);
        const there = changeHeader(head, wanted(to));
        const changed = applySplices(head, there?.splices ?? []);
        expect(changed).toHaveLength(head.length + (there?.growth ?? 0));
        const record = parse(bytesOfText(line));
        const payload = record['payload'] as object;
        const roots = [to, other, `${to}/in`];
        expect(parse(firstLineOf(changed))).toEqual({
          ...record,
          payload: { ...payload, cwd: to, runtime_workspace_roots: roots },
        });
        const back = changeHeader(changed, wanted(from));
        expect(back?.growth).toBe(0);
        expect(parse(firstLineOf(applySplices(changed, back?.splices ?? [])))).toEqual(record);
      }),
    ));

  test.each([
    ['no directory', '{"runtime_workspace_roots":["/a"]}'],
    ['two directories', '{"cwd":"/a","cwd":"/a"}'],
    ['roots twice', '{"cwd":"/a","runtime_workspace_roots":[],"runtime_workspace_roots":[]}'],
    ['a root that is none', '{"cwd":"/a","runtime_workspace_roots":[{"path":"/a"}]}'],
  ])('%s: it is left alone', (_, payload) => {
    const head = `{"type":"session_meta","payload":${payload}}\n`;
    expect(changeHeader(head, directoryOfThread('/b', 'linux').inHeader)).toBeNull();
  });
});

function renameInHeader(head: Bytes, to: string) {
  return changeHeader(head, providerOfThread(to).inHeader);
}

function renameInSettings(end: RolloutEnd, isPaginated: boolean, to: string) {
  return changeSettings(end, isPaginated, providerOfThread(to).inSettings);
}

function renamed(head: Bytes, to: string): Bytes {
  const change = renameInHeader(head, to);
  expect(change).not.toBeNull();
  return applySplices(head, change?.splices ?? []);
}

function applySplices(text: Bytes, splices: readonly Splice[]): Bytes {
  return splices.toReversed().reduce((changed, { at, before, after }) => {
    expect(changed.slice(at, at + before.length)).toBe(before);
    return changed.slice(0, at) + after + changed.slice(at + before.length);
  }, text);
}

function parse(bytes: Bytes): Readonly<Record<string, unknown>> {
  return JSON.parse(new TextDecoder().decode(toArray(bytes))) as Record<string, unknown>;
}

function firstLineOf(bytes: Bytes): Bytes {
  return bytes.split('\n').find(line => line.trim() !== '') ?? '';
}

function withProvider(record: Readonly<Record<string, unknown>>, provider: string) {
  return { ...record, payload: { ...(record['payload'] as object), model_provider: provider } };
}

function withSettings(
  record: Readonly<Record<string, unknown>>,
  provider: string,
  ordinal: number | null,
) {
  const payload = record['payload'] as Readonly<Record<string, object>>;
  const settings = { ...payload['thread_settings'], model_provider_id: provider };
  return {
    ...record,
    ...(ordinal === null ? {} : { ordinal }),
    payload: { ...payload, thread_settings: settings },
  };
}

function withoutRoom(text: Bytes, token: Bytes): Bytes {
  return text
    .split(token)
    .map((part, at) => (at === 0 ? part : part.replace(/^ +/, '')))
    .join(token);
}

function recordText(ordinal: number | null, text: string): string {
  const number = ordinal === null ? {} : { ordinal };
  return JSON.stringify({ timestamp: '', ...number, type: 'response_item', payload: { text } });
}

function settingsText(provider: string, isNumbered: boolean): string {
  const settings = { thread_settings: { model_provider_id: provider } };
  const payload = { type: 'thread_settings_applied', ...settings };
  return JSON.stringify({
    timestamp: '',
    ...(isNumbered ? { ordinal: 1 } : {}),
    type: 'event_msg',
    payload,
  });
}

async function readEnd(text: Bytes) {
  const file = `${HOME}/sessions/some.jsonl`;
  const { world } = home().file(file, toArray(text)).build();
  const end = await readRolloutEnd(world, file, new Uint8Array(PIECE_BYTES));
  if (end?.settings != null) {
    const { at, line } = end.settings;
    expect(asBytes(toArray(text)).slice(at, at + line.length)).toBe(line);
  }
  return end;
}
