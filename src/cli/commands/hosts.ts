import { hostsOverview, type Pinned } from '../../engine/engine.ts';
import type { Report } from '../../engine/model/report.ts';
import type { ThreadId } from '../../engine/model/words.ts';
import { folderGiven } from '../paths.ts';
import { count } from '../../words/amounts.ts';
import type { Command, Context } from '../command.ts';
import type { OptionName } from '../options.ts';
import { lookAtHosts } from '../lookAtHosts.ts';
import { runConfirm, runSplit } from './hostsSplit.ts';
import { UsageError } from '../commandLine.ts';
import {
  LOCAL_DATABASES_DETAILS,
  LOCAL_DATABASES_USAGE,
  runLocalDatabases,
} from './hostDatabases.ts';
import { DONE } from '../exitCodes.ts';
import { hostsJson, renderHosts } from '../render/hosts.ts';
import { inJson } from '../render/reportJson.ts';
import { harmless } from '../../words/harmless.ts';

export const hosts: Command = {
  name: 'hosts',
  summary: 'Which hosts share this home, and what they run.',
  usage: [
    'hosts [--json]',
    'hosts add ALIAS…',
    'hosts remove ALIAS…',
    'hosts remember yes | no',
    'hosts pin HOST (--thread ID… | --project DIR)',
    'hosts unpin (--thread ID… | --project DIR)',
    'hosts split [HOST…] [--to DIR] [--copy] [--inferred] [--yes]',
    'hosts confirm',
    LOCAL_DATABASES_USAGE,
  ],
  details: `Several hosts can share one home directory, as on clusters: then threads of one are listed, and
can be resumed, on another. \`hosts\` looks at the hosts that you have added, with your own ssh, its config,
agent and jumps, and says which of them use this Codex home, which Codex they run and with which home.

Hosts are offered from your ssh config, and **nobody is connected to who was not added**. No password is
asked for; a host that does not answer is named, and the rest goes on. **Nothing is installed on a host and
nothing is written there**: what looks there is sent through the connection and ends with it. Without Node
on a host its shell answers what it can.

\`remember yes\` lets each look note which threads are being written on this host, and when: Codex itself
keeps no name of a host with a thread. It is kept in your state directory, outside every Codex home;
\`remember no\` ends that and empties what this host has noted. \`pin\` says yourself to which host a thread, or all
threads of a folder, belong; that goes before everything else.

\`split\` gives each host that shares this home, or each HOST, a Codex home of its own: \`~/.codex-hosts/HOST\`,
or below DIR. It looks at the hosts, and shows the plan before it asks: whose threads go where, and on what
evidence; what stays, and why; what has to be closed, and where. Threads go along that you pinned, or that
were seen being used on a host; those whose host is only inferred stay, but with \`--inferred\`. Settings, keys,
rules, skills and prompts are linked, or with \`--copy\` copied. Start-up files of the shells that these hosts use
get marked lines that set \`CODEX_HOME\`. With \`--json\` it only shows the plan, but with \`--yes\`.
\`codex-health undo\` takes all of it back.

\`confirm\` starts a Codex for a moment on each host of a split and asks which home it uses. A split does that
at its end; do it again when you have closed what still ran with the old home.

${LOCAL_DATABASES_DETAILS}`,
  options: ['thread', 'project', 'to', 'copy', 'inferred', 'alone', 'full', 'plan', 'wait', 'yes'],
  run: runHosts,
};

const WORDS = {
  add: runAdd,
  remove: runRemove,
  remember: runRemember,
  pin: runPin,
  unpin: runUnpin,
  split: runSplit,
  confirm: runConfirm,
  'local-databases': runLocalDatabases,
} as const satisfies Readonly<
  Record<string, (context: Context, words: readonly string[]) => Promise<number>>
>;

const PINNED: readonly OptionName[] = ['thread', 'project'];
const OPTIONS_OF: Partial<Record<keyof typeof WORDS, readonly OptionName[]>> = {
  pin: PINNED,
  unpin: PINNED,
  split: ['to', 'copy', 'inferred', 'full', 'plan', 'wait', 'yes'],
  'local-databases': ['to', 'alone', 'plan', 'yes'],
};
const OF_SOME = Object.values(OPTIONS_OF).flat();

async function runHosts(context: Context): Promise<number> {
  const [what, ...words] = context.operands;
  if (what !== undefined && !isWord(what))
    throw new UsageError(
      `"${what}" is not understood. Say ${Object.keys(WORDS).join(', ')}, or nothing.`,
      'hosts',
    );
  const own: readonly OptionName[] = what === undefined ? [] : (OPTIONS_OF[what] ?? []);
  const foreign = OF_SOME.find(name => context.given.has(name) && !own.includes(name));
  if (foreign !== undefined)
    throw new UsageError(
      `${what === undefined ? 'hosts' : `hosts ${what}`} has no option --${foreign}.`,
      'hosts',
    );
  return what === undefined ? runList(context) : WORDS[what](context, words);
}

function isWord(what: string): what is keyof typeof WORDS {
  return Object.hasOwn(WORDS, what);
}

async function runList(context: Context): Promise<number> {
  const { engine, given, out, surroundings } = context;
  const report = await context.scan({ evenIfSilent: true });
  const aliases = await engine.hosts.chosen();
  const signal = surroundings.hearInterrupts();
  const [here, sights] = await Promise.all([
    engine.hosts.here(report),
    lookAtHosts(context, { aliases, report, signal }),
  ]);
  const overview = hostsOverview(here, sights, report.snapshot.hosts.ownDatabases);
  if (given.has('json')) out(inJson(hostsJson(overview)));
  else {
    const { remembers } = report.snapshot.hosts;
    out(renderHosts(overview, await offeredOrNone(context), remembers, context));
  }
  return DONE;
}

/** That the ssh config cannot be read is said to whoever adds a host, and not to everybody. */
async function offeredOrNone({ engine }: Context): Promise<readonly string[]> {
  return engine.hosts.offered().catch(() => []);
}

async function runAdd({ engine, out, typed }: Context, aliases: readonly string[]) {
  if (aliases.length === 0) throw new UsageError('Which host? Say hosts add ALIAS.', 'hosts');
  const before = await engine.hosts.chosen();
  const fresh = [...new Set(aliases)].filter(alias => !before.includes(alias));
  const wrong = fresh.find(alias => !isAlias(alias));
  if (wrong !== undefined)
    throw new UsageError(`"${harmless(wrong)}" is not a name that ssh takes.`, 'hosts');
  await engine.hosts.choose([...before, ...fresh]);
  const added =
    fresh.length === 0 ? 'All of these had been added before.' : `Added: ${fresh.join(', ')}.`;
  out(`${added} Nobody was connected to yet; ${typed('hosts')} looks at them.\n`);
  return DONE;
}

async function runRemove({ engine, out }: Context, aliases: readonly string[]) {
  if (aliases.length === 0) throw new UsageError('Which host? Say hosts remove ALIAS.', 'hosts');
  const before = await engine.hosts.chosen();
  const unknown = aliases.find(alias => !before.includes(alias));
  if (unknown !== undefined)
    throw new UsageError(
      `"${harmless(unknown)}" has not been added${before.length === 0 ? '' : `; these have: ${before.join(', ')}`}.`,
      'hosts',
    );
  await engine.hosts.choose(before.filter(alias => !aliases.includes(alias)));
  out(`Removed: ${aliases.join(', ')}. Nothing on them was changed.\n`);
  return DONE;
}

async function runRemember(context: Context, words: readonly string[]): Promise<number> {
  const [answer, ...more] = words;
  if ((answer !== 'yes' && answer !== 'no') || more.length > 0)
    throw new UsageError('Say hosts remember yes, or hosts remember no.', 'hosts');
  const isWanted = answer === 'yes';
  await context.engine.hosts.remember(await context.scan(), isWanted);
  context.out(
    isWanted
      ? 'From now on each look notes which threads are being written on this host. What is noted lies in your state directory, and not in a Codex home.\n'
      : 'Nothing more is noted, and what this host had noted is gone. What other hosts have noted stays theirs.\n',
  );
  return DONE;
}

async function runPin(context: Context, words: readonly string[]): Promise<number> {
  const [host, ...more] = words;
  if (host === undefined || more.length > 0 || !isAlias(host))
    throw new UsageError('To which host? Say hosts pin HOST --thread ID.', 'hosts');
  return pin(context, host);
}

async function runUnpin(context: Context, words: readonly string[]): Promise<number> {
  if (words.length > 0) throw new UsageError('unpin takes --thread or --project alone.', 'hosts');
  return pin(context, null);
}

async function pin(context: Context, host: string | null): Promise<number> {
  const { engine, given, out } = context;
  const project = await folderGiven('project', given, context.world);
  const typed = given.has('thread') ? given.list('thread') : [];
  if ((project === null) === (typed.length === 0))
    throw new UsageError('Name either threads with --thread, or a folder with --project.', 'hosts');
  const report = await context.scan();
  const pinned: readonly Pinned[] =
    project === null ? typed.map(words => ({ thread: oneThread(words, report) })) : [{ project }];
  for (const one of pinned) await engine.hosts.pin(report, one, host);
  const what = project === null ? count(pinned.length, 'thread') : `Threads of ${project}`;
  out(
    host === null
      ? `${harmless(what)}: no longer pinned to a host.\n`
      : `${harmless(what)}: pinned to ${host}. It goes before everything that was seen.\n`,
  );
  return DONE;
}

function oneThread(typed: string, { snapshot }: Report): ThreadId {
  const found = snapshot.threads.filter(({ id }) => id.startsWith(typed.toLowerCase()));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.id;
  throw new UsageError(
    found.length === 0
      ? `There is no thread whose id begins with "${harmless(typed)}".`
      : `${String(found.length)} threads begin with "${harmless(typed)}".`,
    'hosts',
  );
}

/** What begins with a dash would be an option of ssh, and no host has white space in its name. */
function isAlias(alias: string): boolean {
  return /^[^\s\p{C}-][^\s\p{C}]*$/u.test(alias);
}
