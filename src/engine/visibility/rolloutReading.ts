// What a release of Codex makes of the content of a rollout.

import type { Rollout, RolloutMeta } from '../model/rollout.ts';
import type { CodexRules } from './codexRules.ts';
import { no, unknown, YES, type Verdict } from './verdict.ts';

/** The description that this release finds where it looks for one; null when it finds none. */
export function headerOf(rollout: Rollout, rules: CodexRules): RolloutMeta | null {
  const meta = rollout.head.header?.meta ?? null;
  return meta?.isRefusedByNewer === true && rules.knowsPaginated ? null : meta;
}

/** Whether this release finds a description at the beginning. */
export function hasHeader(rollout: Rollout, rules: CodexRules): Verdict {
  const { head, compressed } = rollout;
  if (head.state === 'unread')
    return unknown(`its file could not be read: ${head.why ?? 'no answer'}`);
  if (compressed && head.state === 'not-json' && head.header?.line === 0)
    return unknown('its compressed file is damaged behind the beginning');
  if (head.badBytes === 'in-description')
    return no('its file has bytes that are no text where its description should be');
  if (headerOf(rollout, rules) !== null) return YES;
  if (head.header !== null)
    return no('the first line of its file says something that Codex does not know');
  return no(`its file has no readable description of the thread: ${head.why ?? 'none was found'}`);
}

/** Whether this release finds a first message of the person, which it shows in lists. */
export function hasPreview(rollout: Rollout, rules: CodexRules): Verdict {
  const { head, compressed } = rollout;
  const fork = rules.listsSilentForks ? headerOf(rollout, rules) : null;
  if (fork?.historyBase != null) return YES;
  if (head.badBytes === 'before-message')
    return no('its file has bytes that are no text before the first message');
  const found = rules.knowsPaginated ? (head.userMessage ?? head.userItem) : head.userMessage;
  if (found !== null || head.hasGoal) return YES;
  if (!rules.knowsPaginated && head.userItem !== null)
    return no('its messages are written in a way that this Codex does not know');
  if (!head.reachesFirstMessage && head.firstUserMessage === null)
    return unknown(
      `no message was found in the part of its ${compressed ? 'compressed ' : ''}file that was read`,
    );
  return no('its file has no message of the person near the beginning');
}

export function isPaginated(meta: RolloutMeta, rules: CodexRules): boolean {
  return rules.knowsPaginated && meta.historyMode === 'paginated';
}

/** Words for sources that lists show by themselves. */
const INTERACTIVE = ['cli', 'vscode', '{"custom":"atlas"}', '{"custom":"chatgpt"}'];
const WORDS = ['cli', 'vscode', 'exec', 'mcp'];

/** Whether lists show a source, as rows write it, without being asked for it. */
export function isInteractive(source: string): boolean {
  return INTERACTIVE.includes(source);
}

/** The source of a header as Codex writes it into a row. */
export function sourceOf({ source }: RolloutMeta): string {
  if (source === null) return 'vscode';
  return source.startsWith('{') || WORDS.includes(source) ? source : 'unknown';
}

export function sayHidden(where: string, source: string): string {
  const word =
    source === '' ? 'nobody' : source.startsWith('{"subagent"') ? 'another agent' : source;
  return `${where} says that ${word} started it, and lists show what a person started`;
}
