import type { Rollout } from '../model/rollout.ts';
import { flawOf } from './judging/causes.ts';
import { defineCheck } from './check.ts';
import { rolloutSubject } from './subjects.ts';
import { countOf, join } from './words.ts';

const MOST_NAMED = 10;

export default defineCheck({
  id: 'rollout-line-bad',
  title: "Lines of a conversation's file cannot be read",
  meaning: `Some lines of the file are not JSON, or its last line was cut off while it was written.
Codex passes over such lines, and writes on behind a line that was cut: everything else of the
conversation can be read and resumed. What stood in those lines cannot be brought back, and nothing
needs to be done. Empty lines, line ends of Windows and a missing last line break are no defects.

Bytes that are no text are graver. A thread with legacy history then cannot be opened at all
("stream did not contain valid UTF-8"); one with paginated history loses the one message.

Lines in the middle of long files are only looked at when every line is read (\`scan --full\`).`,
  severity: 'note',
  needs: { 'rollouts-active': 'seen', 'rollouts-archived': 'seen', 'rollout-bodies': 'seen' },
  *detect(snapshot) {
    const written = new Set(snapshot.holders.flatMap(({ writesThreads }) => writesThreads));
    for (const rollout of snapshot.rollouts) {
      if (rollout.head.state === 'unread') continue;
      const id = rollout.head.meta?.id ?? null;
      // The last line of a file that is being written is not finished, and not cut.
      const isCut = rollout.tail.ending === 'cut' && (id === null || !written.has(id));
      const places = badPlaces(rollout);
      const isNoText = !rollout.head.isUtf8;
      if (!isCut && !isNoText && places.length === 0) continue;
      if (flawOf(rollout, snapshot) === 'rollout-header-bad') continue;
      const isLegacy = rollout.head.meta?.historyMode !== 'paginated';
      yield {
        subject: rolloutSubject(rollout),
        facts: { file: rollout.path, places, isCut, isNoText, isLegacy },
        threads: id === null ? [] : [id],
        severity: isNoText && isLegacy ? 'error' : 'note',
      };
    }
  },
  say: ({ file, places, isCut, isNoText, isLegacy }) => {
    if (isNoText && isLegacy)
      return `The file ${file} contains bytes that are no text: Codex refuses to open the conversation.`;
    const parts = [
      ...(isNoText ? ['contains bytes that are no text'] : []),
      ...(places.length > 0
        ? [
            `has ${countOf(places.length, 'line')} that ${places.length === 1 ? 'is' : 'are'} no JSON (${namePlaces(places)})`,
          ]
        : []),
      ...(isCut ? ['ends in a line that was cut off'] : []),
    ];
    return `The file ${file} ${join(parts)}: all the rest of the conversation can be read and resumed.`;
  },
});

interface Place {
  readonly [name: string]: number | string;
  readonly line: number;
  readonly why: string;
}

/** A last line that was cut is told apart from bad lines before it. */
function badPlaces({ body, tail }: Rollout): readonly Place[] {
  if (body === null) return [];
  return body.badLines
    .filter(({ line }) => tail.ending !== 'cut' || line !== body.lines)
    .map(({ line, why }) => ({ line, why }));
}

function namePlaces(places: readonly Place[]): string {
  const named = places.slice(0, MOST_NAMED).map(({ line }) => String(line));
  const more = places.length > MOST_NAMED ? ' and more' : '';
  return `line ${named.join(', ')}${more}`;
}
