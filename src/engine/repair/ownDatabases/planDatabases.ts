// The databases of a home → a folder on a local disk of this host, and the lines that tell Codex so. Pure: the same
// home and the same wish give the same plan. What is copied is what they hold when it is done: other hosts may
// write there meanwhile, and the plan would never be the same twice if it named that.

import { putDatabaseAway } from '../../checks/cures/curing.ts';
import { join } from '../../checks/words.ts';
import type { FileFacts } from '../../model/closerLook.ts';
import type { HostName } from '../../model/host.ts';
import type { CreateStep, Plan, Unit } from '../../model/plan.ts';
import type { FilePath } from '../../model/words.ts';
import { asPlan } from '../planRepairs.ts';
import { putIntoStartUp } from '../startUp/markedBlock.ts';
import type { FoundStartUp } from '../startUp/startUpFiles.ts';
import { databaseLines } from './databaseLines.ts';
import { OWN, OWN_CURE, type DatabasesWish } from './wish.ts';

/** What has to be known beside the wish. */
export interface FoundDatabases {
  readonly host: HostName;
  readonly home: FilePath;
  readonly databases: readonly FoundDatabase[];
  /** Logs that are too big to be copied: Codex begins new ones. */
  readonly leftOut: readonly string[];
  /** Where config.toml has Codex keep its log; null where that is with the others. */
  readonly log: { readonly folder: FilePath; readonly isLocal: boolean } | null;
  readonly startUp: readonly FoundStartUp[];
}

export interface FoundDatabase extends FileFacts {
  readonly name: string;
  /** Its log and what belongs to that, where they are to go as well. */
  readonly beside: readonly FileFacts[];
}

const WHOLE = {
  findings: [OWN],
  cure: { id: OWN_CURE, title: 'Give this host databases on a disk of its own' },
  loses: 'nothing',
  needs: ['codex-stopped'],
} as const;

export function planDatabases(
  wish: DatabasesWish,
  found: FoundDatabases,
  hash: (text: string) => string,
): Plan {
  const units = [copyAll(wish, found), ...(wish.old === 'go' ? [putOldAway(found)] : [])];
  return asPlan([...units, tellShells(wish, found)], [], hash);
}

function copyAll(
  { folder, old }: DatabasesWish,
  { host, databases, leftOut, log }: FoundDatabases,
): Unit {
  const steps = databases.map(({ name, file }): CreateStep => ({
    kind: 'create',
    file: `${folder}/${name}`,
    content: { imaged: file, on: host },
    modifiedMs: null,
  }));
  const says = [
    `${host} gets its databases in ${folder}: ${join(databases.map(({ name }) => name))} are copied as they are in that moment.`,
    ...leftOut.map(
      name => `${name} stays where it is, being too big to be copied; Codex begins a new one.`,
    ),
    ...(log === null ? [] : [sayLog(log, host)]),
    ...(old === 'stay' ? [cost(host)] : []),
  ];
  return { ...WHOLE, says: says.join(' '), steps };
}

/** Seen in 0.169; 0.142 to 0.160 keep the database of their log beside the others. */
function sayLog({ folder, isLocal }: NonNullable<FoundDatabases['log']>, host: HostName): string {
  const stays = `Because of log_dir in config.toml, Codex from 0.169 on keeps the database of its log in ${folder}, whatever a host is told, and that stays so`;
  return isLocal
    ? `${stays}: on ${host} that is a local disk.`
    : `${stays}: hosts that share that folder write into one log. Make log_dir a path that is on a local disk of each host, or take it out; no conversation is in a log.`;
}

/** Seen in 0.142, 0.160 and 0.169. */
function cost(host: HostName): string {
  return [
    'Those in the home stay for the other hosts.',
    `From then on names, pins, sections, projects, goals, queued messages, read marks and changed Git notes that are given on ${host} are known there alone, and what is given elsewhere is not known on ${host}; but the first name of a thread without paginated history is known everywhere.`,
    'The conversations are shared as before: one that is begun elsewhere is listed as soon as Codex looks through the files, and what was said elsewhere is shown when the thread is opened.',
    'One that is archived, or taken out of the archive, with some databases is looked for where it was with all others by Codex from 0.160 on, and cannot be opened with those until that is taken back.',
  ].join(' ');
}

/** Their logs go first: alone they mean nothing. */
function putOldAway({ databases }: FoundDatabases): Unit {
  return {
    ...WHOLE,
    says: 'The databases in the home go into the vault, since you say that no other host has it: one that has would begin with empty ones.',
    steps: databases.flatMap(({ beside, ...database }) => putDatabaseAway(database, beside)),
  };
}

function tellShells({ folder }: DatabasesWish, { host, home, startUp }: FoundDatabases): Unit {
  return {
    ...WHOLE,
    says: `Start-up files of shells tell a Codex on ${host}, and on no other host, where they are. A Codex that is running keeps the old ones until it is started again, and so does one that is started from a program that is running; one that is given another CODEX_HOME by hand in such a shell would use them too.`,
    steps: putIntoStartUp(startUp, shell => databaseLines(shell, { host, home, folder })),
  };
}
