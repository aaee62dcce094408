import { defineCheck } from './check.ts';
import { databasesInUse, databaseSubject } from './judging/databasesInUse.ts';

export default defineCheck({
  id: 'database-on-network-filesystem',
  title: 'The databases are on a network file system',
  meaning: `Codex keeps its databases in a mode (*write-ahead log*) in which programs share memory, and
that only works on one machine. On a network file system, and on folders that a virtual machine or WSL
shares with its host, locks may not reach the others: then Codex does not start, waits for a lock that
nobody holds, or two machines damage the database together. **The conversations are plain files and do
not suffer.**

What helps, best first: give each machine databases on a disk of its own, with
\`codex-health hosts local-databases --to DIR\`, run on that machine. It copies them as they are, with
names, pins and all, tells Codex on that machine alone where they are (\`CODEX_SQLITE_HOME\`), and can be
undone; the other machines go on with those in the home until it is done there too. An empty folder would
not do: Codex fills it from the files, and what only the databases know would be missing. Or stop
Codex on all machines and run \`codex migrate-nfs-db\` (0.169): it changes the mode to one that needs
no shared memory (\`DELETE\`). That is kept by 0.169; 0.121 to 0.160 change it back at their next start.

Where it is the log database alone, in the folder that config.toml calls \`log_dir\` (Codex from 0.169 on keeps
it there, older ones do not), none of that moves it: make \`log_dir\` a path that is on a local disk of each
machine, or take it out.

Once the mode is changed this is only a note. It stays a warning where the mount has no real locks
(\`nolock\`, \`local_lock\`), because two machines can then still write at once.`,
  severity: 'warning',
  needs: { 'state-database': 'seen' },
  *detect(snapshot) {
    const databases = databasesInUse(snapshot).filter(one => one.filesystem?.isNetwork === true);
    const [first] = databases.filter(({ family }) => family === 'state').concat(databases);
    if (first?.filesystem == null) return;
    const { type, mountPoint, options } = first.filesystem;
    const inLogMode = databases.filter(({ header }) => header?.journal === 'wal');
    const locks = options
      .split(',')
      .filter(option => /^(?:nolock|local_lock=(?!none))/.test(option));
    yield {
      subject: databaseSubject(first),
      facts: {
        type,
        mountPoint,
        options: locks.join(','),
        databases: databases.map(({ name }) => name).sort(),
        inLogMode: inLogMode.map(({ name }) => name).sort(),
      },
      threads: [],
      severity: inLogMode.length > 0 || locks.length > 0 ? 'warning' : 'note',
    };
  },
  say: ({ type, mountPoint, options, databases, inLogMode }) => {
    const which =
      databases.length === 1 ? 'A database is' : `${String(databases.length)} databases are`;
    const some = inLogMode.length < databases.length ? `${String(inLogMode.length)} of them ` : '';
    const mode =
      inLogMode.length > 0
        ? `${some}in write-ahead-log mode, which does not work across machines`
        : 'in a mode that works there as far as its locks do';
    const locks = options === '' ? '' : ` The mount has no locks between machines (${options}).`;
    return `${which} on a network file system (${type}, at ${mountPoint}), ${mode}.${locks}`;
  },
});
