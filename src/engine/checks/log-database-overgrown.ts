import type { Database } from '../model/database.ts';
import { defineCheck } from './check.ts';
import { asDraft, CHOSEN, GONE, putDatabaseAway } from './cures/curing.ts';
import { databasesInUse, databaseSubject } from './judging/databasesInUse.ts';

const MIB = 1024 * 1024;
const LARGE = 512 * MIB;
const VERY_LARGE = 4096 * MIB;
/** Below this, empty pages are nobody's trouble. */
const WORTH_TELLING = 64 * MIB;

export default defineCheck({
  id: 'log-database-overgrown',
  title: 'The log database has grown large',
  meaning: `Codex writes what it does into \`logs_2.sqlite\`; nothing of your conversations is in it. It lies with
the other databases, or, from 0.169 on, in the folder that config.toml calls \`log_dir\`.
Where it has grown to gigabytes, or its write-ahead log (\`-wal\`) has, Codex starts slowly and the disk
fills up. A write-ahead log grows without end while a program keeps an old reading of it open.

With Codex stopped, the repair moves the log database and its write-ahead log into the vault: Codex
makes a new one at its next start, and logs into that (seen with 0.142, 0.160 and 0.169).
Nothing is copied, so that it takes no time. **The room comes back when the repair is dropped from the
vault**, and at once where the vault lies on another disk (\`--vault DIR\`). Undoing the repair puts it
back exactly; the one that Codex has made meanwhile is then kept in the vault. It is not rebuilt in
place, because that has cost people the notes of its updates (issue 35555).

It is a note from 512 MiB on, or where more than half of at least 64 MiB is empty pages, and a
warning from 4 GiB on.`,
  severity: 'note',
  needs: { home: 'seen', 'state-database': 'seen' },
  heedsGrowth: true,
  *detect(snapshot) {
    for (const database of databasesInUse(snapshot)) {
      const bytes = database.bytes + database.walBytes;
      const free = freeBytes(database);
      const isHalfEmpty = free > database.bytes / 2 && database.bytes >= WORTH_TELLING;
      if (database.family !== 'logs' || (bytes <= LARGE && !isHalfEmpty)) continue;
      yield {
        subject: databaseSubject(database),
        facts: {
          mebibytes: rounded(bytes),
          ofLog: rounded(database.walBytes),
          empty: isHalfEmpty ? rounded(free) : 0,
        },
        threads: [],
        severity: bytes > VERY_LARGE ? 'warning' : 'note',
      };
    }
  },
  say: ({ mebibytes, ofLog, empty }) => {
    const log =
      ofLog > mebibytes / 4 ? `, ${inWords(ofLog)} or more of it in its write-ahead log` : '';
    const waste = empty === 0 ? '' : ` More than half of it is empty pages.`;
    return `The log database takes ${inWords(mebibytes)} or more${log}.${waste} No conversation is in it.`;
  },
  cures: [
    {
      ...CHOSEN,
      id: 'put-away',
      title: 'Put the log database into the vault, and let Codex begin a new one',
      limits:
        'Where the vault is on the same disk, the room comes back only when the repair is dropped from it (codex-health history --prune). The new one can grow as well.',
      needs: ['codex-stopped'],
      phase: 'databases',
      wishes: ({ subject }) => ({ sidecars: [subject.path ?? ''] }),
      plan: ({ subject }, snapshot, closer) => {
        const database = databasesInUse(snapshot).find(({ file }) => file === subject.path);
        if (database === undefined) return GONE;
        const beside = closer.sidecars[database.file] ?? [];
        const bytes = [database, ...beside].reduce((sum, part) => sum + part.bytes, 0);
        return asDraft(
          `The log database (${sizeOf(bytes)}) goes into the vault, and Codex begins a new one when it is started next. The room comes back when this repair is dropped from the vault.`,
          ...putDatabaseAway(database, beside),
        );
      },
    },
  ],
});

function freeBytes({ header }: Database): number {
  return header === null ? 0 : header.freePages * header.pageBytes;
}

/**
 * Down to a power of two, in MiB: a finding that somebody has accepted shall not come back with
 * each line that is logged.
 */
function rounded(bytes: number): number {
  return bytes < MIB ? 0 : 2 ** Math.floor(Math.log2(bytes / MIB));
}

/** To the MiB, for whoever wants to know what that will free. */
function sizeOf(bytes: number): string {
  return `${String(Math.round(bytes / MIB))} MiB`;
}

function inWords(mebibytes: number): string {
  return mebibytes < 1024 ? `${String(mebibytes)} MiB` : `${String(mebibytes / 1024)} GiB`;
}
