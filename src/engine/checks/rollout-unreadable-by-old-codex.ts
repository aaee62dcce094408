import { defineCheck } from './check.ts';
import { olderCodexes, whatItCannotRead } from './judging/olderCodexes.ts';
import { join } from './words.ts';

export default defineCheck({
  id: 'rollout-unreadable-by-old-codex',
  title: 'Codex on this machine is too old for some threads',
  meaning: `Newer versions of Codex write conversations in ways that older ones cannot read, and
every Codex on this machine is older. The conversations are complete.

Threads with paginated history (made by 0.150 and newer) open without a single message in Codex up to
0.145, which as a rule leaves them out of its lists as well; from 0.128 on such a Codex also empties
the first message that the database keeps of them. Compressed files (\`.jsonl.zst\`) cannot be read
by Codex up to 0.136: it drops those threads from its list **and deletes their entries in the
database**; a newer Codex adds them again, without names and pins.

The remedy is to update this Codex. Which versions between the ones that were tried behave how is
taken from the notes of their releases.`,
  severity: 'warning',
  needs: { codexes: 'seen', 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    for (const { version, subject, paginated, compressed, reader } of olderCodexes(snapshot)) {
      // Beside a Codex that reads them, the matter is that two versions share a home.
      if (reader !== null) continue;
      yield {
        subject,
        facts: { version, paginated: paginated.length, compressed: compressed.length },
        threads: [...new Set([...paginated, ...compressed])],
      };
    }
  },
  say: ({ version, paginated, compressed }) =>
    `Codex ${version} cannot read ${join(whatItCannotRead(paginated, compressed))}, and there is no newer Codex on this machine; update it, and they are back.`,
});
