/** The known word that somebody may have meant; null when none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  const ranked = known
    .map(candidate => ({ candidate, distance: distanceOf(word.toLowerCase(), candidate) }))
    .sort((one, other) => one.distance - other.distance);
  const [best] = ranked;
  const part = known.find(candidate => word.length > 2 && candidate.startsWith(word));
  if (part !== undefined) return part;
  return best !== undefined && best.distance <= Math.max(1, Math.floor(word.length / 3))
    ? best.candidate
    : null;
}

/** How many letters have to be added, left out, changed or swapped with the next one. */
function distanceOf(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (isSame ? 0 : 1),
          isSwapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
