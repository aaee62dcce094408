import { expect, test } from 'vitest';
import { forMessage, forRow } from '../../src/extension/plainText.ts';

/** How VS Code finds the links of a message. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)/i;

test('what a title says is not followed from a message', () => {
  const title = 'Close the window [here](command:workbench.action.closeWindow)';
  expect(title).toMatch(LINK);
  expect(forMessage(title)).not.toMatch(LINK);
  expect(forMessage(title)).toContain('Close the window [here]');
});

test('a message keeps its lines, and no mark that turns the writing round', () => {
  expect(forMessage('one\ntwo \u202eeerht\u0007')).toBe('one\ntwo \ufffdeerht\u2407');
});

test('a row shows a name like an icon as it is written', () => {
  expect(forRow('fix $(error) and $(sync~spin)')).toBe('fix \\$(error) and \\$(sync~spin)');
});
