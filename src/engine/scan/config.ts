import { parseTOML, getStaticTOMLValue, ParseError } from 'toml-eslint-parser';
import type { Config, TextPosition } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import type { Read } from '../world.ts';
import { whyRefused } from './configRefusal.ts';

/** What Codex uses when config.toml names no provider. */
const DEFAULT_PROVIDER = 'openai';

/** Reads what config.toml says about threads. Nothing else in it is looked at or kept. */
export function readConfig(file: FilePath, read: Read<Uint8Array>): Config {
  if (!read.ok)
    return { ...NOTHING, file, state: read.trouble.code === 'missing' ? 'absent' : 'unread' };
  const text = new TextDecoder().decode(read.value);
  const isText = !text.includes('\ufffd') || isUtf8(read.value);
  try {
    const tree = parseTOML(text);
    const values = getStaticTOMLValue(tree) as Values;
    const refused = isText ? whyRefused(values) : 'it has bytes that are no text';
    return { ...asConfig(values), file, refused, providerPosition: findProvider(text) };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const { lineNumber, column, message } = error;
    return {
      ...NOTHING,
      file,
      state: 'broken',
      error: { line: lineNumber, column: column + 1, why: message },
    };
  }
}

interface Values {
  readonly [key: string]: unknown;
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

/** Where the top-level `model_provider` stands. */
function findProvider(text: string): TextPosition | null {
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (/^\s*\[/.test(line)) return null;
    const match = /^\s*model_provider\s*=/.exec(line);
    if (match) return { line: index + 1, column: 1, endColumn: line.length + 1 };
  }
  return null;
}

const NOTHING: Omit<Config, 'file' | 'state'> = {
  error: null,
  refused: null,
  provider: DEFAULT_PROVIDER,
  providerPosition: null,
  profile: null,
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
