// Codex before 0.150 chooses a personality for whoever has conversations and none in config.toml, once for each
// home (0.111 to 0.142 do, 0.150 does not). To find out whether there are any it looks for the newest one, as a
// list does, which corrects its row; and it writes what it has chosen into config.toml.

import type { Snapshot } from '../model/snapshot.ts';
import { compareVersions } from '../model/versions.ts';

export function choosesPersonality({ home, config }: Snapshot, version: string | null): boolean {
  const asks = compareVersions(version ?? '0', '0.150') < 0;
  return asks && !home.hasPersonalityMark && !config.hasPersonality;
}
