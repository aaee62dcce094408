// What was said first in a conversation in which Codex finds no message for its lists.

import type { FirstWords } from '../../model/closerLook.ts';
import { isObject, parseObject, textOf, type JsonObject } from './rolloutLine.ts';
import { linesWith } from './rolloutText.ts';

const WORDS = ['response_item"', 'agent_message"', 'AgentMessage"', 'thread_goal_updated"'];

export function firstWordsOf(text: string, isWhole: boolean): FirstWords {
  let person: string | null = null;
  let model: string | null = null;
  for (const { line } of linesWith(text, WORDS, isWhole)) {
    const record = parseObject(line);
    const payload = record?.['payload'];
    if (record === null || !isObject(payload)) continue;
    person ??= ofPerson(record, payload);
    model ??= ofModel(record, payload);
    if (person !== null) break;
  }
  return { person, model };
}

/** A message that only the model was told of, or a goal. */
function ofPerson({ type }: JsonObject, payload: JsonObject): string | null {
  if (type === 'response_item' && payload['role'] === 'user')
    return filled(textsIn(payload['content']).filter(text => !isMadeByCodex(text)));
  const goal = payload['type'] === 'thread_goal_updated' ? payload['goal'] : null;
  return isObject(goal) ? filled([textOf(goal['objective']) ?? '']) : null;
}

/** Codex tells the model in the person's place where it works, and what the project asks for. */
function isMadeByCodex(text: string): boolean {
  return /^\s*(?:<[a-z_]+>|# AGENTS\.md )/i.test(text);
}

function ofModel({ type }: JsonObject, payload: JsonObject): string | null {
  if (type === 'response_item')
    return payload['role'] === 'assistant' ? filled(textsIn(payload['content'])) : null;
  if (payload['type'] === 'agent_message') return filled([textOf(payload['message']) ?? '']);
  const item = payload['item'];
  const isAnswer = isObject(item) && item['type'] === 'AgentMessage';
  return isAnswer ? filled(textsIn(item['content'])) : null;
}

function textsIn(content: unknown): readonly string[] {
  const parts: readonly unknown[] = Array.isArray(content) ? content : [];
  return parts.map(part => (isObject(part) ? (textOf(part['text']) ?? '') : ''));
}

function filled(texts: readonly string[]): string | null {
  const text = texts.join(' ').trim();
  return text === '' ? null : text;
}
