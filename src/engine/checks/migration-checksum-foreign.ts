import type { Database, RecordedMigration } from '../model/database.ts';
import type { RowsStep } from '../model/plan.ts';
import type { Codex, Snapshot } from '../model/snapshot.ts';
import { defineCheck, type Cure, type Draft, type Facts, type Objection } from './check.ts';
import { isGrave, reactionsTo, sayReactions, versionsOf } from './judging/codexReactions.ts';
import {
  databaseName,
  databasesInUse,
  databaseSubject,
  stateFile,
} from './judging/databasesInUse.ts';
import { join, ranges } from './words.ts';
import { CHOSEN, SAFE, STRANGE_SCHEMA } from './cures/curing.ts';

type Kind = 'lf' | 'crlf';

const WHOSE: Readonly<Record<RecordedMigration['family'], string>> = {
  lf: 'Codex for Linux and macOS',
  crlf: 'Codex for Windows',
  foreign: 'no known Codex',
  unknown: 'an unknown Codex',
};

export default defineCheck({
  id: 'migration-checksum-foreign',
  title: 'Updates of the database are noted with checksums of another system',
  meaning: `With each step (*migration*) by which Codex changes a database it notes a checksum of the
text of that step, and compares it at every start. Codex for Windows has the same texts with other
line ends, and so other checksums than Codex for Linux and macOS. A home that both use works for the
one that made the database; the other one says \`migration 1 was previously applied but has been
modified\`, if it says anything, and refuses it: 0.131 and newer do not start, older versions go on
without the database. **Your conversations are not touched by this.**

The cure rewrites the checksums to those of the Codex on this machine. Where both kinds of Codex are
here, that is a choice: the other kind will then refuse the database. It is better to give each its
own home, or its own folder for databases (\`sqlite_home\` in config.toml, \`CODEX_SQLITE_HOME\`).

A checksum that is neither kind's was not written by a Codex that this program knows. That is shown,
and nothing is changed.`,
  severity: 'error',
  needs: { home: 'seen', 'state-database': 'seen' },
  *detect(snapshot) {
    for (const odds of groupByCause(findOdds(snapshot))) {
      const [first] = odds.filter(({ database }) => database.family === 'state').concat(odds);
      if (first === undefined) continue;
      const { database, records, areAll, fitsSystem } = first;
      const reactions = reactionsTo('drift', database, first.refusing);
      const severity = isGrave(database.family, reactions) ? 'error' : 'warning';
      yield {
        subject: databaseSubject(database),
        facts: {
          versions: records.map(({ version }) => version),
          kinds: kindsOf(first),
          areAll,
          fitsSystem,
          wanted: wantedKind(snapshot),
          accepting: versionsOf(first.accepting),
          family: database.family,
          databases: odds.map(odd => odd.database.key),
          ...reactions,
        },
        threads: [],
        severity: fitsSystem ? 'note' : severity,
      };
    }
  },
  say: ({ versions, kinds, areAll, fitsSystem, accepting, family, databases, ...reactions }) => {
    const which = areAll
      ? 'all its updates'
      : `its ${versions.length === 1 ? 'update' : 'updates'} ${ranges(versions)}`;
    const whose = join(kinds.map(kind => WHOSE[kind]));
    const taken = accepting.length === 0 ? '' : ` Codex ${join(accepting)} takes them.`;
    const refused = sayReactions('drift', family, reactions);
    const consequence = fitsSystem
      ? ` Should it be used with this home: ${refused}`
      : ` ${refused}`;
    const others =
      databases.length === 1
        ? ''
        : ` So ${databases.length === 2 ? 'does one other database' : `do ${String(databases.length - 1)} other databases`}.`;
    return `${databaseName(family)} notes ${which} with checksums of ${whose}.${others}${taken}${consequence}`;
  },
  cures: [
    {
      ...SAFE,
      id: 'rewrite-checksums',
      title: 'Note the checksums of the Codex on this machine',
      needs: ['codex-stopped'],
      phase: 'databases',
      fits: ({ facts: { kinds, accepting, wanted } }) =>
        wanted !== null && accepting.length === 0 && kinds.every(isKind),
      limits:
        'Codex of the other kind, should one use this home again, refuses the databases then; it can be taken back.',
      plan: ({ facts }, snapshot) =>
        noteChecksums(facts, snapshot, facts.wanted === 'crlf' ? 'crlf' : 'lf'),
    },
    choiceOf('lf'),
    choiceOf('crlf'),
  ],
});

interface Concerned {
  readonly databases: readonly string[];
  readonly kinds: readonly string[];
}

/** Codexes of both kinds are here: whichever is served, the other one refuses the databases then. */
function choiceOf<F extends Facts & Concerned>(kind: Kind): Cure<F> {
  const other = kind === 'lf' ? 'crlf' : 'lf';
  return {
    ...CHOSEN,
    id: `note-${kind}-checksums`,
    title: `Note the checksums of ${WHOSE[kind]}`,
    limits: `${WHOSE[other]} refuses the databases then. A home of its own for each is better.`,
    needs: ['codex-stopped', 'a-choice'],
    phase: 'databases',
    fits: ({ facts }, snapshot) =>
      new Set(kindsOfCodexes(snapshot).values()).size > 1 &&
      facts.kinds.every(isKind) &&
      concernedBy(facts, snapshot).some(
        database => rewriteChecksums(database, kind).changes.length > 0,
      ),
    plan: ({ facts }, snapshot) => noteChecksums(facts, snapshot, kind),
  };
}

function concernedBy({ databases }: Concerned, snapshot: Snapshot): readonly Database[] {
  return snapshot.databases.filter(({ key }) => databases.includes(key));
}

function noteChecksums(facts: Concerned, snapshot: Snapshot, wanted: Kind): Draft | Objection {
  const concerned = concernedBy(facts, snapshot);
  if (concerned.some(({ migrations }) => migrations?.schemaVersions.length === 0))
    return STRANGE_SCHEMA;
  const kinds = kindsOfCodexes(snapshot);
  const served = versionsOf(snapshot.codexes.filter(codex => kinds.get(codex) === wanted));
  const refusing = versionsOf(
    snapshot.codexes.filter(codex => (kinds.get(codex) ?? wanted) !== wanted),
  );
  const who = served.length === 0 ? WHOSE[wanted] : `Codex ${join(served)}`;
  const after =
    refusing.length === 0 ? '' : ` Codex ${join(refusing)} on this machine refuses them then.`;
  return {
    says: `${concerned.length === 1 ? 'The database has' : 'The databases have'} the checksums that ${who} expects.${after}`,
    steps: concerned.map(database => rewriteChecksums(database, wanted)),
  };
}

interface Odd {
  readonly database: Database;
  readonly records: readonly RecordedMigration[];
  readonly areAll: boolean;
  /** They are as this system has them; only a Codex of the other kind, here as well, refuses them. */
  readonly fitsSystem: boolean;
  readonly refusing: readonly Codex[];
  readonly accepting: readonly Codex[];
}

/** A home that another system has used has it in each of its databases: that is one cause. */
function groupByCause(odds: readonly Odd[]): readonly (readonly Odd[])[] {
  const groups = new Map<string, Odd[]>();
  for (const odd of odds) {
    const cause = odd.areAll ? kindsOf(odd).join() : odd.database.key;
    groups.set(cause, [...(groups.get(cause) ?? []), odd]);
  }
  return [...groups.values()];
}

function kindsOf({ records }: Odd): readonly RecordedMigration['family'][] {
  return [...new Set(records.map(({ family }) => family))].sort();
}

/** The databases whose records are not as the Codexes here, or those of this system, write them. */
function findOdds(snapshot: Snapshot): readonly Odd[] {
  const native: Kind = snapshot.home.system === 'win32' ? 'crlf' : 'lf';
  const kinds = kindsOfCodexes(snapshot);
  const codexes = [...kinds.keys()];
  return databasesInUse(snapshot).flatMap(database => {
    const all = recordsToJudge(database, snapshot);
    const isAllOf = (kind: Kind) => all.every(({ family }) => family === kind);
    const refusing = codexes.filter(codex => !isAllOf(kinds.get(codex) ?? native));
    const fitsSystem = isAllOf(native);
    const isTaken = codexes.length > 0 ? refusing.length === 0 : fitsSystem;
    if (all.length === 0 || isTaken) return [];
    const accepting = codexes.filter(codex => !refusing.includes(codex));
    const records = fitsSystem ? all : all.filter(({ family }) => family !== native);
    const areAll = records.length === all.length;
    return { database, records, areAll, fitsSystem, refusing, accepting };
  });
}

/** Those of migrations that are known. What the Codex of this machine writes is nobody else's. */
function recordsToJudge(
  { migrations }: Database,
  snapshot: Snapshot,
): readonly RecordedMigration[] {
  const isOwnKind = hasChecksumsOfCodexHere(snapshot);
  return (migrations?.recorded ?? []).filter(
    ({ family }) => family !== 'unknown' && !(family === 'foreign' && isOwnKind),
  );
}

/** A Codex that somebody built from texts of their own, and that has made this home. */
function hasChecksumsOfCodexHere(snapshot: Snapshot): boolean {
  const first = stateFile(snapshot)?.migrations?.recorded?.find(({ version }) => version === 1);
  return (
    first?.family === 'foreign' &&
    snapshot.codexes.some(({ firstChecksum }) => firstChecksum === first.checksum)
  );
}

/** Which line ends the Codexes of this machine were built with, as far as a run of them has told. */
function kindsOfCodexes(snapshot: Snapshot): ReadonlyMap<Codex, Kind> {
  const first = stateFile(snapshot)?.migrations?.known[0];
  const kinds = new Map<Codex, Kind>();
  for (const codex of snapshot.codexes) {
    if (first === undefined || codex.firstChecksum === null) continue;
    if (codex.firstChecksum === first.lf) kinds.set(codex, 'lf');
    if (codex.firstChecksum === first.crlf) kinds.set(codex, 'crlf');
  }
  return kinds;
}

function rewriteChecksums({ file, migrations }: Database, wanted: Kind): RowsStep {
  const known = new Map(migrations?.known.map(one => [one.version, one]));
  const records = (migrations?.recorded ?? []).filter(
    ({ family }) => isKind(family) && family !== wanted,
  );
  return {
    kind: 'rows',
    database: file,
    table: '_sqlx_migrations',
    changes: records.flatMap(({ version, checksum }) => {
      const right = known.get(version)?.[wanted];
      if (right == null) return [];
      return [
        {
          key: { version: String(version) },
          before: { checksum: blob(checksum) },
          after: { checksum: blob(right) },
        },
      ];
    }),
  };
}

function isKind(family: string): family is Kind {
  return family === 'lf' || family === 'crlf';
}

/** As the Codexes here have it; null where they differ. Without any, as this system's Codex does. */
function wantedKind(snapshot: Snapshot): Kind | null {
  const [kind, ...others] = new Set(kindsOfCodexes(snapshot).values());
  if (others.length > 0) return null;
  return kind ?? (snapshot.home.system === 'win32' ? 'crlf' : 'lf');
}

function blob(hex: string): string {
  return `X'${hex.toUpperCase()}'`;
}
