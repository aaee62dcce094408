import type { Subject } from '../model/finding.ts';
import type { Holder, Snapshot } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import { defineCheck } from './check.ts';
import { databaseSubject, subjectOfFile } from './judging/databasesInUse.ts';
import { isCodex, nameProgram } from './judging/programs.ts';
import { countOf, join } from './words.ts';

export default defineCheck({
  id: 'wal-held-by-stale-process',
  title: 'A program holds a database file that was removed',
  meaning: `A running program still has a database of this home open, or its write-ahead log (\`-wal\`),
although the file was removed, replaced or moved aside. What the program writes there is gone when it ends, it does
not see what others write, and the disk space does not come back until then (issue 22444). It happens
when a database is moved aside, or its \`-wal\` removed, while Codex is running. Codex does so itself: one
that starts and finds its database damaged moves it into \`db-backups\` and makes a new one, and one that
ran before goes on with the old one (seen in 0.142 and 0.169).

End the program in the way it is meant to be ended: close the editor window or the terminal it
belongs to. This program names it and never ends it by itself. The conversations are in files of their
own, which the program goes on writing as it should.

Where several machines use the home, the program that has removed the file may be on another one. Then
databases on a disk of each machine's own keep them apart: \`codex-health hosts local-databases --to DIR\`.`,
  severity: 'warning',
  needs: { processes: 'seen', 'other-machines': 'seen' },
  *detect(snapshot) {
    const byDatabase = new Map<FilePath, { readonly holder: Holder; readonly lost: Lost }[]>();
    for (const holder of snapshot.holders)
      for (const lost of lostBy(holder)) {
        const known = byDatabase.get(lost.database) ?? [];
        byDatabase.set(lost.database, [...known, { holder, lost }]);
      }
    for (const [database, held] of byDatabase) {
      const holders = [...new Set(held.map(({ holder }) => holder))];
      const files = [...new Set(held.map(({ lost }) => lost.file))].sort();
      const areMoved = held.every(({ lost }) => lost.isMoved);
      yield {
        subject: subjectOf(database, snapshot),
        facts: { holders: holders.map(asFact), files, areMoved },
        threads: [],
      };
    }
  },
  say: ({ holders, files, areMoved }) => {
    const [first] = holders;
    const who =
      holders.length === 1 && first !== undefined
        ? `${nameProgram(first)} has`
        : `${countOf(holders.length, 'program')} (processes ${join(holders.map(({ pid }) => String(pid)))}) have`;
    const names = [...new Set(files.map(file => file.slice(file.search(/[^/\\]*$/))))];
    const how = areMoved ? 'moved aside' : 'removed or replaced';
    const when = areMoved ? 'is seen by no other program' : 'is lost when it ends';
    return `${who} ${join(names)} open, which ${names.length === 1 ? 'was' : 'were'} ${how}: what is written there ${when}.`;
  },
});

/** A file of a database that a program holds, and that is not at the place of the database any more. */
interface Lost {
  readonly database: FilePath;
  readonly file: FilePath;
  readonly isMoved: boolean;
}

/** Whoever has a backup open may just look at it; a Codex opens databases at their places alone. */
function lostBy(holder: Holder): readonly Lost[] {
  const removed = holder.deletedFiles.flatMap(file =>
    databaseOf(file).map(database => ({ database, file, isMoved: false })),
  );
  if (!isCodex(holder)) return removed;
  const moved = holder.files.flatMap(file => {
    const [, folder, separator, name] = MOVED_ASIDE.exec(file) ?? [];
    if (folder === undefined || separator === undefined || name === undefined) return [];
    const database = `${folder}${separator}${name}`;
    return databaseOf(database).map(of => ({ database: of, file, isMoved: true }));
  });
  return [...removed, ...moved];
}

/** `db-backups/sqlite-1795324820-0/state_5.sqlite-wal` */
const MOVED_ASIDE = /^(.*)([/\\])db-backups[/\\][^/\\]+[/\\]([^/\\]+)$/;

/** The database that a file belongs to; none for any other file. */
function databaseOf(file: FilePath): readonly FilePath[] {
  const match = /^(.*\.sqlite)(?:-wal|-shm|-journal)?$/.exec(file);
  return match?.[1] === undefined ? [] : [match[1]];
}

function subjectOf(file: FilePath, { databases, home }: Snapshot): Subject {
  const database = databases.find(one => one.file === file);
  return database === undefined ? subjectOfFile(file, home) : databaseSubject(database);
}

function asFact({ pid, program, terminal }: Holder) {
  return { pid, program, terminal };
}
