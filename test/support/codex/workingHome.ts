// A copy of a home that a real Codex has made, with a provider that answers, so that turns can be taken
// in it. Both end with the test.

import path from 'node:path';
import { installCodex } from './binaries.ts';
import { withScratchFolder } from './cache.ts';
import {
  copyHome,
  makeHome,
  useProviderPort,
  type CodexHome,
  type HistoryMode,
} from './makeHome.ts';
import { startMockProvider } from './mockProvider.ts';

export interface WorkingHome {
  readonly codex: string;
  readonly home: CodexHome;
  /** What the model was last told. */
  heard(): readonly string[];
}

export async function withWorkingHome(
  version: string,
  mode: HistoryMode,
  use: (working: WorkingHome) => Promise<void>,
): Promise<void> {
  const codex = await installCodex(version);
  const sound = await makeHome(version, mode);
  const provider = await startMockProvider();
  try {
    await withScratchFolder(async root => {
      const home = copyHome(sound, path.join(root, 'home'));
      useProviderPort(home, provider.port);
      await use({ codex, home, heard: provider.lastHeard });
    });
  } finally {
    await provider.close();
  }
}
