// The page of one database: what it is, and which migrations it records, lacks and shows.

import type { Database, RecordedMigration, StateDatabase } from '../engine/model/database.ts';
import type { Finding } from '../engine/model/finding.ts';
import { factOfFinding, writeFindings } from './findingsSection.ts';
import { createPageWriter, type Page, type PageWriter } from './page.ts';
import { bytesInWords, yesOrNo } from '../words/amounts.ts';

export function writeDatabasePage(
  key: string,
  database: Database | null,
  state: StateDatabase | null,
  findings: readonly Finding[],
): Page {
  const page = createPageWriter();
  page.title(`Codex database ${key}`);
  writeFindings(page, findings);
  page.heading('File');
  if (database === null) page.fact('file', 'file', 'is not there, or could not be looked at');
  else {
    writeFile(page, database);
    if (state?.database.key === key) writeState(page, state);
    writeMigrations(page, database);
  }
  return page.page();
}

function writeFile(page: PageWriter, database: Database): void {
  const { header, trouble, filesystem } = database;
  page.fact('file', 'file', database.file);
  page.fact('trouble', 'can be read', trouble === null ? 'yes' : `no: ${trouble.why}`);
  page.fact('size', 'size', bytesInWords(database.bytes));
  page.fact('wal', 'write-ahead log', bytesInWords(database.walBytes));
  if (header !== null)
    page.fact(
      'pages',
      'pages',
      `${String(header.pages)} of ${bytesInWords(header.pageBytes)}, ${String(header.freePages)} free`,
    );
  if (filesystem !== null)
    page.fact(
      'filesystem',
      'filesystem',
      `${filesystem.type}${filesystem.isNetwork ? ', over the network' : ''}, at ${filesystem.mountPoint}`,
    );
}

function writeState(page: PageWriter, { rows, backfill }: StateDatabase): void {
  page.heading('Threads');
  page.fact('rows', 'entries', String(rows.length));
  const watermark = backfill?.watermark ?? null;
  page.fact(
    'backfill',
    'reading of the files',
    `${backfill?.status ?? 'nothing is noted'}${watermark === null ? '' : `, up to ${watermark}`}`,
  );
}

/** What it records, what its schema shows, and what is known: one line for each migration. */
function writeMigrations(page: PageWriter, { migrations }: Database): void {
  if (migrations === null) return;
  const { recorded, known, schemaVersions, missingObjects, changedObjects, newestKnown } =
    migrations;
  const newest = recorded?.at(-1)?.version ?? 0;
  page.heading('Migrations');
  page.fact(
    'recorded',
    'recorded',
    recorded === null ? 'the table of migrations is not there' : `up to ${String(newest)}`,
  );
  page.fact('found', 'found in the schema', schemaVersions.join(', ') || 'of no known version');
  page.fact('known', 'newest that is known', String(newestKnown ?? 'none'));
  for (const name of missingObjects) page.fact('missing', 'missing', name);
  for (const name of changedObjects) page.fact('changed', 'in another form', name);
  const byVersion = new Map((recorded ?? []).map(entry => [entry.version, entry]));
  const newestFound = Math.max(0, ...schemaVersions);
  const expected = known.filter(({ version }) => version <= Math.max(newest, newestFound));
  const names = new Map([...(recorded ?? []), ...expected].map(m => [m.version, m.description]));
  const knownVersions = new Set(known.map(({ version }) => version));
  page.heading('Each migration: recorded, expected, found in the schema');
  for (const [version, name] of [...names].sort(([one], [other]) => one - other)) {
    const isFound = schemaVersions.length === 0 ? 'unknown' : yesOrNo(version <= newestFound);
    page.fact(
      `migration.${String(version)}`,
      String(version).padStart(4),
      [
        `recorded: ${recordedInWords(byVersion.get(version))}`,
        `expected: ${yesOrNo(knownVersions.has(version))}`,
        `found: ${isFound}`,
        name,
      ].join(' · '),
    );
  }
}

function recordedInWords(entry: RecordedMigration | undefined): string {
  if (entry === undefined) return 'no';
  if (!entry.success) return 'as not finished';
  const isOfThisSystem = entry.family === 'lf' || entry.family === 'unknown';
  return isOfThisSystem ? 'yes' : `with a checksum that is ${FAMILY_WORDS[entry.family]}`;
}

const FAMILY_WORDS: Readonly<Record<RecordedMigration['family'], string>> = {
  lf: 'that of Linux and macOS',
  crlf: 'that of Windows',
  foreign: 'nobody’s',
  unknown: 'not known',
};

/** What each check about databases is about; of the migrations that a finding names, the line of the first. */
const FACTS: Readonly<Record<string, readonly string[]>> = {
  'migration-rows-missing': ['recorded'],
  'migration-partial': ['recorded'],
  'migration-checksum-foreign': ['recorded'],
  'migration-ahead': ['recorded'],
  'schema-object-missing': ['missing', 'changed', 'found'],
  'database-damaged': ['trouble'],
  'database-missing': ['file'],
  'backfill-unfinished': ['backfill'],
  'database-two-homes': ['file'],
  'database-on-network-filesystem': ['filesystem'],
  'log-database-overgrown': ['size'],
  'wal-held-by-stale-process': ['wal'],
};

/** The facts of the page at which a finding about a database may point, the best first. */
export function databaseFactsOf({ id, check, facts }: Finding): readonly string[] {
  const versions = ['missing', 'versions', 'newestRecorded']
    .flatMap(name => facts[name] ?? [])
    .filter(value => typeof value === 'number')
    .map(version => `migration.${String(version)}`);
  const isOfMigrations = check.startsWith('migration-');
  return [...(isOfMigrations ? versions : []), ...(FACTS[check] ?? []), factOfFinding(id)];
}
