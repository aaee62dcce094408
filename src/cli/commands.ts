// All commands, in the order in which a person learns them.

import type { Command } from './command.ts';
import { accept } from './commands/accept.ts';
import { apply } from './commands/apply.ts';
import { bundle } from './commands/bundle.ts';
import { disk } from './commands/disk.ts';
import { explain } from './commands/explain.ts';
import { history } from './commands/history.ts';
import { hosts } from './commands/hosts.ts';
import { lsp } from './commands/lsp.ts';
import { plan } from './commands/plan.ts';
import { provider } from './commands/provider.ts';
import { save } from './commands/save.ts';
import { scan } from './commands/scan.ts';
import { threads } from './commands/threads.ts';
import { transcript } from './commands/transcript.ts';
import { undo } from './commands/undo.ts';

export const commands: readonly Command[] = [
  scan,
  threads,
  transcript,
  plan,
  apply,
  undo,
  history,
  save,
  provider,
  disk,
  hosts,
  explain,
  accept,
  bundle,
  lsp,
];
