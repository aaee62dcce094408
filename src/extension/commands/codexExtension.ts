// The official extension of Codex, as far as it is known: it has no public way in. Others open its
// editor under this name; where it has none, a terminal does.

import { extensions, Uri } from 'vscode';

export const CODEX_EXTENSION = 'openai.chatgpt';

const EDITOR = 'chatgpt.conversationEditor';

interface WithEditors {
  readonly contributes?: {
    readonly customEditors?: readonly { readonly viewType?: unknown }[];
  };
}

/** The arguments of `vscode.openWith` that open a thread in it; null where it has no such editor. */
export function editorOf(thread: string): readonly [Uri, string] | null {
  const extension = extensions.getExtension<unknown>(CODEX_EXTENSION);
  const { contributes } = (extension?.packageJSON ?? {}) as WithEditors;
  const hasEditor =
    contributes?.customEditors?.some(({ viewType }) => viewType === EDITOR) ?? false;
  if (!hasEditor) return null;
  return [
    Uri.from({ scheme: 'openai-codex', authority: 'route', path: `/local/${thread}` }),
    EDITOR,
  ];
}
