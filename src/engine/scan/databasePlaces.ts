// Where the databases of a home are, by what a person says, config.toml and the environment: all of them in one
// folder, but for that of the log, which Codex from 0.169 on keeps in `log_dir` where config.toml has one.

import { sameDirectory } from '../model/paths.ts';
import type { Config, Home } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import type { Machine } from '../world.ts';

/** What every Codex since 0.121 calls the database of its log. */
const LOG_DATABASE = 'logs_2.sqlite';

type Places = Pick<Home, 'sqliteHome' | 'sqliteHomeFrom' | 'logDir'>;

/** `chosen`: by a person, for this look. */
export function databasePlaces(
  machine: Machine,
  home: FilePath,
  config: Config,
  chosen: FilePath | null,
): Places {
  const [sqliteHome, sqliteHomeFrom] = placeOfMost(machine, home, config, chosen);
  const logDir = config.logDir === null ? null : placeInConfig(machine, home, config.logDir);
  const isApart = logDir !== null && !sameDirectory(logDir, sqliteHome, machine.system);
  return { sqliteHome, sqliteHomeFrom, logDir: isApart ? logDir : null };
}

/** config.toml goes before the environment, also with an empty text: seen in 0.142, 0.160 and 0.169. */
function placeOfMost(
  machine: Machine,
  home: FilePath,
  config: Config,
  chosen: FilePath | null,
): readonly [FilePath, Home['sqliteHomeFrom']] {
  if (chosen !== null) return [chosen, 'option'];
  if (config.sqliteHome !== null)
    return [placeInConfig(machine, home, config.sqliteHome), 'config'];
  const fromEnvironment = machine.environment['CODEX_SQLITE_HOME'] ?? '';
  return fromEnvironment === ''
    ? [home, 'home']
    : [machine.absolute(fromEnvironment), 'environment'];
}

/**
 * What is relative begins in the home, also where config.toml is a link into another one; of a shell's signs only
 * `~` counts, and `$HOME` is the name of a folder (seen in 0.142, 0.160 and 0.169).
 */
function placeInConfig(machine: Machine, home: FilePath, named: string): FilePath {
  if (/^~(?:[\\/]|$)/.test(named))
    return machine.absolute(machine.join(machine.userHome, named.slice(1)));
  return machine.absolute(machine.isAbsolute(named) ? named : machine.join(home, named));
}

/** What a Codex has open that works with a home. In the folder of its log anything else may lie. */
export function placesHeld(
  { path, sqliteHome, logDir }: Pick<Home, 'path' | 'sqliteHome' | 'logDir'>,
  { join }: Pick<Machine, 'join'>,
): readonly FilePath[] {
  return [path, sqliteHome, ...(logDir === null ? [] : [join(logDir, LOG_DATABASE)])];
}
