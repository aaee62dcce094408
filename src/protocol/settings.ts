// What the server is told when it starts and when a setting changes; what is absent has its default.

import type { Severity } from '../engine/model/finding.ts';

export interface ServerSettings {
  readonly home: string | null;
  readonly sqliteHome: string | null;
  readonly codexPath: string | null;
  /** Where backups are kept; null: in the home. */
  readonly vault: string | null;
  /** Other hosts to look at, by the names under which ssh reaches them. */
  readonly hosts: readonly string[];
  /** Check id → what its findings count as. */
  readonly levels: Readonly<Record<string, Level>>;
  /** Which threads have problem markers. */
  readonly problems: 'workspace' | 'all' | 'off';
}

export type Level = Severity | 'off';
