// The page of one database: what it is, and which migrations it records, lacks and shows.

import type { Database, RecordedMigration, StateDatabase } from '../engine/model/database.ts';
import { createPageWriter, type Page, type PageWriter } from './page.ts';
import { bytesInWords } from '../words/amounts.ts';

export function writeDatabasePage(
  key: string,
  database: Database | null,
  state: StateDatabase | null,
): Page {
  const page = createPageWriter();
  page.title(`Codex database ${key}`);
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
  const expected = known.filter(({ version }) => version <= Math.max(newest, ...schemaVersions));
  const names = new Map([...(recorded ?? []), ...expected].map(m => [m.version, m.description]));
  for (const [version, name] of [...names].sort(([one], [other]) => one - other))
    page.fact(
      `migration.${String(version)}`,
      String(version).padStart(4),
      `${name}${oddity(byVersion.get(version))}`,
    );
}

/** What is not as it should be about a migration; nothing where all is well. */
function oddity(entry: RecordedMigration | undefined): string {
  if (entry === undefined) return '  (expected, not recorded)';
  if (!entry.success) return '  (recorded as not finished)';
  const isOfThisSystem = entry.family === 'lf' || entry.family === 'unknown';
  return isOfThisSystem ? '' : `  (its checksum is ${FAMILY_WORDS[entry.family]})`;
}

const FAMILY_WORDS: Readonly<Record<RecordedMigration['family'], string>> = {
  lf: 'that of Linux and macOS',
  crlf: 'that of Windows',
  foreign: 'nobody’s',
  unknown: 'not known',
};
