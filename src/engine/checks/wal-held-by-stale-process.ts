import type { Subject } from '../model/finding.ts';
import type { Holder, Snapshot } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import { defineCheck } from './check.ts';
import { databaseSubject, subjectOfFile } from './judging/databasesInUse.ts';
import { countOf, join } from './words.ts';

export default defineCheck({
  id: 'wal-held-by-stale-process',
  title: 'A program holds a database file that was removed',
  meaning: `A running program still has a database of this home open, or its write-ahead log (\`-wal\`),
although the file was removed or replaced. What the program writes there is gone when it ends, it does
not see what others write, and the disk space does not come back until then (issue 22444). It happens
when a database is moved aside, or its \`-wal\` removed, while Codex is running.

End the program in the way it is meant to be ended: close the editor window or the terminal it
belongs to. This program names it and never ends it by itself. The conversations are in files of their
own, which the program goes on writing as it should.`,
  severity: 'warning',
  needs: { processes: 'seen' },
  *detect(snapshot) {
    const byDatabase = new Map<FilePath, Holder[]>();
    for (const holder of snapshot.holders)
      for (const database of new Set(holder.deletedFiles.flatMap(databaseOf)))
        byDatabase.set(database, [...(byDatabase.get(database) ?? []), holder]);
    for (const [database, holders] of byDatabase) {
      const files = holders.flatMap(({ deletedFiles }) => deletedFiles);
      const removed = [...new Set(files)].filter(file => databaseOf(file)[0] === database).sort();
      yield {
        subject: subjectOf(database, snapshot),
        facts: { holders: holders.map(asFact), files: removed },
        threads: [],
      };
    }
  },
  say: ({ holders, files }) => {
    const [first] = holders;
    const who =
      holders.length === 1 && first !== undefined
        ? `${first.program} (process ${String(first.pid)}${first.terminal === null ? '' : ` in ${first.terminal}`}) has`
        : `${countOf(holders.length, 'program')} (processes ${join(holders.map(({ pid }) => String(pid)))}) have`;
    const names = files.map(file => file.slice(file.search(/[^/\\]*$/)));
    return `${who} ${join(names)} open, which ${files.length === 1 ? 'was' : 'were'} removed or replaced: what is written there is lost when it ends.`;
  },
});

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
