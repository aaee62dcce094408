// Fresh looks at the hosts that a person has chosen, with a word on the terminal of how far they have come.

import { aliasesOf as aliasesLeadingTo } from '../engine/engine.ts';
import type { HostHome, HostSight } from '../engine/model/host.ts';
import type { Report } from '../engine/model/report.ts';
import type { FilePath } from '../engine/model/words.ts';
import type { Context } from './command.ts';

export interface Looks {
  readonly aliases: readonly string[];
  readonly report: Report;
  readonly splitInto?: readonly FilePath[];
  readonly signal?: AbortSignal;
}

export async function lookAtHosts(
  { engine, progress }: Context,
  looks: Looks,
): Promise<readonly HostSight[]> {
  const total = looks.aliases.length;
  let done = 0;
  try {
    progress.tell(0, total, 'hosts');
    const seen = () => progress.tell((done += 1), total, 'hosts');
    return await engine.hosts.look({ ...looks, seen });
  } finally {
    progress.end();
  }
}

/** The chosen aliases that lead to these hosts, as far as is known, and those of which it is not. */
export async function aliasesOf(
  hosts: readonly HostHome[],
  { snapshot }: Report,
  { engine }: Context,
): Promise<readonly string[]> {
  return aliasesLeadingTo(hosts, await engine.hosts.chosen(), snapshot.hosts.sights);
}
