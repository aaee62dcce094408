// The read-only documents that the server writes.

/** `codex-health://‹home key›/thread/‹id›`; no query part, since VS Code writes it in another way. */
export const DOCUMENT_SCHEME = 'codex-health';

export interface DocumentRequest {
  readonly uri: string;
}

/** Where a finding can be read: a line of a document, counted from zero as the protocol does. */
export interface Place {
  readonly uri: string;
  readonly line: number;
  readonly startCharacter: number;
  readonly endCharacter: number;
}
