// Where set-up keeps what it fetched: outside the tree, so that a fresh clone does not fetch again.

import os from 'node:os';
import path from 'node:path';

export const cacheFolder =
  process.env.CODEX_HEALTH_CACHE ??
  path.join(
    process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'),
    'codex-session-health-dev',
  );
