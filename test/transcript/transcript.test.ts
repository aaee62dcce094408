import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { home, HOME, idOf } from '../support/home.ts';
import { homeOf, item, readFrom, told, transcriptOf } from '../support/transcripts.ts';

const HOMES = path.join(import.meta.dirname, '../homes');

/** A reasoning model that runs a command, as 0.121 and 0.142 write it. */
const LEGACY = [
  ['event_msg', { type: 'task_started', turn_id: 't' }],
  message('user', 'mend the roof'),
  ['event_msg', { type: 'user_message', message: 'mend the roof', images: [] }],
  ['event_msg', { type: 'agent_reasoning', text: '**Thinking** about it' }],
  [
    'response_item',
    { type: 'reasoning', summary: [{ type: 'summary_text', text: '**Thinking** about it' }] },
  ],
  ['event_msg', { type: 'agent_message', message: 'I will look.' }],
  message('assistant', 'I will look.'),
  call('function_call', { name: 'exec_command', arguments: '{"cmd":"echo hi; ls /nope"}' }),
  call('function_call_output', { output: 'Process exited with code 2\nOutput:\nhi\n' }),
  ['event_msg', { type: 'web_search_end', call_id: 'ws', query: 'how to mend' }],
  ['response_item', { type: 'web_search_call', id: 'ws', action: { query: 'how to mend' } }],
] as const;

/** The same as 0.160 and 0.169 write it. */
const PAGINATED = [
  ['event_msg', { type: 'task_started', turn_id: 't' }],
  message('user', 'mend the roof'),
  item('UserMessage', { content: [{ type: 'text', text: 'mend the roof' }] }),
  item('Reasoning', { id: 'rs', summary_text: ['**Thinking** about it'], raw_content: [] }),
  [
    'response_item',
    { type: 'reasoning', summary: [{ type: 'summary_text', text: '**Thinking** about it' }] },
  ],
  item('AgentMessage', { id: 'm', content: [{ type: 'Text', text: 'I will look.' }] }),
  message('assistant', 'I will look.'),
  call('function_call', { name: 'exec_command', arguments: '{"cmd":"echo hi; ls /nope"}' }),
  item('CommandExecution', {
    id: 'call',
    command: ['/bin/bash', '-lc', 'echo hi; ls /nope'],
    aggregated_output: 'hi\n',
    exit_code: 2,
  }),
  call('function_call_output', { output: 'Process exited with code 2\nOutput:\nhi\n' }),
  item('WebSearch', { id: 'ws', query: 'how to mend' }),
  ['response_item', { type: 'web_search_call', id: 'ws', action: { query: 'how to mend' } }],
] as const;

test.each([
  ['legacy', LEGACY, 'Process exited with code 2|Output:|hi'],
  ['paginated', PAGINATED, 'hi||(ended with 2)'],
])('each thing is told once, though Codex writes it down twice: %s', async (_, lines, output) => {
  const transcript = await transcriptOf(homeOf(lines));
  expect(told(transcript)).toEqual([
    'person: mend the roof',
    'reasoning: **Thinking** about it',
    'model: I will look.',
    'command: echo hi; ls /nope',
    `output: ${output}`,
    'tool web search: how to mend',
  ]);
  expect(transcript.unknown).toEqual([]);
});

test('the same words in the next turn are said again', async () => {
  const turn = [...LEGACY.slice(0, 3), ['event_msg', { type: 'task_complete' }]] as const;
  const transcript = await transcriptOf(homeOf([...turn, ...turn]));
  expect(told(transcript)).toEqual(['person: mend the roof', 'person: mend the roof']);
});

test('a line that only the model was told of is not lost', async () => {
  const lines = [message('user', 'only here'), message('assistant', 'and only here')];
  expect(told(await transcriptOf(homeOf(lines)))).toEqual([
    'person: only here',
    'model: and only here',
  ]);
});

test('what Codex adds is folded or counted, and not said by anybody', async () => {
  const transcript = await transcriptOf(
    homeOf([
      message('developer', 'secret rules'),
      message('user', '# AGENTS.md instructions for /work\n\nbe kind'),
      message('user', '<environment_context>\n  <cwd>/work</cwd>\n</environment_context>'),
      message('user', '<div>is this right?</div>'),
      message('user', '<subagent_notification>{}</subagent_notification>'),
    ]),
  );
  expect(transcript.instructions).toBe(1);
  expect(transcript.entries.map(({ kind }) => kind)).toEqual([
    'injected',
    'injected',
    'person',
    'injected',
  ]);
  expect(JSON.stringify(transcript)).not.toContain('secret rules');
});

test('plans, errors, stops and summaries', async () => {
  const plan = {
    explanation: 'why',
    plan: [
      { step: 'look', status: 'completed' },
      { step: 'mend', status: 'in_progress' },
      { step: 'rest', status: 'pending' },
    ],
  };
  const transcript = await transcriptOf(
    homeOf([
      call('function_call', { name: 'update_plan', arguments: JSON.stringify(plan) }),
      ['event_msg', { type: 'error', message: 'stream disconnected' }],
      ['event_msg', { type: 'turn_aborted', reason: 'interrupted' }],
      ['compacted', { message: 'They mended a roof.', replacement_history: [] }],
      item('ContextCompaction', { id: 'c' }),
      ['event_msg', { type: 'thread_rolled_back', num_turns: 2 }],
    ]),
  );
  expect(told(transcript)).toEqual([
    'plan: why|[x] look|[>] mend|[ ] rest',
    'error: stream disconnected',
    'note: The turn was stopped: interrupted.',
    expect.stringMatching(/^note: Codex summarised .*\|\|They mended a roof\.$/),
    expect.stringMatching(/^note: Codex summarised /),
    'note: Turns above this line that were taken back: 2.',
  ]);
});

test('tools of all ages', async () => {
  const shell = { command: ['bash', '-lc', 'ls'] };
  const packed = JSON.stringify({ output: 'a.txt', metadata: { exit_code: 0 } });
  const transcript = await transcriptOf(
    homeOf([
      call('function_call', { name: 'shell', arguments: JSON.stringify(shell) }, 'a'),
      call('function_call_output', { output: packed }, 'a'),
      call('local_shell_call', { action: { type: 'exec', command: ['git', 'status'] } }, 'b'),
      call('custom_tool_call', { name: 'apply_patch', input: '*** Begin Patch' }, 'c'),
      call('custom_tool_call_output', { output: [{ type: 'text', text: 'Done' }] }, 'c'),
      item('McpToolCall', {
        ...{ id: 'd', server: 'docs', tool: 'find', arguments: { q: 'roof' } },
        result: { content: [{ type: 'text', text: 'found' }] },
      }),
      item('FileChange', { id: 'e', changes: { '/work/a.txt': { type: 'add' } } }),
    ]),
  );
  expect(told(transcript)).toEqual([
    'command: ls',
    'output: a.txt',
    'command: git status',
    'tool apply_patch: *** Begin Patch',
    'output apply_patch: Done',
    'tool docs find: {|  "q": "roof"|}',
    'output docs find: found',
    'tool changes of files: /work/a.txt',
  ]);
});

test('kinds that are not known are counted and named, never guessed', async () => {
  const transcript = await transcriptOf(
    homeOf([
      ['event_msg', { type: 'dream_began' }],
      ['event_msg', { type: 'dream_began' }],
      ['response_item', { type: 'constructor' }],
      item('Hologram', {}),
      ['tomorrow', {}],
    ]),
  );
  expect(transcript.entries).toEqual([]);
  expect(transcript.unknown).toEqual([
    { kind: 'event_msg dream_began', lines: 2 },
    { kind: 'response_item constructor', lines: 1 },
    { kind: 'item_completed Hologram', lines: 1 },
    { kind: 'tomorrow', lines: 1 },
  ]);
});

test('what tools say is shortened, and what people say is not', async () => {
  const long = Array.from({ length: 100 }, (_, line) => `line ${String(line)}`).join('\n');
  const { entries } = await transcriptOf(
    homeOf([
      message('user', long),
      call('function_call_output', { output: long }, 'a'),
      call('function_call_output', { output: 'x'.repeat(5000) }, 'b'),
    ]),
  );
  expect(entries.map(({ text, more }) => [text.split('\n').length, more])).toEqual([
    [100, null],
    [40, { number: 60, of: 'line' }],
    [1, { number: 1000, of: 'character' }],
  ]);
});

test('a damaged line is named where it stands, and the rest goes on', async () => {
  const broken = homeOf([message('user', 'before'), message('user', 'after')]);
  const text = await textOf(broken, 'one');
  const at = text.indexOf('{', text.indexOf('before'));
  const damaged = home().thread('one', {
    text: () => `${text.slice(0, at)}\u0000garbage\n${text.slice(at)}{"type":"resp`,
  });
  const transcript = await transcriptOf(damaged);
  expect(told(transcript)).toEqual([
    'person: before',
    `unreadable A line that is no JSON object, at byte ${String(at)}: \u0000garbage`,
    'person: after',
    expect.stringMatching(
      /^unreadable The last line, which is cut off, at byte \d+: \{"type":"resp$/,
    ),
  ]);
});

test('a thread without a file has a transcript that says so', async () => {
  const transcript = await transcriptOf(home().thread('one', { file: false }));
  expect(transcript).toMatchObject({ file: null, entries: [], part: 1, parts: 1 });
});

test('threads and parts that there are none of', async () => {
  const { world } = home().thread('one').build();
  const engine = createEngine(world);
  const report = await engine.scan({ home: HOME, sqliteHome: null, codex: null, full: false });
  expect(await engine.transcript(report, 'nobody', null)).toBeNull();
  for (const part of [0, 2, 1e9])
    expect(await engine.transcript(report, idOf('one'), part)).toBeNull();
});

describe('several files', () => {
  const SEGMENT = idOf('two');
  const FIRST = `sessions/2026/11/21/rollout-2026-11-21T10-00-00-${idOf('one')}.jsonl`;
  const SECOND = `sessions/2026/11/21/rollout-2026-11-21T10-30-00-${idOf('one')}_${SEGMENT}.jsonl`;

  test('a reverted thread is read through all of its files, and says what was taken back', async () => {
    const builder = home()
      .thread('one', { at: FIRST, prompt: 'first', more: [line(message('user', 'forgotten'))] })
      .file(
        SECOND,
        jsonLines([
          [
            'session_meta',
            { ...META, history_base: { thread_id: idOf('one'), end_ordinal_exclusive: 6 } },
          ],
          message('user', 'second'),
        ]),
      );
    const newest = await transcriptOf(builder);
    expect([newest.part, newest.parts, newest.file]).toEqual([2, 2, SECOND]);
    expect(told(newest)).toEqual(['person: second']);
    const oldest = await transcriptOf(builder, 'one', 1);
    expect(oldest.file).toBe(FIRST);
    expect(told(oldest)).toEqual([
      'person: first',
      'note: What follows in this file was taken back; the session goes on in another file.',
      'person: forgotten',
    ]);
  });

  test('a fork that begins in the file of another thread names it', async () => {
    const header = { forked_from_id: idOf('parent'), forked_from_ordinal_exclusive: 3 };
    const builder = home().thread('parent').thread('one', { header });
    expect((await transcriptOf(builder)).beginsIn).toBe(idOf('parent'));
    expect((await transcriptOf(builder, 'parent')).beginsIn).toBeNull();
  });

  test('a second file that claims the thread is named, and not mixed in', async () => {
    const other = `sessions/2026/11/20/rollout-2026-11-20T10-00-00-${idOf('one')}.jsonl`;
    const builder = home()
      .thread('one')
      .file(other, jsonLines([['session_meta', META]]));
    expect((await transcriptOf(builder)).others).toEqual([other]);
  });

  test('one of them is read alone, also one that is not of the conversation', async () => {
    const other = `sessions/2026/11/20/rollout-2026-11-20T10-00-00-${idOf('one')}.jsonl`;
    const builder = home()
      .thread('one', { prompt: 'what counts' })
      .file(other, jsonLines([['session_meta', META], message('user', 'what lies beside it')]));
    const engine = createEngine(builder.build().world);
    const report = await engine.scan({ home: HOME, sqliteHome: null, codex: null, full: false });
    const alone = await engine.transcript(report, idOf('one'), null, other);
    expect(alone).toMatchObject({ file: other, part: 1, parts: 1, others: [] });
    expect(alone === null ? null : told(alone)).toEqual(['person: what lies beside it']);
    expect(await engine.transcript(report, idOf('one'), 2, other)).toBeNull();
    expect(await engine.transcript(report, idOf('one'), null, 'sessions/none.jsonl')).toBeNull();
  });
});

test('a compressed rollout reads like a plain one', async () => {
  const builder = homeOf([...PAGINATED]);
  const { world, files } = builder.build();
  const plain = await readFrom(world, 'one');
  const [name = ''] = [...files.keys()].filter(
    file => file.endsWith('.jsonl') && file.includes('rollout'),
  );
  const bytes = files.get(name)?.bytes ?? new Uint8Array();
  files.delete(name);
  files.set(`${name}.zst`, { bytes: zlib.zstdCompressSync(bytes), modifiedMs: 0 });
  expect((await readFrom(world, 'one')).entries).toEqual(plain.entries);
});

test.each(fs.readdirSync(HOMES))('what Codex %s wrote can be read', async version => {
  const root = path.join(HOMES, version);
  const builder = home().noState().noHistory();
  const rollouts = fs
    .readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(file => /rollout-.*\.jsonl$/.test(file));
  for (const file of rollouts) builder.file(file, fs.readFileSync(path.join(root, file)));
  const engine = createEngine(builder.build().world);
  const report = await engine.scan({ home: HOME, sqliteHome: null, codex: null, full: false });
  expect(report.snapshot.threads.length).toBeGreaterThan(4);
  for (const { id } of report.snapshot.threads) {
    const transcript = await engine.transcript(report, id, null);
    const kinds = transcript?.entries.map(({ kind }) => kind).filter(kind => kind !== 'injected');
    expect(kinds?.filter(kind => kind !== 'note')).toEqual(['person', 'model']);
    expect(transcript?.unknown).toEqual([]);
    expect(transcript?.instructions).toBeGreaterThan(0);
  }
});

const META = {
  id: idOf('one'),
  timestamp: '2026-11-21T10:30:00.000Z',
  cwd: '/home/ada/work/one',
  originator: 'test',
  cli_version: '0.169.0',
  source: 'vscode',
  model_provider: 'mock',
  history_mode: 'paginated',
};

function message(role: string, text: string) {
  const type = role === 'assistant' ? 'output_text' : 'input_text';
  return ['response_item', { type: 'message', role, content: [{ type, text }] }] as const;
}

function call(type: string, fields: Readonly<Record<string, unknown>>, id = 'call') {
  return ['response_item', { type, call_id: id, ...fields }] as const;
}

function line([type, payload]: readonly [string, Readonly<Record<string, unknown>>]) {
  return { type, payload };
}

function jsonLines(
  lines: readonly (readonly [string, Readonly<Record<string, unknown>>])[],
): string {
  return lines
    .map(([type, payload], ordinal) =>
      JSON.stringify({ timestamp: META.timestamp, ordinal, type, payload }),
    )
    .map(text => `${text}\n`)
    .join('');
}

async function textOf(builder: ReturnType<typeof home>, key: string): Promise<string> {
  const { files } = builder.build();
  const [, file] = [...files].find(([name]) => name.endsWith(`${idOf(key)}.jsonl`)) ?? [];
  return new TextDecoder().decode(file?.bytes);
}
