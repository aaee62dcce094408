// Which paths Codex takes for rollouts: measured with names and folders of all sorts.

import { isUsuallySpelt } from '../model/threadIds.ts';
import type { Rollout } from '../model/rollout.ts';
import type { HomePath, ThreadId } from '../model/words.ts';
import type { CodexRules } from './codexRules.ts';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}';
const STAMP = '(\\d{4}-\\d{2}-\\d{2}T\\d{2}-\\d{2}-\\d{2})';
const NAME = new RegExp(`^rollout-${STAMP}-(${UUID})(_(?:${UUID}))?\\.jsonl(?:\\.zst)?$`, 'i');
const IDS = new RegExp(UUID, 'gi');

export interface CodexName {
  readonly id: ThreadId;
  /** As `2026-11-21T10-52-43`. */
  readonly stamp: string;
}

/** What Codex reads out of the name of a rollout; null when it would not have named it so. */
export function nameOf({ name, path }: Rollout, rules: CodexRules): CodexName | null {
  // The usual form was read already; that there is such a moment was not asked.
  if (name === null) return readName(path, rules);
  // Two ids in one name: known from 0.160 on.
  if (name.segment !== null && !rules.knowsPaginated) return null;
  return isMoment(name.stamp) ? name : null;
}

function readName(path: HomePath, rules: CodexRules): CodexName | null {
  const match = NAME.exec(path.slice(path.lastIndexOf('/') + 1));
  if (match === null) return null;
  const [, stamp = '', id = '', pair] = match;
  if (pair !== undefined && !rules.knowsPaginated) return null;
  return isMoment(stamp) ? { id: spelt(id), stamp } : null;
}

function isMoment(stamp: string): boolean {
  const part = (from: number, to: number) => Number(stamp.slice(from, to));
  const [year, month] = [part(0, 4), part(5, 7)];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  const day = part(8, 10);
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= days;
  return isDay && part(11, 13) < 24 && part(14, 16) < 60 && part(17, 19) < 60;
}

/** All ids in the name of a file, under each of which Codex finds it when a thread has no row. */
export function idsInName({ name: usual, path }: Rollout): readonly ThreadId[] {
  if (usual !== null) return usual.segment === null ? [usual.id] : [usual.id, usual.segment];
  const name = path.slice(path.lastIndexOf('/') + 1);
  return [...name.matchAll(IDS)].map(([id]) => spelt(id));
}

/**
 * Whether the lists from files look into the folder of this path: the archive itself, or three
 * folders that are named by numbers, whether or not there is such a day.
 */
export function isWalked(path: HomePath): boolean {
  const [place, ...folders] = path.split('/').slice(0, -1);
  if (place === 'archived_sessions') return folders.length === 0;
  const [year = '', month = '', day = ''] = folders;
  return (
    folders.length === 3 &&
    isNumberUpTo(year, 65535) &&
    isNumberUpTo(month, 255) &&
    isNumberUpTo(day, 255)
  );
}

function isNumberUpTo(text: string, most: number): boolean {
  return /^\+?\d+$/.test(text) && Number(text) <= most;
}

function spelt(id: string): ThreadId {
  if (isUsuallySpelt(id)) return id;
  const digits = id.replaceAll('-', '').toLowerCase();
  const parts = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16)];
  return [...parts, digits.slice(16, 20), digits.slice(20)].join('-');
}
