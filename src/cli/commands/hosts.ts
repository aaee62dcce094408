import { hostsOverview } from '../../engine/engine.ts';
import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { DONE } from '../exitCodes.ts';
import { hostsJson, renderHosts } from '../render/hosts.ts';
import { inJson } from '../render/reportJson.ts';
import { harmless } from '../../words/harmless.ts';

export const hosts: Command = {
  name: 'hosts',
  summary: 'Which hosts share this home, and what they run.',
  usage: ['hosts [--json]', 'hosts add ALIAS…', 'hosts remove ALIAS…'],
  details: `Several hosts can share one home directory, as on clusters: then threads of one are listed, and
can be resumed, on another. \`hosts\` looks at the hosts that you have added, with your own ssh, its config,
agent and jumps, and says which of them use this Codex home, which Codex they run and with which home.

Hosts are offered from your ssh config, and **nobody is connected to who was not added**. No password is
asked for; a host that does not answer is named, and the rest goes on. **Nothing is installed on a host and
nothing is written there**: what looks there is sent through the connection and ends with it. Without Node
on a host its shell answers what it can.`,
  options: [],
  run: runHosts,
};

async function runHosts(context: Context): Promise<number> {
  const [what, ...aliases] = context.operands;
  if (what === undefined) return runList(context);
  if (what !== 'add' && what !== 'remove')
    throw new UsageError(`"${what}" is not understood. Say add or remove, or nothing.`, 'hosts');
  if (aliases.length === 0) throw new UsageError(`Which host? Say hosts ${what} ALIAS.`, 'hosts');
  return what === 'add' ? runAdd(context, aliases) : runRemove(context, aliases);
}

async function runList(context: Context): Promise<number> {
  const { engine, given, out, progress, surroundings } = context;
  const report = await context.scan();
  const aliases = await engine.hosts.chosen();
  const signal = surroundings.hearInterrupts();
  let done = 0;
  try {
    progress.tell(0, aliases.length, 'hosts');
    const [here, sights] = await Promise.all([
      engine.hosts.here(report),
      engine.hosts.look({
        aliases,
        report,
        signal,
        seen: () => progress.tell((done += 1), aliases.length, 'hosts'),
      }),
    ]);
    progress.end();
    const overview = hostsOverview(here, sights);
    if (given.has('json')) out(inJson(hostsJson(overview)));
    else out(renderHosts(overview, await offeredOrNone(context), context));
    return DONE;
  } finally {
    progress.end();
  }
}

/** That the ssh config cannot be read is said to whoever adds a host, and not to everybody. */
async function offeredOrNone({ engine }: Context): Promise<readonly string[]> {
  return engine.hosts.offered().catch(() => []);
}

async function runAdd({ engine, out, typed }: Context, aliases: readonly string[]) {
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

/** What begins with a dash would be an option of ssh, and no host has white space in its name. */
function isAlias(alias: string): boolean {
  return /^[^\s\p{C}-][^\s\p{C}]*$/u.test(alias);
}
