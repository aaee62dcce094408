// A host that takes no part in a split, in sentences, wherever a person chooses who does.

/** `why`: a sentence part. `isUnseen`: nobody can see whether a Codex there has the home open. */
export function sayLeftOut({
  name,
  why,
  isUnseen,
}: {
  readonly name: string;
  readonly why: string;
  readonly isUnseen: boolean;
}): string {
  const may = isUnseen ? ' A Codex there may have this home open, which cannot be seen.' : '';
  return `${name}: ${why.replace(/\.$/, '')}.${may}`;
}
