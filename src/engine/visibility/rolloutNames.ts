// Which paths Codex takes for rollouts: measured with names and folders of all sorts.

import { isUsuallySpelt } from '../model/threadIds.ts';
import type { HomePath, ThreadId } from '../model/words.ts';
import type { CodexRules } from './codexRules.ts';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}';
const STAMP = '(\\d{4})-(\\d{2})-(\\d{2})T(\\d{2})-(\\d{2})-(\\d{2})';
const NAME = new RegExp(`^rollout-${STAMP}-(${UUID})(_(?:${UUID}))?\\.jsonl(?:\\.zst)?$`, 'i');
const IDS = new RegExp(UUID, 'gi');

export interface CodexName {
  readonly id: ThreadId;
  /** As `2026-11-21T10-52-43`. */
  readonly stamp: string;
}

/** What Codex reads out of the name of a rollout; null when it would not have named it so. */
export function readName(path: HomePath, rules: CodexRules): CodexName | null {
  const match = NAME.exec(path.slice(path.lastIndexOf('/') + 1));
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, id = '', pair] = match;
  // Two ids in one name: known from 0.160 on.
  if (pair !== undefined && !rules.knowsPaginated) return null;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  const ms = Date.parse(iso);
  // 30 February is read as a day of March; Codex refuses it.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== iso.slice(0, 10)) return null;
  return { id: spelt(id), stamp: `${year}-${month}-${day}T${hour}-${minute}-${second}` };
}

/** All ids in the name of a file, under each of which Codex finds it when a thread has no row. */
export function idsInName(path: HomePath): readonly ThreadId[] {
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
