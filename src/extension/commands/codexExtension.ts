// The official extension of Codex, as far as it is known: it has no public way in. Others open its
// editor under this name; where it has none, a terminal does.

import { Uri } from 'vscode';
import type { Context } from './context.ts';

export const CODEX_EXTENSION = 'openai.chatgpt';

const EDITOR = 'chatgpt.conversationEditor';

interface Manifest {
  readonly contributes?: {
    readonly customEditors?: readonly { readonly viewType?: unknown }[];
  };
}

export function hasCodexExtension({ manifestOf }: Context): boolean {
  return manifestOf(CODEX_EXTENSION) !== undefined;
}

/** The arguments of `vscode.openWith` that open a thread in it; null where it has no such editor. */
export function editorOf(thread: string, { manifestOf }: Context): readonly [Uri, string] | null {
  const { contributes } = (manifestOf(CODEX_EXTENSION) ?? {}) as Manifest;
  const editors = contributes?.customEditors ?? [];
  if (!editors.some(({ viewType }) => viewType === EDITOR)) return null;
  return [
    Uri.from({ scheme: 'openai-codex', authority: 'route', path: `/local/${thread}` }),
    EDITOR,
  ];
}
