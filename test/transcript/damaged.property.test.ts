// Whatever has happened to a rollout: there is a transcript of bounded size, and nothing in it does
// anything but be read. Held against the reader of Markdown that VS Code shows previews with.

import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry, Transcript } from '../../src/engine/model/transcript.ts';
import { transcriptMarkdown } from '../../src/words/transcript.ts';
import { anyDamage } from '../support/damage.ts';
import { home } from '../support/home.ts';
import { transcriptOf } from '../support/transcripts.ts';
import '../support/seed.ts';

interface Token {
  readonly type: string;
  readonly tag: string;
  readonly attrs: readonly (readonly [string, string])[] | null;
  readonly children: readonly Token[] | null;
  readonly level: number;
}

/** As VS Code sets it up, with everything that it allows. It comes with the tool that packs us. */
const load = createRequire(import.meta.url);
const MarkdownIt = load('markdown-it') as new (options: object) => {
  parse(text: string, env: object): readonly Token[];
};
const markdown = new MarkdownIt({ html: true, linkify: true });

const FRAME = { title: 'title', about: [], ways: [] };
const MOST_CHARACTERS = 2_000_000;

/** Pieces of which a text may be made that wants to be more than a text. */
const NASTY = [
  ...['<script>', '<img src=x>', '</div>', '<!--', '-->', '<a href="command:x">', '<command:x>'],
  ...['[a](command:x)', '![a](https://e.vil/x.png)', '[a]: command:x', '[a]', '](', '[^1]'],
  ...['file:///etc/passwd', 'FILE://x', 'https://ex.am/ple', '$x$', '\\', '`', '``', '```', '~~~'],
  ...[
    '# ',
    '## You',
    '\n',
    '\n\n',
    '\r\n',
    '\r',
    '> ',
    '- ',
    '1. ',
    '    ',
    '\t',
    '|',
    '---',
    '===',
  ],
  ...[
    '\u001b[31m',
    '\u001b]8;;command:x\u0007',
    '\u202e',
    '\u2028',
    '\u0000',
    '\ud800',
    '&lt;',
    'word',
  ],
];
const nasty = fc.array(fc.constantFrom(...NASTY), { maxLength: 40 }).map(parts => parts.join(''));

const kinds: readonly Entry['kind'][] = [
  ...(['person', 'model', 'reasoning', 'command', 'tool', 'output'] as const),
  ...(['plan', 'error', 'note', 'injected', 'unreadable'] as const),
];
const entry: fc.Arbitrary<Entry> = fc.record({
  kind: fc.constantFrom(...kinds),
  atMs: fc.option(fc.double()),
  about: fc.option(nasty),
  text: nasty,
  more: fc.constant(null),
});

function transcript(entries: readonly Entry[], name = ''): Transcript {
  return {
    ...{ thread: 't', part: 1, parts: 1, file: null, entries, instructions: 0, beginsIn: null },
    unknown: [{ kind: name, lines: 1 }],
    others: [name],
    trouble: name,
  };
}

function* allOf(tokens: readonly Token[]): Generator<Token> {
  for (const token of tokens) {
    yield token;
    yield* allOf(token.children ?? []);
  }
}

/** What somebody who wrote a text could have meant to do to who reads it. */
function dangersIn(text: string): readonly string[] {
  return [...allOf(markdown.parse(text, {}))].flatMap(({ type, attrs }) => {
    if (/^(?:html|image|footnote)/.test(type)) return [type];
    const target = attrs?.find(([name]) => name === 'href')?.[1] ?? '';
    return type === 'link_open' && !/^(?:https?:|mailto:|ftp:|\/\/)/i.test(target) ? [target] : [];
  });
}

const headingsIn = (text: string) =>
  [...allOf(markdown.parse(text, {}))].filter(({ type }) => type === 'heading_open').length;

test('no text leaves its place, whatever it is made of', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 6 }), nasty, (entries, name) => {
      const text = transcriptMarkdown(transcript(entries, name), { ...FRAME, title: name });
      expect(dangersIn(text)).toEqual([]);
      expect(headingsIn(text)).toBe(entries.length + 2);
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u2028-\u202e\u2066-\u2069]/);
      expect(text).not.toMatch(/file:\/\//i);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  'https://ex.am/ple`<img src=x>`',
  'https://ex.am/ple<img src=x>',
  '| a | b |\n|---|---|\n| ` | <img src=x> ` |',
  '`\n<img src=x>`',
  '````\n```\n<img src=x>\n````',
  '- ~~~\n<img src=x>',
  '[a]\n\n[a]: command:x',
  'You\n===',
  '- # You',
])('a text that wants to be more: %j', text => {
  const said: Entry = { kind: 'person', atMs: null, about: null, text, more: null };
  const page = transcriptMarkdown(transcript([said]), FRAME);
  expect(dangersIn(page)).toEqual([]);
  expect(headingsIn(page)).toBe(3);
});

test('what people write can be read as they wrote it', () => {
  const text = ['Use `Array<string>` here:', '', '```ts', 'a[0] < `b`', '```', '- **one**'].join(
    '\n',
  );
  const page = transcriptMarkdown(
    transcript([{ kind: 'person', atMs: null, about: null, text, more: null }]),
    FRAME,
  );
  expect(page).toContain('> Use `Array<string>` here:');
  expect(page).toContain('> a[0] < `b`');
  expect(page).toContain('> - **one**');
});

const plain = [
  { type: 'event_msg', payload: { type: 'user_message', message: 'mend the roof' } },
  { type: 'response_item', payload: { type: 'function_call', name: 'x', arguments: '{"a":1}' } },
];

test('whatever bytes a rollout has, there is a transcript of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyDamage, { maxLength: 4 }), async damages => {
      const text = (sound: string) => {
        const bytes = damages.reduce((now, hurt) => hurt(now), new TextEncoder().encode(sound));
        return new TextDecoder().decode(bytes);
      };
      const found = await transcriptOf(home().thread('one', { text, more: plain }));
      const page = transcriptMarkdown(found, FRAME);
      expect(dangersIn(page)).toEqual([]);
      expect(page.length).toBeLessThan(MOST_CHARACTERS);
    }),
    { numRuns: 200 },
  );
});

/** Fields where the lines that are known have some, with anything in them. */
const fields = fc.dictionary(
  fc.constantFrom(
    ...['type', 'role', 'content', 'message', 'text', 'name', 'arguments', 'call_id', 'id'],
    ...['output', 'command', 'summary', 'summary_text', 'plan', 'changes', 'action', 'item'],
    ...['invocation', 'result', 'goal', 'images', 'num_turns', 'reason', 'fragments', 'error'],
  ),
  fc.jsonValue({ maxDepth: 3 }),
);
const TYPES = [
  ...['message', 'reasoning', 'function_call', 'function_call_output', 'local_shell_call'],
  ...['custom_tool_call', 'web_search_call', 'user_message', 'item_completed', 'exec_command_end'],
  ...['mcp_tool_call_end', 'plan_update', 'turn_aborted', 'thread_goal_updated', 'compacted'],
  ...['UserMessage', 'Reasoning', 'CommandExecution', 'FileChange', 'McpToolCall', 'HookPrompt'],
  ...['__proto__', 'toString'],
];
const anyLine = fc
  .tuple(
    fc.constantFrom('response_item', 'event_msg', 'compacted', 'session_meta'),
    fc.constantFrom(...TYPES),
    fields,
    fc.constantFrom(...TYPES),
    fields,
  )
  .map(([type, kind, payload, itemKind, item]) => ({
    type,
    payload: { item: { ...item, type: itemKind }, ...payload, type: kind },
  }));

test('lines whose fields hold anything are told or counted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyLine, { maxLength: 10 }), async more => {
      const found = await transcriptOf(home().thread('one', { more }));
      expect(dangersIn(transcriptMarkdown(found, FRAME))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('arguments that are nested without end, and objects that lie about their text', async () => {
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  const lying = { toString: 1, valueOf: 1 };
  const more = [
    {
      type: 'event_msg',
      payload: { type: 'exec_command_begin', call_id: 'a', command: [lying, 'b'] },
    },
    { type: 'event_msg', payload: { type: 'thread_rolled_back', num_turns: lying } },
    {
      type: 'event_msg',
      payload: { type: 'mcp_tool_call_begin', call_id: 'b', invocation: { arguments: '#' } },
    },
  ];
  const text = (sound: string) => sound.replace('"#"', deep);
  const { entries } = await transcriptOf(home().thread('one', { prompt: null, more, text }));
  expect(entries.map(({ kind, text: said }) => `${kind} ${said}`)).toEqual([
    'command  b',
    'note Turns above this line that were taken back: an unknown number.',
    'tool (nested too deeply to be shown)',
  ]);
});
