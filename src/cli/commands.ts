// All commands, in the order in which a person learns them.

import type { Command } from './command.ts';
import { accept } from './commands/accept.ts';
import { bundle } from './commands/bundle.ts';
import { explain } from './commands/explain.ts';
import { lsp } from './commands/lsp.ts';
import { scan } from './commands/scan.ts';
import { threads } from './commands/threads.ts';

export const commands: readonly Command[] = [scan, threads, explain, accept, bundle, lsp];
