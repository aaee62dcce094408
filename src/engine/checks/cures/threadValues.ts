// What is said of a thread in three places together: the first line of its file, the newest settings in
// it, and its row. Measured with 0.142, 0.160 and 0.169: lists that look through the files follow the
// first line; lists from the database follow the row, and the row follows the newest settings, or the
// first line where there are none, when the index is made anew; resuming follows them as well. What turns
// say of themselves decides nothing, and stays as it was said. Changed, it would even keep 0.142 from
// telling the model that the directory is another one.

import type { Bytes } from '../../model/plan.ts';
import { directoryAfterMove, type PathSystem } from '../../model/paths.ts';
import type { FilePath } from '../../model/words.ts';
import type { Objection } from '../check.ts';
import { decode, elementsOf, placesOf } from './jsonPlaces.ts';
import { onlyText, type Wanted, type WantedIn } from './valueLines.ts';

export interface ThreadValue {
  /** Its column in `threads`. */
  readonly column: string;
  readonly value: string;
  readonly inHeader: WantedIn;
  readonly inSettings: WantedIn;
  /** What is said where the first line does not name it as it should. */
  readonly unnamed: Objection;
}

export function providerOfThread(value: string): ThreadValue {
  const oneOf =
    (...ways: readonly (readonly string[])[]): WantedIn =>
    line => {
      const place = onlyText(line, ...ways);
      return place === null ? null : [{ place, to: value }];
    };
  return {
    column: 'model_provider',
    value,
    inHeader: oneOf(['payload', 'model_provider']),
    inSettings: oneOf(
      ['payload', 'thread_settings', 'model_provider_id'],
      ['payload', 'model_provider_id'],
    ),
    unnamed: {
      why: 'the first line of its file does not name one provider, so that there is nothing to change',
      next: 'It is left as it is. Codex treats such an old thread as one of the provider that is set.',
    },
  };
}

/** The roots of the workspace that belong to the directory go with it. */
export function directoryOfThread(value: FilePath, system: PathSystem): ThreadValue {
  const below =
    (...holders: readonly (readonly string[])[]): WantedIn =>
    line => {
      const place = onlyText(line, ...holders.map(keys => [...keys, 'cwd']));
      if (place === null) return null;
      const from = textAt(line, place);
      const roots = holders.flatMap(keys => placesOf(line, [...keys, 'runtime_workspace_roots']));
      if (roots.length > 1) return null;
      const wanted: Wanted[] = [{ place, to: value }];
      for (const root of roots.flatMap(list => elementsOf(line, list))) {
        if (line[root.start] !== '"') return null;
        const moved = directoryAfterMove(textAt(line, root), from, value, system);
        wanted.push({ place: root, to: moved });
      }
      return wanted;
    };
  return {
    column: 'cwd',
    value,
    inHeader: below(['payload']),
    inSettings: below(['payload', 'thread_settings'], ['payload']),
    unnamed: {
      why: 'the first line of its file does not name its directory in a way that is understood',
      next: 'It is left as it is, and can be read as before. codex fork makes a copy in another directory.',
    },
  };
}

function textAt(line: Bytes, { start, end }: Wanted['place']): string {
  return String(decode(line.slice(start, end)));
}
