import type { Snapshot } from '../../model/snapshot.ts';

/** For what several checks ask of one snapshot: it is worked out once, and forgotten with the snapshot. */
export function oncePerSnapshot<Answer extends object>(
  work: (snapshot: Snapshot) => Answer,
): (snapshot: Snapshot) => Answer {
  const answers = new WeakMap<Snapshot, Answer>();
  return snapshot => {
    const known = answers.get(snapshot);
    if (known !== undefined) return known;
    const answer = work(snapshot);
    answers.set(snapshot, answer);
    return answer;
  };
}
