// What the lightbulb offers on a marker: the cures, the best first, and never an edit.

import { describe, expect, test } from 'vitest';
import type { CodeAction, Diagnostic } from 'vscode-languageserver';
import { home, HOME, idOf, type HomeBuilder } from '../support/home.ts';
import { openEditor, type Editor } from './editor.ts';

const STALE = `thread-path-stale:${idOf('t1')}`;
const stale = () =>
  home()
    .thread('t1', { row: { rollout_path: '/old/rollout.jsonl' } })
    .thread('t2');

async function open(builder: HomeBuilder) {
  return openEditor(builder.build().world, { settings: { home: HOME, problems: 'all' } });
}

/** The markers of the document whose address ends so, and the quick fixes for some of them. */
async function actionsAt(
  editor: Editor,
  ending: RegExp,
  change: (marker: Diagnostic) => object = marker => marker,
  context: object = {},
) {
  const [uri = '', markers = []] = [...editor.markers].find(([one]) => ending.test(one)) ?? [];
  const [marker] = markers;
  if (marker === undefined) throw new Error('nothing is marked there');
  const actions = await editor.send('textDocument/codeAction', {
    textDocument: { uri },
    range: marker.range,
    context: { diagnostics: [change(marker)], ...context },
  });
  return actions as readonly CodeAction[];
}

function commandsOf(actions: readonly CodeAction[]) {
  return actions.map(({ command }) => [
    command?.command,
    ...((command?.arguments ?? []) as readonly unknown[]),
  ]);
}

test('the cures of a finding, the automatic one preferred, and accepting it', async () => {
  const editor = await open(stale());
  const actions = await actionsAt(editor, /\/thread\//);
  expect(commandsOf(actions)).toEqual([
    ['codexHealth.repairFinding', STALE, expect.any(String)],
    ['codexHealth.acceptFinding', STALE],
  ]);
  expect(actions.map(({ isPreferred }) => isPreferred ?? false)).toEqual([true, false]);
  for (const { kind, edit, diagnostics, title, command } of actions) {
    expect([kind, edit]).toEqual(['quickfix', undefined]);
    expect(diagnostics).toHaveLength(1);
    expect(title).toBe(command?.title);
  }
});

test('the same for an editor that has dropped what a marker carries, or sends no markers', async () => {
  const editor = await open(stale());
  const whole = commandsOf(await actionsAt(editor, /\/thread\//));
  const without = ({ data: _, ...marker }: Diagnostic) => marker;
  expect(commandsOf(await actionsAt(editor, /\/thread\//, without))).toEqual(whole);
  const nothing = { diagnostics: [] };
  expect(commandsOf(await actionsAt(editor, /\/thread\//, without, nothing))).toEqual(whole);
});

test('nothing elsewhere in the document, nor for what others have marked', async () => {
  const editor = await open(stale());
  const [uri = ''] = editor.markers.keys();
  const at = { line: 0, character: 0 };
  const ask = (diagnostics: readonly object[]) =>
    editor.send('textDocument/codeAction', {
      textDocument: { uri },
      range: { start: at, end: at },
      context: { diagnostics },
    });
  expect(await ask([])).toEqual([]);
  const foreign = { source: 'other', message: '', range: { start: at, end: at } };
  expect(await ask([{ ...foreign, data: { finding: STALE } }])).toEqual([]);
});

test('nothing where only other kinds are asked for', async () => {
  const editor = await open(stale());
  expect(await actionsAt(editor, /\/thread\//, undefined, { only: ['refactor'] })).toEqual([]);
  expect(await actionsAt(editor, /\/thread\//, undefined, { only: ['quickfix'] })).toHaveLength(2);
});

describe('a marker in a real file', () => {
  test('of a rollout leads to the record as well', async () => {
    const editor = await open(stale());
    const [markers = []] = editor.markers.values();
    const actions = await editor.send('textDocument/codeAction', {
      textDocument: { uri: 'file:///home/ada/.codex/sessions/rollout.jsonl' },
      range: markers[0]?.range,
      context: { diagnostics: markers },
    });
    expect(commandsOf(actions as readonly CodeAction[])).toEqual([
      ['codexHealth.repairFinding', STALE, expect.any(String)],
      ['codexHealth.acceptFinding', STALE],
      [
        'codexHealth.openRecord',
        expect.stringMatching(new RegExp(`^codex-health://[^/]+/thread/${idOf('t1')}/[^/]+$`)),
      ],
    ]);
  });

  test('of config.toml, which is about no one thread, does not', async () => {
    const editor = await open(home().thread('t1').thread('t2').config('[broken'));
    expect(commandsOf(await actionsAt(editor, /config\.toml$/))).toEqual([
      ['codexHealth.acceptFinding', 'config-unreadable:config.toml'],
    ]);
  });
});

test('a directory that is gone is chosen anew, not repaired', async () => {
  const editor = await open(
    home().thread('t1', { cwd: '/home/ada/work/gone', age: 60 }).folder('/home/ada/archive/gone'),
  );
  const commands = commandsOf(await actionsAt(editor, /\/thread\//));
  expect(commands[0]).toEqual(['codexHealth.relinkFolder', `thread-cwd-missing:${idOf('t1')}`]);
});
