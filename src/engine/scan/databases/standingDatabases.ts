// What is known of databases between two looks: one that can be followed is read on, one that is as it
// was is kept, and any other is looked at anew.

import type { Database, Filesystem, Row } from '../../model/database.ts';
import type { Home } from '../../model/snapshot.ts';
import type { FilePath } from '../../model/words.ts';
import type { World } from '../../world.ts';
import { signatureOf, type DatabaseLook, type DatabaseSignature } from './databaseMemory.ts';
import { FollowedDatabase } from './followDatabase.ts';
import { describe, headerOf } from './lookAtDatabase.ts';
import { asStoredRow, readKept, STRANGE } from './stateDatabase.ts';

interface Standing {
  readonly look: DatabaseLook;
  readonly signature: DatabaseSignature;
  /** Whether it was looked at as the state database: a newer one makes an ordinary one of it. */
  readonly isState: boolean;
  /** Null when it cannot be read on. */
  readonly readOn: ReadOn | null;
}

/** Null when it can no longer be read on. */
type ReadOn = () => Promise<DatabaseLook | null>;

export class StandingDatabases {
  readonly #known = new Map<FilePath, Standing>();

  async look(
    world: World,
    home: Home,
    file: FilePath,
    isState: boolean,
    filesystem: Filesystem | null,
    lookAnew: (signature: DatabaseSignature) => Promise<DatabaseLook>,
  ): Promise<DatabaseLook> {
    const signature = await signatureOf(world.files, file, world.now());
    const known = this.#known.get(file);
    // Whatever goes wrong below leaves nothing behind that could be believed.
    this.#known.delete(file);
    const look = known?.isState === isState ? await lookOn(known, signature, filesystem) : null;
    if (known !== undefined && look !== null) {
      this.#known.set(file, { ...known, look, signature });
      return look;
    }
    const { ground, ...anew } = await lookAnew(signature);
    const readOn = ground === undefined ? null : follow(world, home, anew, ground);
    this.#known.set(file, { look: anew, signature, isState, readOn });
    return anew;
  }
}

/** What is so now; null when that takes a new look. */
async function lookOn(
  known: Standing,
  signature: DatabaseSignature,
  filesystem: Filesystem | null,
): Promise<DatabaseLook | null> {
  const { database } = known.look;
  if (JSON.stringify(database.filesystem) !== JSON.stringify(filesystem)) return null;
  if (known.readOn !== null) return known.readOn();
  return signature !== null && signature === known.signature ? known.look : null;
}

function follow(
  world: World,
  home: Home,
  first: DatabaseLook,
  ground: NonNullable<DatabaseLook['ground']>,
): ReadOn | null {
  const { state, history, database } = first;
  let look = first;
  /** Sizes, times and counters are those of now. */
  const describeNow = async (head: Uint8Array): Promise<Database> => {
    const { migrations, file, filesystem, trouble } = database;
    const now = await describe(world, home, file, filesystem);
    const described = { ...now, header: headerOf(head, 'wal'), migrations, trouble };
    return isSameRecord(described, look.database) ? look.database : described;
  };
  if (state !== null) {
    const sections = ground.uses.sections === null ? null : new Set(ground.uses.sections);
    const followed = FollowedDatabase.follow<Row>(world.files, database.file, ground, state.rows, {
      read: cell => asStoredRow(cell, sections),
      isSame: isSameRecord,
    });
    if (followed === null || ground.uses.rows === null) return null;
    return async () => {
      const now = await followed.readOn();
      if (now === null || look.state === null) return null;
      const described = await describeNow(now.head);
      if (described === look.database && now.rows === look.state.rows) return look;
      const kept = hasSameKept(look.state.rows, now.rows) ? look.state.kept : readKept(now.rows);
      const next = { ...look.state, database: described, rows: now.rows, kept };
      return (look = { ...look, database: described, rows: null, state: next });
    };
  }
  // Ids are unique: where there are as many as before, and no other one, they are those of before.
  const projected = new Set(history?.projected);
  const rows = (history?.projected ?? []).map(() => 'known' as const);
  const followed = FollowedDatabase.follow(world.files, database.file, ground, rows, {
    read: cell => {
      const id = cell('thread_id');
      return typeof id === 'string' && !STRANGE.test(id) && projected.has(id) ? 'known' : null;
    },
    isSame: () => true,
  });
  if (followed === null) return null;
  return async () => {
    const now = await followed.readOn();
    if (now?.rows.length !== rows.length) return null;
    const described = await describeNow(now.head);
    if (described === look.database) return look;
    const next = history === null ? null : { ...history, database: described };
    return (look = { ...look, database: described, history: next });
  };
}

function hasSameKept(before: readonly Row[], now: readonly Row[]): boolean {
  return (
    before.length === now.length &&
    before.every((one, at) => {
      const other = now[at];
      return (
        one === other ||
        (one.projectId === other?.projectId &&
          one.sectionId === other.sectionId &&
          one.isPinned === other.isPinned)
      );
    })
  );
}

/** By their own fields; what is a record itself must be the same one. */
function isSameRecord<T extends object>(one: T, other: T): boolean {
  const names = Object.keys(one) as (keyof T)[];
  return names.every(name => one[name] === other[name] || isSameHeader(one[name], other[name]));
}

function isSameHeader(one: unknown, other: unknown): boolean {
  const isPlain = typeof one === 'object' && one !== null && 'pageBytes' in one;
  return isPlain && JSON.stringify(one) === JSON.stringify(other);
}
