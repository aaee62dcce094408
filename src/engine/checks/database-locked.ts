import { defineCheck } from './check.ts';
import { databaseName, databasesInUse, databaseSubject } from './judging/databasesInUse.ts';
import { isCodex, nameProgram } from './judging/programs.ts';
import { join } from './words.ts';

export default defineCheck({
  id: 'database-locked',
  title: 'A program keeps a database locked',
  meaning: `A program holds a lock on a database of Codex and does not let go. Each of several looks within
some two seconds found the same lock, and nothing was written meanwhile. A Codex at work is not meant: it
has a lock for moments. Mostly it is a database browser or a backup tool with an open
transaction, the repair of another tool, or a Codex that hangs. **No conversation is lost by it**: those are
plain files, and go on being written.

As long as others cannot write to the database, turns wait, and 0.142 does not start: it gives up after five
seconds, and says only that it cannot initialize its state. 0.160 and 0.169 do start. In 0.142 and 0.160 a
thread that is begun meanwhile may be missing in lists that are made from the database. Where others
cannot use the database at all, none of them starts: 0.142 and 0.160 give up after five seconds, 0.169 after
fifteen. The history database alone hinders no start, but in 0.169 its threads cannot be opened.

End the transaction in the program that is named (in a database browser: save the changes or take them back),
or close it, and start Codex again where it did not start. This program ends none by itself. Where the one
that is named is a Codex, this is only a note: it may be bringing a large database up to date. If the same one
is still named after a minute, it hangs: close its window or its terminal.

What is seen are the locks of programs on this machine, and only on Linux. A program on another machine of a
shared home, or in the surroundings of a container in which this one runs, holds its locks unseen.`,
  severity: 'warning',
  needs: { locks: 'seen', 'other-machines': 'seen' },
  *detect(snapshot) {
    for (const database of databasesInUse(snapshot)) {
      const locked = snapshot.locked.filter(({ file }) => file === database.file);
      if (locked.length === 0) continue;
      const bars = locked.some(one => one.bars === 'everything') ? 'everything' : 'writing';
      const holders = new Map(locked.map(({ by }) => [by.pid, by]));
      yield {
        subject: databaseSubject(database),
        facts: {
          database: databaseName(database.family),
          bars,
          holders: [...holders.values()].sort((one, other) => one.pid - other.pid),
        },
        threads: [],
        // It may be at something that takes long, as after an update.
        severity: locked.every(({ by }) => isCodex(by)) ? 'note' : 'warning',
      };
    }
  },
  say: ({ database, bars, holders }) => {
    const cannot = bars === 'writing' ? 'write to it' : 'use it';
    const until = holders.length === 1 ? 'it lets go' : 'they let go';
    return `${database} is kept locked by ${join(holders.map(nameProgram))}: nobody else can ${cannot} until ${until}.`;
  },
});
