import { defineCheck } from './check.ts';
import { isKnownProvider, isRetiredProvider, threadsByProvider } from './judging/providers.ts';
import { moveToCurrentCure } from './cures/providerCures.ts';
import { countOf } from './words.ts';

export default defineCheck({
  id: 'provider-undefined',
  title: 'Provider is not defined',
  meaning: `Threads are kept under a provider that \`config.toml\` does not define and that is not
built into Codex. They are hidden from lists, and cannot be resumed: Codex 0.169 says "This chat
uses model provider …, which is no longer configured", 0.142 "Model provider … not found"; 0.121
resumes them with the provider that is set now. They can be read, archived and named.

It is an error too when \`config.toml\` itself chooses a provider that is not defined: then Codex
can start no thread at all.

What helps is the definition that was there before, or moving the threads to a provider that is
defined. Only you know which address and which key the old one had:

\`\`\`toml
[model_providers.the-name]
name = "The name"
base_url = "https://…/v1"
env_key = "THE_NAME_API_KEY"
\`\`\``,
  severity: 'error',
  needs: {
    config: 'whole',
    'state-database': 'seen',
    'rollouts-active': 'seen',
    'rollouts-archived': 'seen',
  },
  *detect(snapshot) {
    const { config } = snapshot;
    const all = threadsByProvider(snapshot);
    const ids = new Set([...all.map(({ id }) => id), config.provider]);
    for (const id of [...ids].filter(provider => !isKnownProvider(provider, config))) {
      const { active, archived } = all.find(provider => provider.id === id) ?? NOBODY;
      const isCurrent = id === config.provider;
      yield {
        subject: { kind: 'provider', key: id, path: null },
        facts: {
          provider: id,
          threads: active.length + archived.length,
          isCurrent,
          isRetired: isRetiredProvider(id),
        },
        threads: [...active, ...archived],
        // Archived threads are not resumed as they are; nobody misses their provider today.
        severity: isCurrent || active.length > 0 ? 'error' : 'warning',
      };
    }
  },
  say: ({ provider, threads, isCurrent, isRetired }) => {
    const why = isRetired
      ? `Codex no longer supports the provider "${provider}"`
      : `config.toml does not define the provider "${provider}"`;
    const several = `${countOf(threads, 'conversation')} ${threads === 1 ? 'is' : 'are'} kept under it`;
    const effect = isCurrent
      ? `it is the one that is set, so that no thread can be started${threads === 0 ? '' : `, and ${several}`}`
      : `${several} and cannot be resumed`;
    const way = isRetired
      ? ''
      : ` What helps is its definition in config.toml: [model_providers.${keyOf(provider)}] with the name and the base_url that it had.`;
    return `${why}: ${effect}.${way}`;
  },
  cures: [moveToCurrentCure()],
});

/** As TOML writes a key: what is not plain is put into quotes. */
function keyOf(name: string): string {
  return /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
}

const NOBODY = { active: [], archived: [] } as const;
