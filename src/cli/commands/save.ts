import { withoutTilde, type SafeCopy } from '../../engine/engine.ts';
import { bytesInWords, count } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { DONE, FINDINGS } from '../exitCodes.ts';
import { inJson } from '../render/reportJson.ts';
import { wrapIndented } from '../text/wrap.ts';

export const save: Command = {
  name: 'save',
  summary: 'A safe copy first: entries, names, settings; in seconds.',
  usage: ['save [DIR] [--json]'],
  details: `Copies what could not be made again from the conversations: the entries of the database, the
names that you gave, the settings, and a list of all threads. **Nothing in the Codex home is changed**,
and Codex may stay open.

The conversations themselves are not copied: they can be many gigabytes, and no repair removes one.
What lets you log in is never read.

Without DIR it is a new folder here, \`codex-safe-copy-‹time›\`.`,
  options: [],
  run: runSave,
};

async function runSave(context: Context): Promise<number> {
  const { operands, given, out, repairs, world } = context;
  const [named, ...more] = operands;
  if (more.length > 0) throw new UsageError('A copy goes into one folder.', 'save');
  const report = await context.scan();
  const stamp = new Date(world.now()).toISOString().slice(0, 19).replaceAll(':', '-');
  const folder = world.machine.absolute(
    named === undefined ? `codex-safe-copy-${stamp}` : withoutTilde(named, world.machine),
  );
  const copy = await repairs.save(report, folder);
  out(given.has('json') ? inJson({ schemaVersion: 1, ...copy }) : renderCopy(copy, context));
  return copy.left.length > 0 ? FINDINGS : DONE;
}

function renderCopy({ folder, files, left }: SafeCopy, { page }: Context): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const lines = [
    page.paint.bold(
      `Copied: ${count(files.length, 'file')}, ${bytesInWords(bytes)}, to ${page.path(folder)}`,
    ),
    ...files.map(({ name, bytes: size }) => `  ${harmless(name)}  ${bytesInWords(size)}`),
    ...(left.length === 0 ? [] : ['Not copied:']),
    ...left.flatMap(({ what, why }) => wrapIndented(harmless(`${what}: ${why}`), page.width, '  ')),
  ];
  return `${lines.join('\n')}\n`;
}
