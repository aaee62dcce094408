// Codex hands out lists in pages; we ask for pages of a hundred.

export const PAGE = 100;

/**
 * The places of a list, newest first, that old releases may lose: those that share their second
 * with one at the end of a page. What is lost moves the ends of later pages.
 */
export function placesAtRisk(seconds: readonly string[]): ReadonlySet<number> {
  const atRisk = new Set<number>();
  let lost = 0;
  for (let start = 0; start < seconds.length;) {
    let end = start + 1;
    while (end < seconds.length && seconds[end] === seconds[start]) end += 1;
    // As many as `lost` of those before may be missing, so that a page ends that much later.
    const first = Math.floor((start - lost) / PAGE);
    const last = Math.floor((end - 1) / PAGE);
    if (end - start > 1 && first !== last) {
      for (let place = start; place < end; place += 1) atRisk.add(place);
      lost += end - start - 1;
    }
    start = end;
  }
  return atRisk;
}
