// What is asked of our scanner on another host: one line of JSON a request, one packed frame an answer.

import type { PathState, Snapshot } from '../../engine/model/snapshot.ts';
import type { SeenCodex } from '../../engine/model/host.ts';
import type { FilePath } from '../../engine/model/words.ts';
import type { Holders, Read } from '../../engine/world.ts';

export type ScannerRequest =
  | { readonly id: number; readonly kind: 'hello' }
  | { readonly id: number; readonly kind: 'paths'; readonly paths: readonly FilePath[] }
  | { readonly id: number; readonly kind: 'holders'; readonly folders: readonly FilePath[] }
  | {
      readonly id: number;
      readonly kind: 'scan';
      readonly home: FilePath | null;
      /** Those that the probe has found: a scan that looks for them itself would run them, and write. */
      readonly codexes: readonly SeenCodex[];
    };

export interface ScannerReply {
  readonly hello: null;
  readonly paths: Readonly<Record<FilePath, PathState>>;
  readonly holders: Holders;
  readonly scan: Snapshot;
}

export interface ScannerAnswer {
  readonly id: number;
  readonly answer: Read<ScannerReply[keyof ScannerReply]>;
}
