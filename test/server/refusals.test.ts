// What the engine says to people who type, as people hear it who have an editor before them.

import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { inEditorWords } from '../../src/server/changes/refusals.ts';

const ENGINE = path.join(import.meta.dirname, '../../src/engine');

/** Of a terminal: a command of ours with its verb, an option, or the name of its value. */
const TYPED =
  /codex-health (?!in a )[a-z]|(?:^|\s)--[a-z]|\b(?:DIR|BIN)\b|\b[Rr]un (?:it|this) again/;

/** Properties that are read in the terminal and in the documentation only. */
const NOT_SHOWN = new Set(['meaning', 'limits']);

test('no sentence of the engine tells somebody in an editor to type', () => {
  const all = sentences();
  const typed = all.filter(text => TYPED.test(text));
  expect(typed.length).toBeGreaterThan(20);
  expect(typed.map(inEditorWords).filter(text => TYPED.test(text))).toEqual([]);
});

test('other sentences are said as they are', () => {
  const others = sentences().filter(text => !TYPED.test(text));
  expect(others.filter(text => inEditorWords(text) !== text).sort()).toEqual([
    'Nothing was dropped. Look again with the same words.',
  ]);
});

test.each([
  [
    'Choose: --cure follow-row (Let the database follow (the file)); --cure move (Move it).',
    '"Repair…" lets you choose: Let the database follow (the file); Move it.',
  ],
  [
    'Repair it first: codex-health apply thread-path-stale:019a.',
    'Repair it first: "Repair…" in the list offers it (thread-path-stale:019a).',
  ],
  [
    'If you know it: codex-health apply thread-cwd-missing:1 --to DIR',
    'If you know it: choose it with "Relink Folder…"',
  ],
  [
    'Nothing was changed. Look at the new plan (0123456789ab) with codex-health plan, and apply that.',
    'Nothing was changed. Look at the new plan, and agree to that.',
  ],
])('%s', (typed, said) => {
  expect(inEditorWords(typed)).toBe(said);
});

/** The texts in the engine's code, with something short where something is put in. */
function sentences(): readonly string[] {
  const files = fs.readdirSync(ENGINE, { recursive: true, encoding: 'utf8' });
  return files.filter(name => name.endsWith('.ts')).flatMap(textsOf);
}

function textsOf(name: string): readonly string[] {
  const code = fs.readFileSync(path.join(ENGINE, name), 'utf8');
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isPropertyAssignment(node) && NOT_SHOWN.has(node.name.getText())) return;
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    else if (ts.isTemplateExpression(node)) {
      const pieces = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
      texts.push(pieces.join('0a1b'));
    } else ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, code, ts.ScriptTarget.Latest, true));
  return texts;
}
