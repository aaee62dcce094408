import type { SeenStart } from '../model/host.ts';
import { splitTook } from '../hosts/splitTook.ts';
import { restBelow, sameDirectory } from '../model/paths.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import { defineCheck } from './check.ts';
import { join } from './words.ts';

export default defineCheck({
  id: 'split-not-effective',
  title: 'A host does not use the Codex home that it was given',
  meaning: `A shared home was split into one for each host, and on this host Codex still starts, or still
runs, with another one. Threads that are begun there now come to lie where nobody looks for them, and
those that went to the new home seem to be gone. They are not: they are in the home that the host was
given.

Either a server has been running since before the split; then end it, or close the windows that use it,
and start it again. Or a start-up file sets \`CODEX_HOME\` once more, behind the lines that the split has
put there, or the shell reads another file than those; then take that out, or put the marked lines into the
file that is read. Or config.toml says \`sqlite_home\` since: all homes that share it then have one set of
databases; take that out too.

\`codex-health hosts confirm\` asks every host once more, when that is put right.

Undoing the split brings all threads back into one home, but for those that were gone on with since.`,
  severity: 'error',
  needs: { home: 'seen' },
  *detect(snapshot) {
    const { splits, sights, own } = snapshot.hosts;
    const seen = own === null ? sights : [...sights, own];
    const apart = apartFrom(snapshot);
    for (const split of splits)
      for (const { host, home, answer, wrong, stale } of splitTook(split, seen)) {
        const isApart = apart !== null && sameDirectory(home, snapshot.home.path, 'linux');
        if (answer !== 'no' && !isApart) continue;
        yield {
          subject: { kind: 'host' as const, key: host, path: null },
          facts: {
            host,
            home,
            starts: [
              ...wrong.map(sayStart),
              ...(isApart ? [`config.toml has the databases in ${apart}, outside that home`] : []),
            ],
            servers: stale.map(({ program, pid }) => `${program} (process ${String(pid)})`),
          },
          threads: [],
        };
      }
  },
  say: ({ host, home, starts, servers }) => {
    const running = servers.map(server => `${server} still runs with the old one`);
    return `${host} was given the home ${home}, but ${join([...starts, ...running])}.`;
  },
});

/** Whatever home shares config.toml has its databases there too. A split is refused where it is so before. */
function apartFrom({ home }: Snapshot): FilePath | null {
  const isApart =
    home.sqliteHomeFrom === 'config' && restBelow(home.sqliteHome, home.path, home.system) === null;
  return isApart ? home.sqliteHome : null;
}

function sayStart({ how, shell, codexHome, sqliteHome }: SeenStart): string {
  const who = how === 'command' ? 'a command over ssh' : 'a login shell';
  const apart = sqliteHome === null ? '' : ` with databases in ${sqliteHome}`;
  return `${who} (${shell}) gets ${codexHome ?? 'the default'}${apart}`;
}
