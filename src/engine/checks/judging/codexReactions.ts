// What each Codex does with a database that is not as it expects. Measured with the real programs,
// Linux, 0.111 to 0.169; where it was not, or where two releases differ and those between them were
// not tried, nothing is said.

import type { Database } from '../../model/database.ts';
import type { Codex } from '../../model/snapshot.ts';
import { join } from '../words.ts';
import { compareVersions } from '../../model/versions.ts';

/** `drift`: its records of migrations cannot be right. `newer`: it has records unknown to a Codex. */
export type DatabaseState = 'drift' | 'newer' | 'damage' | 'folder';

/** Versions of the Codexes on this machine, by what they do. Part of the facts of a finding. */
export interface Reactions {
  readonly startsNot: readonly string[];
  readonly doesWithout: readonly string[];
  readonly opensNot: readonly string[];
  readonly rebuilds: readonly string[];
  readonly tolerates: readonly string[];
}

type Reaction = keyof Reactions;

/** What Codex does from a version on; null where that is not known. */
type Rule = readonly [since: string, reaction: Reaction | null];

const STATE: Readonly<Record<DatabaseState, readonly Rule[]>> = {
  drift: [
    ['0', 'doesWithout'],
    ['0.131', 'startsNot'],
  ],
  newer: [
    ['0', 'doesWithout'],
    ['0.119', null],
    ['0.120', 'tolerates'],
  ],
  damage: [
    ['0', 'doesWithout'],
    ['0.131', 'startsNot'],
    ['0.136', null],
    ['0.142', 'rebuilds'],
  ],
  folder: [
    ['0', 'doesWithout'],
    ['0.131', 'startsNot'],
  ],
};

/** Goals, memories, queue: opened at the start, like the state database. */
const BESIDE_STATE: typeof STATE = {
  drift: [['0.142', 'startsNot']],
  newer: [['0.142', 'tolerates']],
  damage: [['0.142', 'rebuilds']],
  folder: [['0.142', 'startsNot']],
};

const LOGS: typeof STATE = {
  drift: [
    ['0.142', 'startsNot'],
    ['0.161', null],
    ['0.169', 'doesWithout'],
  ],
  newer: [['0.142', 'tolerates']],
  damage: [['0.142', 'rebuilds']],
  folder: [
    ['0.142', 'startsNot'],
    ['0.161', null],
    ['0.169', 'doesWithout'],
  ],
};

/** Opened with the first thread that has paginated history; no Codex rebuilds it. */
const HISTORY: typeof STATE = {
  drift: [['0.160', 'opensNot']],
  newer: [['0.160', 'tolerates']],
  damage: [['0.160', 'opensNot']],
  folder: [['0.160', 'opensNot']],
};

export function reactionsTo(
  state: DatabaseState,
  database: Database,
  codexes: readonly Codex[],
): Reactions {
  const rules = rulesOf(database.family)[state];
  const versions = versionsOf(codexes.filter(codex => hasDatabase(codex, database)));
  const whoDo = (reaction: Reaction) =>
    versions.filter(version => reactionOf(version, rules) === reaction);
  return {
    startsNot: whoDo('startsNot'),
    doesWithout: whoDo('doesWithout'),
    opensNot: whoDo('opensNot'),
    rebuilds: whoDo('rebuilds'),
    tolerates: whoDo('tolerates'),
  };
}

/** Says it of the Codexes on this machine; where there are none, of the newest that was measured. */
export function sayReactions(state: DatabaseState, family: string, reactions: Reactions): string {
  const parts = REACTIONS.flatMap(reaction => {
    const versions = reactions[reaction];
    if (versions.length === 0) return [];
    return `Codex ${join(versions)} ${wordsFor(reaction, family, versions.length > 1)}`;
  });
  if (parts.length > 0) return `${join(parts)}.`;
  const [since, reaction] = rulesOf(family)[state].at(-1) ?? ['0', null];
  if (reaction === null) return '';
  return `Codex from ${since} on ${wordsFor(reaction, family, false)}.`;
}

/** Each once, the oldest first. */
export function versionsOf(codexes: readonly Codex[]): readonly string[] {
  return [...new Set(codexes.flatMap(({ version }) => version ?? []))].sort(compareVersions);
}

/** A thread cannot be reached, or Codex not be started: what makes an error of a warning. */
export function isGrave(family: string, { startsNot }: Reactions): boolean {
  return family !== 'logs' || startsNot.length > 0;
}

const REACTIONS = ['startsNot', 'opensNot', 'doesWithout', 'rebuilds', 'tolerates'] as const;

function wordsFor(reaction: Reaction, family: string, isPlural: boolean): string {
  const [one, several] = WORDS[reaction === 'doesWithout' && family === 'logs' ? 'mute' : reaction];
  return isPlural ? several : one;
}

const WORDS: Readonly<Record<Reaction | 'mute', readonly [string, string]>> = {
  startsNot: ['does not start with it', 'do not start with it'],
  opensNot: [
    'starts, but cannot open a thread whose history is paginated',
    'start, but cannot open a thread whose history is paginated',
  ],
  doesWithout: [
    'does without the database and lists what it finds in the files',
    'do without the database and list what they find in the files',
  ],
  mute: ['works, but writes no log', 'work, but write no log'],
  rebuilds: [
    'moves it aside at the next start and makes a new one',
    'move it aside at the next start and make a new one',
  ],
  tolerates: ['works with it all the same', 'work with it all the same'],
};

function rulesOf(family: string): typeof STATE {
  if (family === 'state') return STATE;
  if (family === 'logs') return LOGS;
  return family === 'thread_history' ? HISTORY : BESIDE_STATE;
}

/** The history database is only made with the first thread, and so in no run on an empty home. */
function hasDatabase({ migrations }: Codex, { name, family }: Database): boolean {
  return migrations === null || family === 'thread_history' || name in migrations;
}

function reactionOf(version: string, rules: readonly Rule[]): Reaction | null {
  const rule = rules.findLast(([since]) => compareVersions(version, since) >= 0);
  return rule?.[1] ?? null;
}
