// What the editor says about settings, made sure of: any editor may send anything.

import { withoutTilde } from '../engine/engine.ts';
import type { Machine } from '../engine/world.ts';
import type { Level, ServerSettings } from '../protocol/settings.ts';

const LEVELS: readonly Level[] = ['error', 'warning', 'note', 'off'];
const PROBLEMS: readonly ServerSettings['problems'][] = ['workspace', 'all', 'off'];

export const DEFAULT_SETTINGS: ServerSettings = {
  home: null,
  sqliteHome: null,
  codexPath: null,
  vault: null,
  hosts: [],
  levels: {},
  problems: 'workspace',
};

/** Reads settings, also where they lie under the name of their section. `~` is the person's own folder. */
export function readSettings(
  given: unknown,
  machine: Pick<Machine, 'join' | 'userHome'>,
): ServerSettings {
  const asPath = (value: unknown) =>
    typeof value === 'string' && value.trim() !== '' ? withoutTilde(value.trim(), machine) : null;
  const outer = asObject(given);
  const settings = asObject(outer['codexHealth'] ?? outer);
  return {
    home: asPath(settings['home']),
    sqliteHome: asPath(settings['sqliteHome']),
    codexPath: asPath(settings['codexPath']),
    vault: asPath(settings['vault']),
    hosts: asHosts(settings['hosts']),
    levels: asLevels(settings['levels']),
    problems: PROBLEMS.find(word => word === settings['problems']) ?? DEFAULT_SETTINGS.problems,
  };
}

/** The pages that stand in tabs, by their addresses. */
export function readPages(given: unknown): ReadonlySet<string> {
  const { uris } = asObject(given);
  const all: readonly unknown[] = Array.isArray(uris) ? uris : [];
  return new Set(all.filter(uri => typeof uri === 'string'));
}

/** Whether a home has to be looked at again because of a change. */
export function needsNewScan(before: ServerSettings, after: ServerSettings): boolean {
  return (['home', 'sqliteHome', 'codexPath'] as const).some(name => before[name] !== after[name]);
}

function asObject(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** What begins with a dash would be an option of ssh. */
function asHosts(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [];
  const names = all.flatMap(one => (typeof one === 'string' ? [one.trim()] : []));
  return [...new Set(names.filter(name => /^[^\s-]\S*$/.test(name)))];
}

function asLevels(value: unknown): ServerSettings['levels'] {
  return Object.fromEntries(
    Object.entries(asObject(value)).flatMap(([check, word]) => {
      const level = LEVELS.find(candidate => candidate === word);
      return level === undefined ? [] : [[check, level]];
    }),
  );
}
