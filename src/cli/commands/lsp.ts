import type { Command } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { DONE } from '../exitCodes.ts';

export const lsp: Command = {
  name: 'lsp',
  summary: 'Serves an editor: the language server.',
  usage: ['lsp --stdio'],
  details: `Speaks the Language Server Protocol over standard input and output, for any editor. The
VS Code extension brings its own.`,
  options: ['stdio', 'clientProcessId'],
  run: async ({ operands, surroundings }) => {
    if (operands.length > 0) throw new UsageError('lsp takes no further words.', 'lsp');
    await surroundings.serve();
    return DONE;
  },
};
