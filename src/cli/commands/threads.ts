import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { DONE } from '../exitCodes.ts';
import { folderGiven } from '../paths.ts';
import { inJson } from '../render/reportJson.ts';
import { renderThreads } from '../render/threads.ts';
import { threadsJson } from '../render/threadsJson.ts';
import { threadTree } from '../render/threadTree.ts';

export const threads: Command = {
  name: 'threads',
  summary: 'Shows every thread, who can see it, and why not.',
  usage: ['threads [--project DIR] [--all] [--json]'],
  details: `Shows the threads by the directory in which they work. For each one it says whether
Codex for VS Code, the picker of \`codex resume\` and the desktop app show it, and why one does not.

The ten newest threads of each directory are shown, and all that are in trouble. \`--project\` shows
all active threads of one directory, \`--all\` shows archived ones as well. \`--json\` always has all.`,
  options: ['project', 'all'],
  run: runThreads,
};

async function runThreads(context: Context): Promise<number> {
  const { given, engine, operands, out, page, typed, world } = context;
  if (operands.length > 0)
    throw new UsageError(
      `threads takes no further words: "${operands.join(' ')}". One directory is named with --project DIR.`,
      'threads',
    );
  const project = await folderGiven('project', given, world);
  const report = await context.scan();
  if (given.has('json')) {
    out(inJson(threadsJson(report, project)));
    return DONE;
  }
  const isAll = given.has('all');
  const hosts = threadTree(report, { project, isAll });
  if (hosts.length > 0)
    out(renderThreads(report, hosts, { page, checks: engine.checks, isAll, typed }));
  else if (project === null)
    out(`There are no threads in ${page.path(report.snapshot.home.path)}.\n`);
  else
    out(
      `No thread works in ${page.path(project)}.\n${typed('threads')} shows the directories that have some.\n`,
    );
  return DONE;
}
