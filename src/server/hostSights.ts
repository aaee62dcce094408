// Other hosts, beside the home: what the last look at each has shown is there at once, and looking at
// them again never keeps anybody waiting.

import type { HostList } from '../engine/engine.ts';
import type { HostSight } from '../engine/model/host.ts';
import type { Report } from '../engine/model/report.ts';
import type { FilePath } from '../engine/model/words.ts';

export interface HostSights {
  /** In the order in which the hosts were named. */
  now(): readonly HostSight[];
  /** Those that are being looked at. */
  looking(): ReadonlySet<string>;
  /** From now on these hosts are meant; what is known of them is remembered from earlier. */
  choose(aliases: readonly string[]): Promise<void>;
  /**
   * Looks at all of them; a look that is under way is given up for it. Ends when every host has been seen.
   * `splitInto`: homes of which is asked as well who has them open. `signal` ends it earlier.
   */
  look(report: Report, splitInto?: readonly FilePath[], signal?: AbortSignal): Promise<void>;
  stop(): void;
}

const NEVER = new AbortController().signal;

/** `changed`: what is known is no longer what it was. */
export function createHostSights(
  list: Pick<HostList, 'known' | 'look'>,
  changed: () => void,
): HostSights {
  let chosen: readonly string[] = [];
  let sights = new Map<string, HostSight>();
  let looking = new Set<string>();
  let round = new AbortController();
  return {
    now: () => chosen.flatMap(alias => sights.get(alias) ?? []),
    looking: () => looking,
    choose: async aliases => {
      round.abort();
      chosen = aliases;
      looking = new Set();
      const known = await list.known(aliases);
      // Whoever chose others meanwhile is not told of these.
      if (chosen !== aliases) return;
      const isOtherwise = known.length + sights.size > 0;
      sights = new Map(known.map(sight => [sight.alias, sight]));
      if (isOtherwise) changed();
    },
    look: async (report, splitInto = [], given = NEVER) => {
      round.abort();
      const own = new AbortController();
      round = own;
      const signal = AbortSignal.any([own.signal, given]);
      looking = new Set(chosen);
      if (chosen.length > 0) changed();
      // Also without others: where a split has given this machine a home, it is looked at by this as well.
      await list.look({
        aliases: chosen,
        report,
        splitInto,
        signal,
        seen: sight => {
          if (signal.aborted) return;
          sights.set(sight.alias, sight);
          looking.delete(sight.alias);
          changed();
        },
      });
      if (!given.aborted || round !== own) return;
      looking = new Set();
      changed();
    },
    stop: () => round.abort(),
  };
}
