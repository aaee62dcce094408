import fs from 'node:fs/promises';
import path from 'node:path';

/**
 * Whether a folder that we are about to make lies in one of these homes, also through links. A scan
 * must leave a home as it was, wherever the environment says that our own files belong.
 */
export async function liesInAHome(folder: string, homes: readonly string[]): Promise<boolean> {
  const real = await realPathOf(folder);
  for (const home of homes) {
    const relative = path.relative(await realPathOf(home), real);
    const isOutside =
      relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
    if (!isOutside) return true;
  }
  return false;
}

/** The real path of the part that exists, and the rest as it is written. */
async function realPathOf(folder: string): Promise<string> {
  const absolute = path.resolve(folder);
  try {
    return await fs.realpath(absolute);
  } catch {
    const above = path.dirname(absolute);
    return above === absolute
      ? absolute
      : path.join(await realPathOf(above), path.basename(absolute));
  }
}
