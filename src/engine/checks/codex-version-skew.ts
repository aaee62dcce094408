import { defineCheck } from './check.ts';
import { olderCodexes, whatItCannotRead } from './judging/olderCodexes.ts';
import { join } from './words.ts';

export default defineCheck({
  id: 'codex-version-skew',
  title: 'Two versions of Codex share this home, and the older one hides threads',
  meaning: `Several versions of Codex are on this machine, as happens when an editor, the desktop
app and the terminal each bring their own. The older one cannot read what the newer one writes; in
the older one those threads are missing or open empty, which looks like lost work. They are complete.

The older one does more than not show them. Codex 0.128 to 0.145 empties the first message that the
database keeps of threads with paginated history; Codex up to 0.136 deletes the entries of
compressed threads, and a newer one adds them again, without names and pins.

The remedy is to update the older one, or to give it a home of its own.`,
  severity: 'warning',
  needs: { codexes: 'seen', 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    for (const { version, subject, paginated, compressed, reader } of olderCodexes(snapshot)) {
      if (reader === null) continue;
      yield {
        subject,
        facts: {
          version,
          newer: reader,
          paginated: paginated.length,
          compressed: compressed.length,
        },
        threads: [...new Set([...paginated, ...compressed])],
      };
    }
  },
  say: ({ version, newer, paginated, compressed }) =>
    `Codex ${version} and Codex ${newer} use this home, and ${version} cannot read ${join(whatItCannotRead(paginated, compressed))}: there they are missing or open empty, and they are complete.`,
});
