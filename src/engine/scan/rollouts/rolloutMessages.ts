// What the person said first, as Codex finds it for its lists.

import { ONLY_AN_IMAGE, type RolloutHead } from '../../model/rollout.ts';
import { trim } from '../../model/whiteSpace.ts';
import { isObject, parseObject, textOf } from './rolloutLine.ts';
import { linesWith } from './rolloutText.ts';

/** How much of a message is kept. */
const MESSAGE_CHARACTERS = 240;

type Messages = Pick<
  RolloutHead,
  'firstUserMessage' | 'userMessage' | 'userItem' | 'hasGoal' | 'reachesFirstMessage'
>;

/** The first message of the person, in full, as Codex keeps it however long it is; null when it is not in this text. */
export function wholeMessageOf(text: string, isWhole: boolean): string | null {
  const { message, item } = firstSpoken(text, isWhole);
  return message ?? item;
}

/** The first messages of the person, in both of the ways in which Codex has written them. */
export function messagesOf(text: string, isWhole: boolean, mostLines: number): Messages {
  const { message: userMessage, item: userItem, end: foundEnd } = firstSpoken(text, isWhole);
  const found = userMessage ?? userItem;
  const isBeyond = found !== null && isBeyondLine(text, foundEnd, mostLines);
  return {
    firstUserMessage: found === null ? null : shorten(found),
    userMessage: isBeyond || userMessage === null ? null : shorten(userMessage),
    userItem: isBeyond || userItem === null ? null : shorten(userItem),
    hasGoal: (found === null || isBeyond) && hasGoal(text, isWhole, mostLines),
    reachesFirstMessage: isWhole || found !== null,
  };
}

function firstSpoken(text: string, isWhole: boolean) {
  let message: string | null = null;
  let item: string | null = null;
  let foundEnd = 0;
  for (const { line, end } of linesWith(text, ['user_message"', 'UserMessage"'], isWhole)) {
    const record = parseObject(line);
    const payload = record?.['payload'];
    if (record?.['type'] !== 'event_msg' || !isObject(payload)) continue;
    if (payload['type'] === 'user_message') message = spoken(payload, payload['message']);
    else item = spokenItem(payload);
    foundEnd = end;
    if (message !== null || item !== null) break;
  }
  return { message, item, end: foundEnd };
}

/** A thread can begin with a goal instead of a message; its lists then show that. */
function hasGoal(text: string, isWhole: boolean, mostLines: number): boolean {
  for (const { line, end } of linesWith(text, ['thread_goal_updated"'], isWhole)) {
    if (isBeyondLine(text, end, mostLines)) return false;
    const payload = parseObject(line)?.['payload'];
    const goal = isObject(payload) && payload['type'] === 'thread_goal_updated' && payload['goal'];
    if (isObject(goal) && trim(textOf(goal['objective']) ?? '') !== '') return true;
  }
  return false;
}

/** Whether a message stands behind the lines among which Codex looks for it. */
function isBeyondLine(text: string, end: number, mostLines: number): boolean {
  let lines = 0;
  for (let start = 0; start < end;) {
    const next = text.indexOf('\n', start) + 1 || text.length;
    if (text.slice(start, next).trim() !== '') lines += 1;
    if (lines > mostLines) return true;
    start = next;
  }
  return false;
}

function spoken(payload: { readonly [key: string]: unknown }, message: unknown): string | null {
  const text = requestOf(textOf(message) ?? '');
  if (text !== '') return text;
  const images = [payload['images'], payload['local_images']];
  return images.some(list => Array.isArray(list) && list.length > 0) ? ONLY_AN_IMAGE : null;
}

const REQUEST = '## My request for Codex:';

/** An editor puts what it has open in front of what the person wrote; Codex leaves that out too. */
function requestOf(text: string): string {
  const at = text.indexOf(REQUEST);
  return trim(at < 0 ? text : text.slice(at + REQUEST.length));
}

function spokenItem(payload: { readonly [key: string]: unknown }): string | null {
  const item = payload['item'];
  if (payload['type'] !== 'item_completed' || !isObject(item) || item['type'] !== 'UserMessage')
    return null;
  const parts = Array.isArray(item['content']) ? (item['content'] as unknown[]) : [];
  const texts = parts.map(part => (isObject(part) ? (textOf(part['text']) ?? '') : ''));
  const text = requestOf(texts.join(''));
  if (text !== '') return text;
  const hasImage = parts.some(part => isObject(part) && /image/i.test(textOf(part['type']) ?? ''));
  return hasImage ? ONLY_AN_IMAGE : null;
}

function shorten(text: string): string {
  return text.length > MESSAGE_CHARACTERS ? `${text.slice(0, MESSAGE_CHARACTERS)}…` : text;
}
