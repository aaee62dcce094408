import { defineCheck } from './check.ts';
import type { Snapshot } from '../model/snapshot.ts';

export default defineCheck({
  id: 'config-unreadable',
  title: 'config.toml cannot be parsed',
  meaning: `\`config.toml\` is not valid TOML. Codex then does without all of it: the provider falls
back to Codex's own, so that lists look empty, and resuming a thread fails with the place of the
mistake. No conversation is affected.

Which threads are hidden by their provider cannot be said as long as this file cannot be read. The
mistake has to be put right by hand.`,
  severity: 'error',
  // The gap that a broken file leaves is about what it says; that it is broken was seen.
  needs: { config: 'seen' },
  *detect({ config }: Snapshot) {
    if (config.state !== 'broken' || config.error === null) return;
    const { line, column, why } = config.error;
    yield {
      subject: { kind: 'config' as const, key: 'config.toml', path: config.file },
      facts: { line, column, why },
      threads: [],
    };
  },
  say: ({ line, column, why }) =>
    `config.toml has a mistake in line ${String(line)}, column ${String(column)} (${why}): Codex does without all of it, and lists look empty.`,
});
