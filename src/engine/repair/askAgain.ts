// After a repair Codex itself is asked whether it shows what was healed. It is started only where that
// changes nothing by itself, and only while no other Codex has the home open.

import type { Report } from '../model/report.ts';
import { compareVersions } from '../model/versions.ts';
import type { ThreadId } from '../model/words.ts';
import type { Hands, StartRequest } from '../hands.ts';
import { askCodex } from '../checks/cures/curing.ts';
import { madeBy } from './beyondPlan.ts';
import { nameOf } from './observe.ts';

/** What the real Codex said. */
export interface Confirmation {
  /** The Codex that was asked, as it calls itself; null when none was, and then why not. */
  readonly codex: string | null;
  readonly why: string | null;
  /** Threads of the repair that its lists from the database hold. */
  readonly shown: readonly ThreadId[];
  /** Threads of the repair that they should hold, and do not. */
  readonly missing: readonly ThreadId[];
}

export async function askAgain(
  after: Report,
  healed: readonly ThreadId[],
  hands: Hands,
): Promise<Confirmation> {
  const { snapshot } = after;
  if (snapshot.holders.length > 0) return notAsked('a Codex is open that uses this home');
  if (snapshot.gaps.some(({ source }) => source === 'processes'))
    return notAsked('it could not be told whether another Codex uses this home');
  const asking = askCodex(snapshot, []);
  if ('why' in asking)
    return notAsked(
      snapshot.codexes.length === 0
        ? 'there is none on this machine'
        : 'starting it would change its databases or its settings, which nobody has asked for',
    );
  const made = madeBy(asking);
  if (made.length > 0)
    return notAsked(`it would make ${made.map(nameOf).join(', ')}, which nobody has asked for`);
  const version = snapshot.codexes.find(({ path }) => path === asking.codex)?.version ?? '0';
  // Seen in 0.142: rows without a file are deleted by any list.
  const wouldDelete = after.findings.some(({ check }) => check === 'thread-file-missing');
  if (wouldDelete && compareVersions(version, '0.150') < 0)
    return notAsked(
      `Codex ${version} would delete the entries whose conversation is not on this disk`,
    );
  const said = await confirmByLists(asking, after, healed, hands);
  // What could not be asked is confirmed of none.
  return said.codex === null ? { ...said, missing: healed } : said;
}

/** `report`: what says which of them lists should hold. */
export async function confirmByLists(
  start: ListRequest,
  { snapshot, visibility }: Report,
  threads: readonly ThreadId[],
  hands: Hands,
): Promise<Confirmation> {
  const expected = threads.filter(id => visibility[id]?.databaseList.shown === true);
  const { listed, missing, why } = await holdAgainstLists(start, expected, hands);
  if (why !== null) return { ...notAsked(why), missing };
  const version = snapshot.codexes.find(({ path }) => path === start.codex)?.version ?? '';
  return {
    codex: `Codex ${version}`.trim(),
    why,
    shown: threads.filter(id => listed.has(id)),
    missing,
  };
}

export interface Listed {
  /** All threads that a fresh server lists, of either side; none where it could not be asked. */
  readonly listed: ReadonlySet<ThreadId>;
  readonly missing: readonly ThreadId[];
  /** Why it could not be asked; null when it was. */
  readonly why: string | null;
}

export async function holdAgainstLists(
  start: ListRequest,
  expected: readonly ThreadId[],
  hands: Hands,
): Promise<Listed> {
  try {
    const listed = await listedByCodex(start, hands);
    return { listed, missing: expected.filter(id => !listed.has(id)), why: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { listed: new Set(), missing: expected, why };
  }
}

type ListRequest = Pick<StartRequest, 'codex' | 'home' | 'sqliteHome'>;

/**
 * Read from the database: a list that looks through the files changes rows. Sorted so that Codex before
 * 0.169 loses none that were made in one second with a hundred others.
 */
const EVERYTHING = { useStateDbOnly: true, sortKey: 'updated_at', modelProviders: [] };

export function notAsked(why: string): Confirmation {
  return { codex: null, why, shown: [], missing: [] };
}

async function listedByCodex(
  { codex, home, sqliteHome }: ListRequest,
  hands: Hands,
): Promise<ReadonlySet<ThreadId>> {
  const server = await hands.appServers.start({
    codex,
    home,
    sqliteHome: sqliteHome === home ? null : sqliteHome,
  });
  const listed = new Set<ThreadId>();
  try {
    for (const archived of [false, true])
      for (const thread of await server.pages('thread/list', { ...EVERYTHING, archived }))
        listed.add(String((thread as { id?: unknown }).id));
  } finally {
    await server.end();
  }
  return listed;
}
