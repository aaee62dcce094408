// Codex itself makes the databases of a new home, from the conversations that were moved there. What only the
// old ones knew is put in afterwards.

import { askCodex } from '../../checks/cures/curing.ts';
import { nameOfFile } from '../../checks/cures/leaningFiles.ts';
import { recall } from '../../checks/cures/replays.ts';
import type { Objection } from '../../checks/check.ts';
import { judgedThread } from '../../checks/judging/causes.ts';
import { countOf } from '../../checks/words.ts';
import { literal, textOfLiteral } from '../../model/literal.ts';
import type { CloserLook, Salvage } from '../../model/closerLook.ts';
import type {
  AskStep,
  Call,
  Columns,
  CopiedRows,
  KnownRow,
  Replay,
  Unit,
} from '../../model/plan.ts';
import { parentOf, restBelow } from '../../model/paths.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { HostHome } from '../../model/host.ts';
import type { ThreadId } from '../../model/words.ts';
import { nameOf } from '../observe.ts';
import { folderOfSharedLog } from './staying.ts';
import type { Surroundings } from './surroundings.ts';
import { SPLIT, SPLIT_CURE } from './wish.ts';

const HISTORY = 'thread_history_1.sqlite';

export function askInNewHome(
  snapshot: Snapshot,
  { host, home, threads }: HostHome & { readonly threads: readonly ThreadId[] },
  closer: CloserLook,
  around: Surroundings,
): Unit | Objection {
  const at = (name: string) => `${home}/${name}`;
  const replay = replayFor(snapshot, home, threads, closer, around);
  if (replay === null)
    return {
      why: 'what its database says of names, sections and projects could not be read',
      next: 'Look again with codex-health scan.',
    };
  // It is asked in another home than the one that was looked at, where nothing has been made yet.
  const asking = askCodex(snapshot, callsFor(host, home, threads, snapshot), {
    replay: replay.replay,
  });
  if ('why' in asking) return asking;
  const step: AskStep = {
    ...asking,
    home,
    sqliteHome: home,
    state: at(nameOf(asking.state)),
    opens: (asking.opens ?? []).map(one => {
      if (parentOf(one.file) === folderOfSharedLog(snapshot)) return one;
      const rest = restBelow(one.file, snapshot.home.path, snapshot.home.system);
      return { file: `${home}${rest ?? `/${nameOf(one.file)}`}`, isThere: false };
    }),
    newHome: host,
  };
  return {
    findings: [SPLIT],
    cure: { id: SPLIT_CURE, title: 'Give each host a Codex home of its own' },
    says: `In the home of ${host} Codex makes its databases from the ${countOf(threads.length, 'conversation')} that went there. ${replay.says}`.trim(),
    loses: 'nothing',
    needs: ['codex-started', 'codex-stopped'],
    steps: [step],
  };
}

function callsFor(
  host: string,
  home: string,
  threads: readonly ThreadId[],
  snapshot: Snapshot,
): readonly Call[] {
  const index: Call = {
    method: 'thread/list',
    params: { useStateDbOnly: true },
    says: `makes the databases of ${host} from the conversations that lie there, as it does at its first start`,
    findings: [SPLIT],
    threads,
  };
  const paginated = threads.find(
    id => judgedThread(snapshot, id)?.thread.historyMode === 'paginated',
  );
  if (paginated === undefined) return [index];
  // Seen in 0.160 and 0.169: it is made with the first conversation that somebody reads, and not before.
  const history: Call = {
    method: 'thread/read',
    params: { threadId: paginated, includeTurns: true },
    says: 'reads one conversation, for which it makes the database of histories',
    findings: [SPLIT],
    threads: [paginated],
    makes: [`${home}/${HISTORY}`],
  };
  return [index, history];
}

/** Null where the old database could not be read whole. */
function replayFor(
  snapshot: Snapshot,
  home: string,
  threads: readonly ThreadId[],
  closer: CloserLook,
  around: Surroundings,
): { readonly replay: Replay; readonly says: string } | null {
  const salvage = closer.salvage[snapshot.state?.database.file ?? ''];
  if (salvage === undefined || salvage.torn.length > 0) return null;
  const isGoing = new Set(threads);
  const { rows, says } = recall(snapshot, ofThreads(salvage, isGoing), 'the shared home');
  const exact = around.rows
    .filter(({ thread }) => isGoing.has(thread))
    .map(({ table, key, values }): KnownRow => ({ table, key, values, makes: true }));
  // Of threads everything is known exactly; of sections and projects, what could be read.
  const groups = rows.filter(({ table }) => GROUPS.includes(table));
  const placed = new Map(
    rows
      .filter(({ table }) => table === 'threads')
      .map(({ key, values }) => [textOfLiteral(key['id']) ?? '', values]),
  );
  const entries = threads.map(id => entryOf(id, closer.rows[id] ?? {}, placed.get(id) ?? {}));
  return {
    says,
    replay: {
      finding: SPLIT,
      says,
      rows: [...groups, ...entries, ...exact],
      copies: copiesFor(snapshot, home, threads, around),
    },
  };
}

const GROUPS = ['thread_sections', 'projects', 'project_roots', 'project_idempotency_keys'];
const PLACES = ['thread_section_id', 'section_position', 'section_entered_at_ms', 'project_id'];

/**
 * The entry as it was, but for where the file is. What Codex makes of the file alone is less: of a fork it
 * takes the first message of the fork itself, and for the time that of the file (seen in 0.169). Where a
 * section or a project is not there any more, nothing is said of it.
 */
function entryOf(id: ThreadId, row: Columns, placed: Columns): KnownRow {
  const left = new Set(['id', 'rollout_path', ...PLACES]);
  const own = Object.entries(row).filter(([column]) => !left.has(column));
  const places = Object.entries(placed).filter(([column]) => PLACES.includes(column));
  const values = Object.fromEntries([...own, ...places]);
  return { table: 'threads', key: { id: row['id'] ?? literal(id) }, values, makes: false };
}

function ofThreads(salvage: Salvage, isGoing: ReadonlySet<ThreadId>): Salvage {
  const { threads = [], ...tables } = salvage.tables;
  const own = threads.filter(row => isGoing.has(textOfLiteral(row['id']) ?? ''));
  return { ...salvage, tables: { ...tables, threads: own } };
}

/** Turns as Codex has cut them, goals, queued messages, memories: whatever a database says of a thread. */
function copiesFor(
  snapshot: Snapshot,
  home: string,
  threads: readonly ThreadId[],
  { tables }: Surroundings,
): readonly CopiedRows[] {
  // Of a thread that was reverted each later file has a name of its own there.
  const names = threads.flatMap(id => [
    id,
    ...(judgedThread(snapshot, id)?.holders ?? []).map(nameOfFile),
  ]);
  return Object.entries(tables)
    .filter(([, ofThread]) => ofThread.length > 0)
    .map(([from, ofThread]) => ({
      from,
      to: `${home}/${nameOf(from)}`,
      tables: ofThread,
      threads: [...new Set(names)],
    }));
}
