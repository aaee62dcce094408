// What may have changed since a look, as paths: each stands for itself and all that is below it.

import type { FilePath } from '../model/words.ts';

export class Changes {
  readonly #paths: ReadonlySet<string>;

  /** Null: anything may have changed. */
  constructor(paths: readonly FilePath[] | null) {
    this.isEverything = paths === null;
    this.#paths = new Set(paths?.map(plain));
  }

  readonly isEverything: boolean;

  /** Whether a path, or a folder above it, is among them. */
  touch(path: FilePath): boolean {
    if (this.isEverything) return true;
    if (this.#paths.size === 0) return false;
    for (let at = plain(path); ;) {
      if (this.#paths.has(at)) return true;
      const end = at.lastIndexOf('/');
      if (end < 0) return false;
      at = at.slice(0, end);
    }
  }

  /** Those below a folder, relative to it; null when the folder itself may be another one. */
  below(folder: FilePath): readonly string[] | null {
    if (this.touch(folder)) return null;
    const prefix = `${plain(folder)}/`;
    return [...this.#paths]
      .filter(path => path.startsWith(prefix))
      .map(path => path.slice(prefix.length));
  }
}

function plain(path: string): string {
  return path.replaceAll('\\', '/').replace(/\/+$/, '');
}
