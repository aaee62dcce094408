// What a person types → what they read. Knows no process and no file.

import { parseArgs } from 'node:util';
import { createEngine, type Engine, type ScanRequest } from '../engine/engine.ts';
import type { Report } from '../engine/model/report.ts';
import type { World } from '../engine/world.ts';
import { renderReport } from './render.ts';
import { reportJson } from './reportJson.ts';

export interface Run {
  readonly args: readonly string[];
  readonly world: World;
  readonly version: string;
  out(text: string): void;
  err(text: string): void;
}

/** What the exit codes say; scripts rely on them. */
const HEALTHY = 0;
const FINDINGS = 1;
const WRONG_USAGE = 2;
const OUR_FAILURE = 4;

export async function run(given: Run): Promise<number> {
  const engine = createEngine(given.world);
  try {
    return await scan(engine, given);
  } catch (error) {
    if (isUsageError(error)) {
      given.err(`${error.message}\nTry: codex-health scan\n`);
      return WRONG_USAGE;
    }
    given.err(`codex-health failed: ${error instanceof Error ? (error.stack ?? '') : ''}\n`);
    return OUR_FAILURE;
  }
}

async function scan(engine: Engine, { args, out, version, world }: Run): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      home: { type: 'string' },
      'sqlite-home': { type: 'string' },
      codex: { type: 'string' },
      json: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
    },
  });
  const [command = 'scan'] = positionals;
  if (command !== 'scan')
    throw Object.assign(new Error(`There is no command "${command}".`), {
      code: 'ERR_PARSE_ARGS_UNKNOWN_COMMAND',
    });
  const request: ScanRequest = {
    home: values.home ?? null,
    sqliteHome: values['sqlite-home'] ?? null,
    codex: values.codex ?? null,
    full: values.full,
  };
  const startedAt = world.now();
  const report = await engine.scan(request);
  const json = () => JSON.stringify(reportJson(report, version, world.now() - startedAt), null, 2);
  out(values.json ? `${json()}\n` : renderReport(report));
  return exitCodeOf(report);
}

function exitCodeOf({ verdict }: Report): number {
  return verdict === 'healthy' ? HEALTHY : FINDINGS;
}

function isUsageError(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  );
}
