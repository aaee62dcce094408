import type { HostName } from '../model/host.ts';
import type { Codex, Snapshot } from '../model/snapshot.ts';
import { hostsOfHome } from '../hosts/hostsOfHome.ts';
import { defineCheck } from './check.ts';
import { countOf, join } from './words.ts';

export default defineCheck({
  id: 'home-shared',
  title: 'Several hosts use one Codex home',
  meaning: `Where several machines have one home directory, as on clusters and in labs, Codex keeps
everything of all of them in one place, and nothing in it says what came from where. Each host then
lists and opens the threads of the others: a conversation goes on where its folder is not, with other
tools and other files. Up to Codex 0.145, two hosts can write one thread at the same time; newer
ones refuse the second, and still let it be renamed.

Nothing is lost by it. What is known of it here stands on evidence: what was seen on each host, the
hosts that you asked to be looked at, and what Codex has written into its own log. A host that nobody
has met is not among them.

Different versions of Codex on one home do harm of their own: the older one cannot read what the
newer one writes, and may stop when the newer one has changed the databases. Keep them the same on all
hosts.

The remedy is a home for each host (\`CODEX_HOME\`): \`codex-health hosts split\` shows what that would be,
and makes it when you say yes. A smaller one is databases of its own for each host, with conversations
shared as before: \`codex-health hosts local-databases --to DIR\`.`,
  severity: 'warning',
  needs: { home: 'seen', hosts: 'seen' },
  *detect(snapshot) {
    const { here, others, twins } = hostsOfHome(snapshot);
    if (others.length === 0 && twins.length === 0) return;
    const hosts = [...new Set([here, ...others.map(({ name }) => name)])].sort();
    const because = [...new Set(others.flatMap(one => one.because))];
    yield {
      subject: { kind: 'home' as const, key: 'home', path: null },
      facts: { hosts, twins, because, versions: clashing(snapshot, hosts) },
      threads: [],
    };
  },
  say: ({ hosts, twins, versions }) => {
    const number = hosts.length + twins.length;
    const double = twins.length === 0 ? '' : ` Several machines are called ${join(twins)}.`;
    const clash =
      versions.length === 0
        ? ''
        : ` They do not have the same Codex: ${join(versions.map(one => `${one.host} has ${join(one.versions)}`))}.`;
    return `${twins.length === 0 ? countOf(number, 'host') : 'Several hosts'} use this home (${join(hosts)}): each lists and opens the threads of the others.${double}${clash}`;
  },
});

interface HostVersions {
  readonly [name: string]: HostName | readonly string[];
  readonly host: HostName;
  readonly versions: readonly string[];
}

/** Which Codex each host has; nothing where they have the same, as far as it is known. */
function clashing(
  { codexes, hosts: { here, sights } }: Snapshot,
  names: readonly HostName[],
): readonly HostVersions[] {
  const found = new Map<HostName, Set<string>>();
  const note = (host: HostName, list: readonly Pick<Codex, 'version'>[]) => {
    for (const { version } of list)
      if (version !== null) found.set(host, (found.get(host) ?? new Set()).add(version));
  };
  note(here.hostname, codexes);
  for (const { machine, codexes: there, sharing } of sights)
    if (machine !== null && sharing?.answer === 'yes') note(machine.hostname, there);
  const all = names
    .filter(name => found.has(name))
    .map(host => ({ host, versions: [...(found.get(host) ?? [])].sort() }));
  return new Set(all.map(({ versions }) => versions.join(' '))).size > 1 ? all : [];
}
