// A home that the real Codex has made, on three hosts that share it: each has its own name, machine and
// processes, and an ssh server.

import fs from 'node:fs';
import path from 'node:path';
import { installCodex } from '../../support/codex/binaries.ts';
import { copyHome, makeHome } from '../../support/codex/makeHome.ts';
import { canHaveHosts, NEEDS_HOSTS, startLab, type Lab } from '../../support/hosts/lab.ts';

const VERSION = '0.169.0';

export const HERE = 'bench';
export const OTHERS = ['gpu-1', 'gpu-2'] as const;

/** Null where hosts can be had. */
export function whyNoHosts(): string | null {
  return canHaveHosts() ? null : NEEDS_HOSTS;
}

export interface SharedHome {
  readonly lab: Lab;
  /** How a window on the first of them is opened. */
  readonly show: object;
}

export async function withSharedHome(use: (home: SharedHome) => Promise<void>): Promise<void> {
  const codex = await installCodex(VERSION);
  const lab = await startLab([HERE, ...OTHERS].map(name => ({ name })));
  try {
    const { folder } = copyHome(
      await makeHome(VERSION, 'paginated'),
      path.join(lab.home, '.codex'),
    );
    fs.writeFileSync(path.join(folder, 'installation_id'), 'b1e5ab1e-0000-4000-8000-000000000000');
    fs.symlinkSync(codex, path.join(lab.folder, 'bin', 'codex'));
    // Where ssh looks for somebody's config.
    fs.mkdirSync(path.join(lab.home, '.ssh'), { mode: 0o700 });
    fs.copyFileSync(path.join(lab.folder, 'ssh_config'), path.join(lab.home, '.ssh', 'config'));
    await use({
      lab,
      show: {
        home: folder,
        within: lab.enter(HERE),
        environment: {
          HOME: lab.home,
          PATH: [path.join(lab.folder, 'bin'), process.env['PATH']].join(':'),
          XDG_STATE_HOME: path.join(lab.home, '.local', 'state'),
          // In a home below the folder for temporary files Codex makes nothing of its own accord.
          TMPDIR: '/run',
        },
        settings: { 'codexHealth.hosts': OTHERS, 'codexHealth.codexPath': codex },
      },
    });
  } finally {
    await lab.close();
  }
}
