import { withoutTilde } from '../../engine/engine.ts';
import type { Report } from '../../engine/model/report.ts';
import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { DONE } from '../exitCodes.ts';
import { inJson, reportJson } from '../render/reportJson.ts';
import { threadJson } from '../render/threadsJson.ts';
import { bytesInWords, count } from '../../words/amounts.ts';
import { wrap } from '../text/wrap.ts';

export const bundle: Command = {
  name: 'bundle',
  summary: 'Writes what somebody needs to help you, but not who you are.',
  usage: ['bundle FILE [--full]'],
  details: `Writes one JSON file: what was found and what could not be looked at, the versions of
Codex and of this program, the databases with their migrations, and the threads that are in trouble.

**What says who you are or what you work on is replaced**: names of people, machines, folders and
providers, titles and texts, and the ids of threads. The same name is always replaced by the same
word, such as «project 3», so that others can follow what happened. Conversations and tokens are
never read for it. Look at the file before you send it: it is plain text.

A file that is there already is not replaced, and nothing is written into a Codex home.`,
  options: ['full'],
  run: runBundle,
};

/** More threads than anybody reads make a file that nobody can send. */
const MOST_THREADS = 500;

async function runBundle(context: Context): Promise<number> {
  const { engine, given, operands, out, page, surroundings, version, world } = context;
  const [named, ...rest] = operands;
  if (named === undefined) throw new UsageError('Which file shall it be written to?', 'bundle');
  if (rest.length > 0) throw new UsageError('bundle writes one file.', 'bundle');
  const file = world.machine.absolute(withoutTilde(named, world.machine));
  // It would be a pity to look for minutes and refuse then.
  surroundings.checkNewFile(file, []);
  const startedAt = world.now();
  const report = await context.scan({ full: given.has('full'), evenIfSilent: true });
  const { home } = report.snapshot;
  const redacted = engine.redact(report);
  const text = inJson(bundleJson(redacted, version, world.now() - startedAt, surroundings.runtime));
  surroundings.writeNewFile(file, text, [home.path, home.sqliteHome]);
  const bytes = new TextEncoder().encode(text).length;
  if (given.has('json')) out(inJson({ schemaVersion: 1, file, bytes }));
  else
    out(
      `${[
        ...wrap(
          `Written: ${page.path(file)} (${bytesInWords(bytes)}), with ${count(report.findings.length, 'finding')}.`,
          page.width,
        ),
        ...wrap(
          'Names, paths, texts and ids are replaced. Have a look at it before you send it.',
          page.width,
        ),
      ].join('\n')}\n`,
    );
  return DONE;
}

function bundleJson(
  report: Report,
  version: string,
  totalMs: number,
  runtime: Readonly<Record<string, string>>,
) {
  const { snapshot } = report;
  const { config, state, databases, otherStates, history, holders, desktop, home } = snapshot;
  return {
    schemaVersion: 1,
    kind: 'codex-session-health-bundle',
    runtime,
    report: reportJson(report, version, totalMs),
    depth: snapshot.depth,
    home: {
      system: home.system,
      filesystem: home.filesystem,
      sqliteHomeFrom: home.sqliteHomeFrom,
    },
    config: {
      state: config.state,
      error: config.error,
      provider: config.provider,
      definedProviders: config.definedProviders,
      hasSqliteHome: config.sqliteHome !== null,
      hasLogDir: config.logDir !== null,
    },
    codexes: snapshot.codexes,
    databases: databases.map(database => withoutKnown(database)),
    otherStates: otherStates.map(database => withoutKnown(database)),
    state:
      state === null
        ? null
        : { columns: state.columns, backfill: state.backfill, kept: state.kept },
    projectedThreads: history?.projected.length ?? null,
    holders,
    desktop: desktop === null ? null : { state: desktop.state, hosts: desktop.hosts },
    threads: threadsInFindings(report),
  };
}

/** The list of known migrations is the program's own, and the same for everybody. */
function withoutKnown(database: Report['snapshot']['databases'][number]) {
  const { migrations } = database;
  return migrations === null
    ? database
    : { ...database, migrations: { ...migrations, known: migrations.known.length } };
}

function threadsInFindings(report: Report) {
  const named = new Set(report.findings.flatMap(({ threads }) => threads));
  return report.snapshot.threads
    .filter(({ id }) => named.has(id))
    .slice(0, MOST_THREADS)
    .map(thread => ({
      ...threadJson(thread, report, []),
      files: thread.files.map(({ path, bytes, head, tail }) => ({ path, bytes, head, tail })),
      entry: thread.row,
    }));
}
