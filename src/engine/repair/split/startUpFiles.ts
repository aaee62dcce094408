// Which start-up files really run: for a command over ssh and for a login shell, in each shell. What a shell
// reads at login depends on which of its files are there.

import type { FilePath } from '../../model/words.ts';
import type { World } from '../../world.ts';
import type { Shell, StartUpFile } from './wish.ts';

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
  for (const shell of new Set(shells.flatMap(shellOf)))
    for (const names of READ[shell]) {
      const places = names.map(name => machine.join(machine.userHome, name));
      const there: FilePath[] = [];
      for (const file of places) if ((await files.stat(file)).ok) there.push(file);
      const file = there[0] ?? places.at(-1);
      if (file !== undefined) proposed.push({ shell, file });
    }
  return proposed;
}

const SHELLS: Readonly<Record<string, Shell>> = {
  ...{ bash: 'bash', zsh: 'zsh', fish: 'fish', tcsh: 'tcsh', csh: 'tcsh' },
  ...{ sh: 'sh', dash: 'sh', ksh: 'sh', ash: 'sh' },
};

function shellOf(program: string): readonly Shell[] {
  const shell = SHELLS[program.slice(program.lastIndexOf('/') + 1).replace(/^-/, '')];
  return shell === undefined ? [] : [shell];
}
