// What the answers are made from: the snapshot, arranged as Codex looks at it.

import type { Source } from '../model/gap.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath, HomePath, ThreadId } from '../model/words.ts';
import type { CodexRules } from './codexRules.ts';
import { idsInName } from './rolloutNames.ts';
import type { Verdict } from './verdict.ts';

export interface Look {
  readonly snapshot: Snapshot;
  readonly rules: CodexRules;
  /** Whether the database of paginated histories can be opened. */
  readonly opensHistory: Verdict;
  /** The provider of a thread that is started now; null when config.toml could not be read. */
  readonly provider: string | null;
  /** Why that is not the one that config.toml names. */
  readonly whyOtherProvider: string | null;
  /** The interactive program does not start with such a config.toml; the server does. */
  readonly hasBadConfig: boolean;
  /** Without what lies compressed beside a plain file of the same name: Codex passes over it. */
  readonly rollouts: readonly Rollout[];
  readonly byHeader: ReadonlyMap<ThreadId, readonly Rollout[]>;
  readonly byName: ReadonlyMap<ThreadId, readonly Rollout[]>;
  readonly byPath: ReadonlyMap<HomePath, Rollout>;
  /** What rows name outside the home, by their paths. */
  readonly strays: ReadonlyMap<FilePath, Rollout>;
}

export function lookAt(snapshot: Snapshot, rules: CodexRules, opensHistory: Verdict): Look {
  const byPath = new Map(snapshot.rollouts.map(one => [one.path, one]));
  const isTwin = ({ compressed, path }: Rollout) => compressed && byPath.has(withoutZst(path));
  const rollouts = snapshot.rollouts.filter(one => !isTwin(one));
  return {
    snapshot,
    rules,
    opensHistory,
    ...providerInUse(snapshot.config),
    rollouts,
    byHeader: groupedBy(rollouts, ({ head }) => [head.header?.meta.id ?? '']),
    byName: groupedBy(rollouts, idsInName),
    byPath,
    strays: new Map(snapshot.strays.map(one => [one.file, one])),
  };
}

/** What Codex cannot take from config.toml it takes from its own defaults. */
function providerInUse(
  config: Snapshot['config'],
): Pick<Look, 'provider' | 'whyOtherProvider' | 'hasBadConfig'> {
  const { state, provider, providerPosition, definedProviders, refused } = config;
  if (state === 'unread') return { provider: null, whyOtherProvider: null, hasBadConfig: false };
  const instead = (why: string) => ({
    provider: DEFAULT_PROVIDER,
    whyOtherProvider: why,
    hasBadConfig: true,
  });
  if (state === 'broken') return instead('config.toml is not valid');
  if (refused !== null) return instead('Codex does not take config.toml');
  if (!BUILT_IN_PROVIDERS.includes(provider) && !definedProviders.includes(provider))
    return instead(`config.toml names a provider that it does not define (${provider})`);
  const why = providerPosition === null ? 'config.toml names none' : null;
  return { provider, whyOtherProvider: why, hasBadConfig: false };
}

const DEFAULT_PROVIDER = 'openai';
/** Those that Codex knows without a section of config.toml. */
export const BUILT_IN_PROVIDERS = [DEFAULT_PROVIDER, 'ollama', 'lmstudio', 'amazon-bedrock'];

/** What a stored path leads to. `other`: a file whose content was not read. */
export type Target = Rollout | 'other' | 'missing' | 'unknown';

/** Where a stored path leads: to itself, or to the same with or without `.zst`. */
export function targetOf(look: Look, stored: FilePath): Target {
  if (stored === '' || /[/\\]$/.test(stored)) return 'missing';
  const plain = stored.replace(/^\\\\\?\\/, '').replaceAll('\\', '/');
  // Codex reads these from its own current folder, which is another one every time.
  if (!/^(?:\/|[a-z]:\/)/i.test(plain)) return 'unknown';
  const path = below(look, withoutDetours(plain));
  const rollout = path === null ? undefined : plainOrPacked(look, path);
  if (rollout !== undefined) return rollout;
  const stray = look.strays.get(stored);
  if (stray !== undefined) return stray;
  const state = look.snapshot.paths[stored] ?? 'unknown';
  if (state === 'unknown') return 'unknown';
  return state === 'file' ? 'other' : 'missing';
}

function plainOrPacked({ byPath }: Look, path: HomePath): Rollout | undefined {
  return byPath.get(withoutZst(path)) ?? byPath.get(`${withoutZst(path)}.zst`);
}

/** Where in the home a path is, however it is spelt. */
function below({ snapshot: { home } }: Look, path: FilePath): HomePath | null {
  for (const { path: place, at } of [{ path: home.path, at: '' }, ...home.aliases]) {
    const root = `${place.replaceAll('\\', '/').replace(/\/+$/, '')}/`;
    if (path.startsWith(root)) return `${at}${at === '' ? '' : '/'}${path.slice(root.length)}`;
  }
  return null;
}

function withoutDetours(path: FilePath): FilePath {
  const parts: string[] = [];
  for (const part of path.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

/** Whether files of this place, or of both, may have escaped us. */
export function mayLackFiles({ snapshot }: Look, place?: Rollout['place']): boolean {
  const sources: Source[] = ['home'];
  if (place !== 'archived_sessions') sources.push('rollouts-active');
  if (place !== 'sessions') sources.push('rollouts-archived');
  return snapshot.gaps.some(({ source }) => sources.includes(source));
}

export function groupedBy<K, V>(
  values: readonly V[],
  keysOf: (value: V) => readonly K[],
): ReadonlyMap<K, readonly V[]> {
  const groups = new Map<K, V[]>();
  for (const value of values) {
    const keys = keysOf(value);
    for (const key of keys.length > 1 ? new Set(keys) : keys) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [value]);
      else group.push(value);
    }
  }
  return groups;
}

function withoutZst(path: HomePath): HomePath {
  return path.replace(/\.zst$/, '');
}
