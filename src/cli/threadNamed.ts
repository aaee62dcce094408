// A thread as a person names it: by its id, the beginning of one, or words of its title.

import { threadsMeantBy } from '../engine/engine.ts';
import type { Report } from '../engine/model/report.ts';
import type { Thread } from '../engine/model/thread.ts';
import { Refusal } from '../engine/refusal.ts';
import { ageInWords, count } from '../words/amounts.ts';
import { harmless } from '../words/harmless.ts';
import type { Context } from './command.ts';
import { titleOf } from './render/findings.ts';
import { shorten } from './text/width.ts';

/** So many are shown to choose from. */
const FEW = 10;
const MARGIN = '  ';
/** For its age, and whether it is archived. */
const ROOM_BEHIND = 26;

/** Where the words mean several, these are listed beside the answer, and it is refused. */
export function threadNamed(words: string, report: Report, context: Context): Thread {
  const meant = threadsMeantBy(words, report.snapshot.threads);
  const [first] = meant;
  const said = harmless(words, 200);
  if (first === undefined)
    throw new Refusal(
      'no-such-thread',
      `No thread fits "${said}".`,
      `${context.typed('threads --all')} shows every thread there is.`,
    );
  if (meant.length === 1) return first;
  context.say(choices(meant, report, context));
  throw new Refusal(
    'ambiguous',
    `${count(meant.length, 'thread')} fit "${said}".`,
    `Name one of them by its id, or say more of its title.`,
  );
}

function choices(meant: readonly Thread[], { snapshot }: Report, { page }: Context): string {
  const room = page.width - MARGIN.length * 2;
  const lines = meant.slice(0, FEW).flatMap(thread => {
    const { id, archived, cwd, updatedAtMs } = thread;
    const place = cwd === '' ? '(no directory)' : page.path(cwd, room - ROOM_BEHIND);
    const facts = [
      place,
      ageInWords(updatedAtMs, snapshot.takenAtMs),
      ...(archived ? ['archived'] : []),
    ].filter(fact => fact !== '');
    return [
      `${MARGIN}${harmless(id)}`,
      `${MARGIN}${MARGIN}${shorten(harmless(titleOf(thread)), room)}`,
      `${MARGIN}${MARGIN}${facts.join(' · ')}`,
    ];
  });
  const rest = meant.length - FEW;
  const more = rest > 0 ? [`${MARGIN}… and ${count(rest, 'more thread')}`] : [];
  return `${[...lines, ...more].join('\n')}\n\n`;
}
