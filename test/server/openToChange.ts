// A home in memory that an editor can change, and what tests of its pages do with it.

import type { CodeLens } from 'vscode-languageserver';
import type { World } from '../../src/engine/world.ts';
import type { Wish } from '../../src/protocol/repairs.ts';
import { home, HOME, idOf, NOW, type HomeBuilder } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';
import { openEditor, type Editor } from './editor.ts';

/** A finding that is healed without a Codex, and a home that has it. */
export const STALE = `thread-path-stale:${idOf('t1')}`;
export const stale = () =>
  home()
    .thread('t1', { row: { rollout_path: '/old/rollout.jsonl' } })
    .thread('t2');

export async function openToChange(builder: HomeBuilder, change = (world: World) => world) {
  const { world: built, files } = builder.build();
  const world = change(built);
  const { hands, operations } = createMemoryHands(files);
  let daysLater = 0;
  const now = () => NOW + daysLater * 24 * 60 * 60 * 1000;
  const editor = await openEditor(
    { ...world, now },
    { hands, settings: { home: HOME, problems: 'all' } },
  );
  const plan = (wish: Wish = { kind: 'all' }) => editor.ask('codexHealth/plan', { wish });
  const apply = async (wish: Wish = { kind: 'all' }) => {
    const { sha } = await plan(wish);
    return editor.ask('codexHealth/apply', { wish, sha, waits: false });
  };
  return { editor, files, operations, plan, apply, wait: (days: number) => (daysLater += days) };
}

/** What a page offers: the line above which it stands, the command, and what that is given. */
export async function offersOn(
  editor: Editor,
  uri: string,
): Promise<readonly (readonly unknown[])[]> {
  const lines = (await editor.text(uri)).split('\n');
  const about = { textDocument: { uri } };
  const lenses = await editor.request<CodeLens[]>('textDocument/codeLens', about);
  return lenses.map(({ range, command }) => {
    const given: readonly unknown[] = command?.arguments ?? [];
    return [lines[range.start.line], command?.command, ...given];
  });
}
