// Writes src/engine/scan/databases/knownMigrations.json: what each migration of each Codex database is
// called, its two checksums, and what it does to the schema. Run it when a new Codex is out:
//
//   node scripts/with-node24.mjs scripts/learn-migrations.mjs 0.111.0 0.117.0 … 0.169.0
//
// Of each version, oldest first, it runs the real program on an empty temporary home and reads
// which migrations it records. The text of a migration is found in the program by its checksum
// (SHA-384), is run on a database in memory to see what it makes, and is not kept.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { installCodex } from '../test/support/codex/binaries.ts';

const target = path.join(import.meta.dirname, '../src/engine/scan/databases/knownMigrations.json');
const known = JSON.parse(fs.readFileSync(target, 'utf8'));

for (const version of process.argv.slice(2)) {
  const program = await installCodex(version);
  const recorded = runOnEmptyHome(program);
  const texts = findTexts(fs.readFileSync(program), recorded);
  for (const [database, migrations] of Object.entries(recorded))
    for (const migration of migrations) learn(database, migration, version);
  // A database that is only made with the first thread is not among the recorded ones.
  for (const entry of Object.values(known).flat()) entry.text ??= texts.get(entry.lf);
}
for (const [database, migrations] of Object.entries(known)) addSchemas(database, migrations);
for (const migrations of Object.values(known)) for (const one of migrations) delete one.text;
fs.writeFileSync(target, format(known));

/** What the program records in the databases that it makes. */
function runOnEmptyHome(program) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-learn-'));
  const hello = {
    id: 1,
    method: 'initialize',
    params: { clientInfo: { name: 'learn', version: '0' } },
  };
  spawnSync(program, ['app-server'], {
    env: { ...process.env, CODEX_HOME: home, CODEX_SQLITE_HOME: '' },
    input: `${JSON.stringify(hello)}\n`,
    timeout: 30_000,
  });
  const recorded = {};
  for (const name of fs.readdirSync(home).filter(file => file.endsWith('.sqlite'))) {
    const database = new DatabaseSync(path.join(home, name));
    recorded[name] = database
      .prepare(
        'SELECT version, description, hex(checksum) AS checksum FROM _sqlx_migrations ORDER BY version',
      )
      .all()
      .map(row => ({ ...row, checksum: row.checksum.toLowerCase() }));
    database.close();
  }
  fs.rmSync(home, { recursive: true });
  return recorded;
}

/** Finds texts in the program by their checksums. They begin like SQL and end behind a semicolon. */
function findTexts(bytes, recorded) {
  const checksums = [
    ...Object.values(recorded)
      .flat()
      .map(one => one.checksum),
    ...Object.values(known)
      .flat()
      .map(one => one.lf),
  ];
  const wanted = new Set(checksums);
  const texts = new Map();
  const program = bytes.toString('latin1');
  for (const { index } of program.matchAll(
    /--|CREATE |ALTER |DROP |UPDATE |INSERT |DELETE |PRAGMA |WITH |\/\*/g,
  )) {
    const [segment] = /^[\t\n\r\x20-\x7e]+/.exec(program.slice(index, index + 30_000)) ?? [''];
    let tries = 0;
    for (const end of segment.matchAll(/;\n*/g)) {
      for (let stop = end.index + 1; stop <= end.index + end[0].length; stop += 1) {
        const text = segment.slice(0, stop);
        const checksum = createHash('sha384').update(text, 'latin1').digest('hex');
        if (wanted.has(checksum)) texts.set(checksum, text);
      }
      tries += 1;
      if (tries > 200) break;
    }
  }
  return texts;
}

function learn(database, { version, description, checksum }, since) {
  const list = (known[database] ??= []);
  let entry = list.find(one => one.version === version);
  if (entry === undefined)
    list.push(
      (entry = { version, description, since, lf: checksum, crlf: null, fingerprint: null }),
    );
  if (entry.lf !== checksum) throw new Error(`${database} ${version}: two checksums`);
}

/** Runs the migrations one by one and notes which objects each makes, changes and removes. */
function addSchemas(database, migrations) {
  const memory = new DatabaseSync(':memory:');
  let before = {};
  for (const entry of migrations.sort((one, other) => one.version - other.version)) {
    if (entry.text === undefined) return;
    memory.exec(entry.text);
    const rows = memory
      .prepare(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
      )
      .all()
      .map(row => ({ ...row, sql: row.sql.replace(/\s+/g, ' ').trim() }));
    const lines = rows.map(({ type, name, sql }) => `${type}|${name}|${sql}`).sort();
    entry.fingerprint = hash(lines.join('\n')).slice(0, 12);
    entry.crlf = createHash('sha384').update(entry.text.replaceAll('\n', '\r\n')).digest('hex');
    const after = Object.fromEntries(
      rows.map(({ type, name, sql }) => [`${type} ${name}`, hash(sql).slice(0, 8)]),
    );
    const changed = Object.entries(after).filter(([name, value]) => before[name] !== value);
    const gone = Object.keys(before)
      .filter(name => !(name in after))
      .map(name => [name, null]);
    entry.objects = Object.fromEntries([...changed, ...gone]);
    before = after;
  }
}

function hash(text) {
  return createHash('sha256').update(text).digest('hex');
}

/** One migration a line, so that a new one is one line of difference. */
function format(all) {
  const databases = Object.entries(all).map(([name, migrations]) => {
    const lines = migrations.map(entry => `    ${JSON.stringify(entry)}`);
    return `  ${JSON.stringify(name)}: [\n${lines.join(',\n')}\n  ]`;
  });
  return `{\n${databases.join(',\n')}\n}\n`;
}
