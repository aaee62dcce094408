import path from 'node:path';
import type { Reach } from './reach.ts';

/**
 * Whether a folder that we are about to write in lies in one of these homes, also through links. A
 * scan must leave a home as it was, wherever the environment says that our own files belong. Null
 * when the folder does not answer: nothing can be written there.
 */
export async function liesInAHome(
  folder: string,
  homes: readonly string[],
  reach: Reach,
): Promise<boolean | null> {
  const [own, ...others] = await reach.realPaths([folder, ...homes]);
  if (own?.answers !== true) return null;
  return others.some(home => {
    const relative = path.relative(home.real, own.real);
    const isOutside =
      relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
    return !isOutside;
  });
}
