// What a person types → what they read. Knows no process and no file.

import { createEngine, createRepairs, type Engine } from '../engine/engine.ts';
import type { Hands } from '../engine/hands.ts';
import type { HostSight } from '../engine/model/host.ts';
import type { Report } from '../engine/model/report.ts';
import { Refusal } from '../engine/refusal.ts';
import type { World } from '../engine/world.ts';
import type { Command, Context, ScanWish, Surroundings } from './command.ts';
import { parseCommandLine, UsageError, type CommandLine, type Given } from './commandLine.ts';
import { commands } from './commands.ts';
import { DONE, OUR_FAILURE, REFUSED, WRONG_USAGE } from './exitCodes.ts';
import { nearest } from './nearest.ts';
import { COMMON } from './options.ts';
import { createPage, type Page } from './page.ts';
import { pathGiven, quoted } from './paths.ts';
import { createProgress, NO_PROGRESS, type Progress } from './progress.ts';
import { inJson } from './render/reportJson.ts';
import { harmless } from '../words/harmless.ts';
import { wantsColours } from './text/paint.ts';
import { wrap } from './text/wrap.ts';
import { commandUsage, generalUsage } from './usage.ts';

export interface Run {
  readonly args: readonly string[];
  readonly world: World;
  readonly hands: Hands;
  readonly version: string;
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly surroundings: Surroundings;
}

export interface Stream {
  /** Null where no terminal is behind it. */
  readonly columns: number | null;
  write(text: string): void;
}

/** Does what the arguments say; the answer is the exit code. */
export async function run(given: Run): Promise<number> {
  try {
    const line = parseCommandLine(given.args);
    return await runCommand(line, given);
  } catch (error) {
    return explainError(error, given);
  }
}

async function runCommand(line: CommandLine, run: Run): Promise<number> {
  const { given, operands } = line;
  const page = pageFor(run.stdout, given.has('no-color'), run.world);
  if (given.has('version')) return answer(run, `codex-health ${run.version}\n`);
  if (line.command === 'help' || (line.command === null && given.has('help'))) {
    const [about] = operands;
    const text = about === undefined ? generalUsage(page) : commandUsage(commandNamed(about), page);
    return answer(run, text);
  }
  const command = commandNamed(line.command ?? 'scan');
  if (given.has('help')) return answer(run, commandUsage(command, page));
  refuseForeignOptions(command, given);
  const engine = createEngine(run.world);
  return command.run(contextOf(engine, page, line, run));
}

function answer({ stdout }: Run, text: string): number {
  stdout.write(text);
  return DONE;
}

function commandNamed(name: string): Command {
  const command = commands.find(one => one.name === name);
  if (command !== undefined) return command;
  const meant = nearest(
    name,
    commands.map(one => one.name),
  );
  const hint = meant === null ? '' : ` Did you mean "${meant}"?`;
  throw new UsageError(`There is no command "${name}".${hint}`);
}

function refuseForeignOptions({ name, options }: Command, given: Given): void {
  const foreign = given.names().find(one => !COMMON.includes(one) && !options.includes(one));
  if (foreign !== undefined) throw new UsageError(`${name} has no option --${foreign}.`, name);
}

function contextOf(engine: Engine, page: Page, line: CommandLine, run: Run): Context {
  const { given, operands } = line;
  const { world, hands, version, stdout, stderr, surroundings } = run;
  const progress = progressFor(given, run);
  return {
    engine,
    repairs: createRepairs(world, hands),
    world,
    version,
    given,
    operands,
    page,
    surroundings,
    vault: pathGiven('vault', given, world),
    progress,
    out: text => stdout.write(text),
    say: text => stderr.write(text),
    scan: more => scanWith(engine, given, world, progress, more),
    typed: command => typed(command, given, world),
  };
}

function progressFor(given: Given, { stderr, world }: Run): Progress {
  const { columns } = stderr;
  return columns === null || given.has('quiet')
    ? NO_PROGRESS
    : createProgress({ columns, now: () => world.now(), write: text => stderr.write(text) });
}

async function scanWith(
  engine: Engine,
  given: Given,
  world: World,
  progress: Progress,
  { full = false, checks, sights, evenIfSilent = false }: ScanWish = {},
): Promise<Report> {
  try {
    const report = await engine.scan({
      home: pathGiven('home', given, world),
      sqliteHome: pathGiven('sqlite-home', given, world),
      codex: pathGiven('codex', given, world),
      full,
      hosts: sights ?? (await knownHosts(engine, world)),
      progress: progress.tell,
      ...(checks === undefined ? {} : { checks }),
    });
    refuseNoHome(report);
    if (!evenIfSilent) refuseSilentHome(report);
    return report;
  } finally {
    progress.end();
  }
}

/** What earlier looks at hosts have shown. That it cannot be read is no reason not to look at this home. */
async function knownHosts({ hosts }: Engine, world: World): Promise<readonly HostSight[]> {
  try {
    return await hosts.known(await hosts.chosen());
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    world.log(error.message);
    return [];
  }
}

/** A home that is not there is no healthy home, and no broken one either. */
function refuseNoHome({ snapshot }: Report): void {
  const gaps = new Map(snapshot.gaps.map(gap => [gap.source, gap]));
  const home = gaps.get('home');
  // One that could not be looked at has left more gaps than this one.
  if (home === undefined || gaps.has('rollouts-active')) return;
  throw new Refusal(
    'no-home',
    `There is no Codex home at ${snapshot.home.path}: ${home.why}.`,
    'Name the home with --home DIR or with CODEX_HOME. Without either it is .codex in your own directory.',
  );
}

/** Where nothing could be seen, whatever a command made of it would look like an empty home. */
function refuseSilentHome({ snapshot }: Report): void {
  const home = snapshot.gaps.find(({ source }) => source === 'home');
  if (home === undefined) return;
  throw new Refusal(
    'home-silent',
    `Nothing could be seen of ${snapshot.home.path}: ${home.why}.`,
    'Nothing was changed. The disk or the server that has it does not answer: look again when it is back.',
  );
}

function typed(command: string, given: Given, { machine }: World): string {
  const names = (['home', 'sqlite-home', 'codex', 'vault'] as const).flatMap(name => {
    const text = given.text(name);
    return text === null ? [] : [`--${name} ${quoted(harmless(text), machine.system)}`];
  });
  return ['codex-health', command, ...names].join(' ');
}

function pageFor({ columns }: Stream, isPlain: boolean, { machine }: World): Page {
  const hasColours = wantsColours(columns !== null, isPlain, machine.environment);
  return createPage(columns, hasColours, machine.userHome);
}

function explainError(error: unknown, run: Run): number {
  const { stderr, stdout, world, args } = run;
  const isPlain = args.includes('--no-color');
  const page = pageFor(stderr, isPlain, world);
  const say = (text: string) => wrap(harmless(text), page.width).join('\n');
  if (error instanceof UsageError) {
    const { message, command } = error;
    const usage = commands.find(({ name }) => name === command)?.usage ?? [];
    const lines = usage.map(line => `  codex-health ${line}`);
    const help = `codex-health ${command === null ? '' : `${command} `}--help says more.`;
    stderr.write(`${[say(message), ...lines, page.paint.dim(help)].join('\n')}\n`);
    return WRONG_USAGE;
  }
  if (error instanceof Refusal) {
    const { message, next, code } = error;
    stderr.write(`${page.paint.bold(say(message))}\n${say(next)}\n`);
    if (args.includes('--json'))
      stdout.write(inJson({ schemaVersion: 1, refused: { code, says: message, next } }));
    return REFUSED;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  stderr.write(
    `${say('This is a fault of codex-health and says nothing about your sessions. If it came while something was repaired, the next codex-health history puts back what was begun.')}\n${trace}\n`,
  );
  return OUR_FAILURE;
}
