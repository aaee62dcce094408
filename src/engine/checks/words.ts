// Lists, numbers and sizes as people write them.

/** `a`, `a and b`, `a, b and c`. */
export function join(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  const others = parts.slice(0, -1);
  return others.length === 0 ? last : `${others.join(', ')} and ${last}`;
}

/** `1 thread`, `2 threads`. */
export function countOf(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** `15 and 60 to 62`. */
export function ranges(numbers: readonly number[]): string {
  const parts: (readonly [number, number])[] = [];
  for (const number of [...numbers].sort((one, other) => one - other)) {
    const [first, last] = parts.at(-1) ?? [number, Number.NaN];
    if (number === last + 1) parts[parts.length - 1] = [first, number];
    else parts.push([number, number]);
  }
  return join(
    parts.map(([first, last]) =>
      first === last
        ? String(first)
        : `${String(first)}${last === first + 1 ? ', ' : ' to '}${String(last)}`,
    ),
  );
}
