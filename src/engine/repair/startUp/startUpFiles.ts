// Which start-up files really run, for a command over ssh and for a login shell, in each shell: what one reads at
// login depends on which of its files are there. And what is in them, before lines of ours are put there.

import type { FilePath } from '../../model/words.ts';
import { Refusal } from '../../refusal.ts';
import type { World } from '../../world.ts';
import { shellOf, type Shell } from './shells.ts';

export interface StartUpFile {
  readonly shell: Shell;
  readonly file: FilePath;
}

export interface FoundStartUp {
  readonly shell: Shell;
  /** Without links: a link to a file among dotfiles stays one. */
  readonly file: FilePath;
  readonly was: { readonly bytes: number; readonly modifiedMs: number } | null;
}

/** Where each shell looks, below the home directory; of several the first that is there, else the last. */
const READ: Readonly<Record<Shell, readonly (readonly string[])[]>> = {
  // Debian's bash reads the first for a command over ssh, and ends early in it without a prompt.
  bash: [['.bashrc'], ['.bash_profile', '.bash_login', '.profile']],
  sh: [['.profile']],
  zsh: [['.zshenv']],
  fish: [['.config/fish/conf.d/codex-health.fish']],
  tcsh: [['.tcshrc', '.cshrc']],
};

/** `shells`: programs as the hosts name them, as `/bin/zsh`; those that are not known are passed over. */
export async function proposeStartUp(
  { machine, files }: World,
  shells: readonly string[],
): Promise<readonly StartUpFile[]> {
  const proposed: StartUpFile[] = [];
  for (const shell of new Set(shells.flatMap(program => shellOf(program) ?? [])))
    for (const names of READ[shell]) {
      const places = names.map(name => machine.join(machine.userHome, name));
      const there: FilePath[] = [];
      for (const file of places) if ((await files.stat(file)).ok) there.push(file);
      const file = there[0] ?? places.at(-1);
      if (file !== undefined) proposed.push({ shell, file });
    }
  return proposed;
}

const START_UP_BYTES = 16 * 1024 * 1024;

/** The line by which a block of ours is known there, and what is said then. */
export interface Already {
  readonly line: string;
  refusal(file: FilePath): Refusal;
}

export async function lookAtStartUp(
  world: World,
  files: readonly StartUpFile[],
  already: Already,
): Promise<readonly FoundStartUp[]> {
  const found = new Map<FilePath, FoundStartUp>();
  for (const { shell, file: named } of files) {
    const file = await world.files.realPath(named);
    // Two names of one file: it needs the lines once.
    if (found.has(file)) continue;
    const state = await world.files.stat(file);
    if (!state.ok && state.trouble.code === 'missing') {
      found.set(file, { shell, file, was: null });
      continue;
    }
    const read = await world.files.whole(file, START_UP_BYTES);
    if (!state.ok || !read.ok)
      throw new Refusal(
        'start-up-unreadable',
        `${named} cannot be read, so that nothing can be put into it.`,
        'Nothing was changed. Make it readable, or leave this shell out.',
      );
    if (new TextDecoder().decode(read.value).includes(already.line)) throw already.refusal(named);
    const { bytes, modifiedMs } = state.value;
    found.set(file, { shell, file, was: { bytes, modifiedMs } });
  }
  return [...found.values()];
}
