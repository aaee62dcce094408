import type { Config, TextPosition } from '../../model/snapshot.ts';
import type { FilePath } from '../../model/words.ts';
import type { Read } from '../../world.ts';
import { whyRefused } from './configRefusal.ts';
import { readToml, type Values } from './toml.ts';

/** What Codex uses when config.toml names no provider. */
const DEFAULT_PROVIDER = 'openai';

/** Far more than anybody writes; the parser takes hundreds of bytes of memory for each of these. */
const MOST_BYTES = 1024 * 1024;

/** Reads what config.toml says about threads. Nothing else in it is looked at or kept. */
export function readConfig(file: FilePath, read: Read<Uint8Array>): Config {
  if (!read.ok)
    return { ...NOTHING, file, state: read.trouble.code === 'missing' ? 'absent' : 'unread' };
  if (read.value.length > MOST_BYTES) return { ...NOTHING, file, state: 'unread' };
  const text = new TextDecoder().decode(read.value);
  const toml = readToml(text);
  if (toml.state === 'unread') return { ...NOTHING, file, state: 'unread' };
  if (toml.state === 'broken') return { ...NOTHING, file, state: 'broken', error: toml.error };
  const isText = !text.includes('\ufffd') || isUtf8(read.value);
  const refused = isText ? whyRefused(toml.values) : 'it has bytes that are no text';
  const providerPosition = positionOf(toml.placeOf('model_provider')?.line ?? null, text);
  return { ...asConfig(toml.values), file, refused, providerPosition };
}

function asConfig(values: Values): Omit<Config, 'file' | 'refused' | 'providerPosition'> {
  const profiles = tableOf(values['profiles']);
  const profile = textOf(values['profile']);
  const chosen = profile === null ? {} : tableOf(profiles[profile]);
  const defined = new Set([
    ...Object.keys(tableOf(values['model_providers'])),
    ...Object.values(profiles).flatMap(one =>
      Object.keys(tableOf(tableOf(one)['model_providers'])),
    ),
  ]);
  return {
    state: 'read',
    error: null,
    provider:
      textOf(chosen['model_provider']) ?? textOf(values['model_provider']) ?? DEFAULT_PROVIDER,
    profile,
    hasPersonality: [chosen, values].some(from => textOf(from['personality']) !== null),
    definedProviders: [...defined].sort(),
    sqliteHome: textOf(values['sqlite_home']),
    logDir: textOf(values['log_dir']),
  };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function positionOf(line: number | null, text: string): TextPosition | null {
  if (line === null) return null;
  const { length } = text.split(/\r?\n/)[line - 1] ?? '';
  return { line, column: 1, endColumn: length + 1 };
}

const NOTHING: Omit<Config, 'file' | 'state'> = {
  error: null,
  refused: null,
  provider: DEFAULT_PROVIDER,
  providerPosition: null,
  profile: null,
  hasPersonality: false,
  definedProviders: [],
  sqliteHome: null,
  logDir: null,
};

function tableOf(value: unknown): Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Values)
    : {};
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
