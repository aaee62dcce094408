import type { Report } from '../../engine/model/report.ts';
import type { Thread } from '../../engine/model/thread.ts';
import type { Transcript } from '../../engine/model/transcript.ts';
import { Refusal } from '../../engine/refusal.ts';
import { count } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { DONE, FINDINGS } from '../exitCodes.ts';
import { quoted } from '../paths.ts';
import { inJson } from '../render/reportJson.ts';
import {
  renderTranscript,
  transcriptInMarkdown,
  transcriptJson,
  type Telling,
} from '../render/transcript.ts';
import { threadNamed } from '../threadNamed.ts';

export const transcript: Command = {
  name: 'transcript',
  summary: 'Shows what was said and done in a thread.',
  usage: ['transcript THREAD [--part N] [--json]'],
  details: `THREAD is an id, the beginning of one, or some words of the title, as in
\`codex-health transcript login test\`. Where they fit several threads, these are listed.

It is read from the file that Codex keeps of the conversation, whether Codex lists the thread or not.
A long one comes in parts, of which the newest is shown; \`--part\` shows another one. In a pipe it is
Markdown: \`codex-health transcript THREAD > talk.md\`.

What people and models said is shown as it is. Of what tools have put out only the beginning is shown.`,
  options: ['part'],
  run: runTranscript,
};

async function runTranscript(context: Context): Promise<number> {
  const { engine, given, operands, out, page } = context;
  const words = operands.join(' ').trim();
  if (words === '')
    throw new UsageError('Which thread? Name its id, or words of its title.', 'transcript');
  const part = partGiven(given.text('part'));
  // Nothing has to be judged for it.
  const report = await context.scan({ checks: [] });
  const thread = threadNamed(words, report, context);
  const told = await engine.transcript(report, thread.id, part);
  if (told === null) throw await noSuchPart(thread, report, context);
  const telling: Telling = {
    transcript: told,
    thread,
    hostname: report.snapshot.home.hostname,
    typed: (id, number) => context.typed(commandFor(id, number, context)),
  };
  if (given.has('json')) out(inJson(transcriptJson(telling)));
  else out(page.isTerminal ? renderTranscript(telling, page) : transcriptInMarkdown(telling));
  return isWhole(told) ? DONE : FINDINGS;
}

function partGiven(text: string | null): number | null {
  if (text === null) return null;
  const part = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (part < 1)
    throw new UsageError(`--part takes a number from 1 on, and not "${text}".`, 'transcript');
  return part;
}

function commandFor(id: string, part: number | null, { world }: Context): string {
  const behind = part === null ? '' : ` --part ${String(part)}`;
  return `transcript ${quoted(harmless(id), world.machine.system)}${behind}`;
}

async function noSuchPart({ id }: Thread, report: Report, context: Context): Promise<Refusal> {
  const newest = await context.engine.transcript(report, id, null);
  const parts = newest?.parts ?? 1;
  return new Refusal(
    'no-such-part',
    `This conversation has ${count(parts, 'part')}.`,
    `${context.typed(commandFor(id, null, context))} shows the newest.`,
  );
}

/** Whether there was a file, and it could be read. */
function isWhole({ file, trouble }: Transcript): boolean {
  return file !== null && trouble === null;
}
