import { defineCheck } from './check.ts';
import { isKnownProvider, threadsByProvider } from './judging/providers.ts';
import { moveToCurrentCure, setProviderCure } from './cures/providerCures.ts';
import { countOf } from './words.ts';

export default defineCheck({
  id: 'provider-hides-threads',
  title: 'Threads of another provider are hidden',
  meaning: `Codex lists only the threads of the provider that is set in \`config.toml\` now, unless
it is asked for all of them. After a switch the list looks empty, and months of work seem gone;
they are all there, and can still be opened by their id.

It is a warning when more than half of the active threads are hidden in this way.

There are three ways out, and which one is right only you know:

- leave it as it is: \`codex resume\` with the id of a thread opens it in every version, and the list
  of \`codex resume\` in 0.169 has the threads of all providers; those of 0.142 and 0.160, of Codex for
  VS Code and of the desktop app have not. \`codex-health threads\` shows all with their ids;
- set the old provider again, which hides the threads of the other one in turn;
- move the threads to the provider that is set now. That changes the file and the database of each, and
  keeps its original provider for ever: \`codex-health provider restore\` gives it back.`,
  severity: 'note',
  needs: {
    config: 'whole',
    'state-database': 'seen',
    'rollouts-active': 'seen',
    'rollouts-archived': 'seen',
  },
  *detect(snapshot) {
    const { config } = snapshot;
    const all = threadsByProvider(snapshot);
    const active = all.reduce((sum, provider) => sum + provider.active.length, 0);
    const hiding = all.filter(
      ({ id, ...threads }) => id !== config.provider && threads.active.length > 0,
    );
    const hidden = hiding.reduce((sum, provider) => sum + provider.active.length, 0);
    for (const provider of hiding) {
      // A provider that Codex does not know is a graver matter, and another check speaks of it.
      if (!isKnownProvider(provider.id, config)) continue;
      yield {
        subject: { kind: 'provider', key: provider.id, path: null },
        facts: {
          provider: provider.id,
          current: config.provider,
          threads: provider.active.length,
          active,
        },
        threads: provider.active,
        severity: hidden * 2 > active ? 'warning' : 'note',
      };
    }
  },
  say: ({ provider, current, threads, active }) =>
    `${String(threads)} of ${countOf(active, 'active conversation')} ${threads === 1 ? 'is' : 'are'} kept under the provider "${provider}": lists show only those of "${current}", which is set now.`,
  cures: [setProviderCure(), moveToCurrentCure()],
});
