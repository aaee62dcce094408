import { attribute, hasOthers, isOfOtherHost } from '../hosts/attribution.ts';
import { defineCheck } from './check.ts';
import { threadSubject } from './subjects.ts';

export default defineCheck({
  id: 'thread-other-host',
  title: 'Thread belongs to another host',
  meaning: `Another machine uses this home as well, and what is known of this thread says that it is
at home there. Codex lists it here all the same, and opens it here: its folder, its tools and its
running programs may be missing, or be others of the same name. It is complete, and nothing is wrong
with it where it belongs.

Go on with it on its own host. If you want to have it here, fork it here, or say that it belongs here:
what you say goes before everything that was seen.

What it stands on, the strongest first: what you have said; a program that has the thread open for
writing now; what was seen on a host earlier; Codex's own log; the desktop app's projects; a folder that
only one of all asked hosts has; the thread that it was forked from or that started it. Where two hosts
are named by what weighs the same, or nothing is known, this is not said.`,
  severity: 'warning',
  needs: { home: 'seen', hosts: 'seen' },
  *detect(snapshot) {
    if (!hasOthers(snapshot)) return;
    const attributions = attribute(snapshot);
    for (const thread of snapshot.threads) {
      const { host, confidence, evidence } = attributions.get(thread.id) ?? { host: null };
      if (host === null || !isOfOtherHost(thread.id, snapshot)) continue;
      yield {
        subject: threadSubject(thread.id, thread.own),
        facts: {
          host,
          confidence,
          because: evidence.filter(one => one.host === host).map(({ says }) => says),
        },
        threads: [thread.id],
        // Nobody meets it in a list.
        ...(thread.archived ? { severity: 'note' as const } : {}),
      };
    }
  },
  say: ({ host, because }) => {
    const first = because[0] ?? '';
    return `This thread belongs to ${host}. ${first}`.trimEnd();
  },
});
