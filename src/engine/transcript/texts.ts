// The words in what Codex has written down in many forms: commands, outputs, plans, lists of texts.

import { isObject, parseObject, textOf, type JsonObject } from '../scan/rollouts/rolloutLine.ts';

export function planOf(plan: JsonObject): string {
  const marks = new Map([
    ['completed', '[x]'],
    ['in_progress', '[>]'],
  ]);
  const steps = listOf(plan['plan']).map(step => {
    const { status, step: text } = isObject(step) ? step : {};
    return `${marks.get(textOf(status) ?? '') ?? '[ ]'} ${textOf(text) ?? ''}`;
  });
  return [textOf(plan['explanation']) ?? '', ...steps].filter(line => line !== '').join('\n');
}

/** A shell's own call is left out: `bash -lc "ls"` is `ls`. */
export function commandOf(command: unknown): string {
  if (typeof command === 'string') return command;
  const words = wordsIn(command);
  const [shell = '', flag = '', script] = words;
  const isOfShell = /(?:^|[\\/])(?:ba|z|fi|da)?sh(?:\.exe)?$/i.test(shell) && /^-l?c$/.test(flag);
  return isOfShell && words.length === 3 && script !== undefined ? script : words.join(' ');
}

/** Outputs are texts, lists of texts, or objects around either; older Codex wrote JSON as text. */
export function resultOf(output: unknown): string {
  if (typeof output === 'string') {
    const packed = output.startsWith('{"output":') ? parseObject(output) : null;
    return packed === null ? output : (textOf(packed['output']) ?? output);
  }
  if (Array.isArray(output)) return textsIn(output);
  if (!isObject(output)) return '';
  const inner = output['Ok'] ?? output['Err'] ?? output['content'] ?? output['message'];
  return inner === undefined ? json(output) : resultOf(inner);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** Never by `String`: what a damaged line holds may say itself how it is made into a text. */
export function wordsIn(value: unknown): readonly string[] {
  return listOf(value).map(word => textOf(word) ?? '');
}

export function numberIn(value: unknown): string {
  return typeof value === 'number' ? String(value) : 'an unknown number';
}

export function textIn(part: unknown): string {
  return isObject(part) ? (textOf(part['text']) ?? '') : '';
}

export function textsIn(content: unknown): string {
  return listOf(content)
    .map(part => textIn(part))
    .filter(text => text !== '')
    .join('\n\n');
}

export function json(value: unknown): string {
  if (value === undefined || value === null) return '';
  try {
    return JSON.stringify(value, null, 2);
  } catch {
    // Reading JSON knows no depth, and writing it does.
    return '(nested too deeply to be shown)';
  }
}
