// What the server knows between two messages: settings, open folders, the newest report, and which
// documents have markers. A request carries everything else.

import type { Connection } from 'vscode-languageserver';
import { createEngine, type CheckPage } from '../engine/engine.ts';
import type { Report } from '../engine/model/report.ts';
import type { World } from '../engine/world.ts';
import { CHANGED_NOTIFICATION } from '../protocol/requests.ts';
import type { ServerSettings } from '../protocol/settings.ts';
import { diagnose } from './diagnostics.ts';
import type { ReadTranscript } from './documents.ts';
import { createFolders, type Folders } from './folders.ts';
import { createScans } from './scans.ts';
import { DEFAULT_SETTINGS, needsNewScan } from './settings.ts';
import { viewReport, type View } from './view.ts';
import { count } from '../words/amounts.ts';

export interface Health {
  readonly folders: Folders;
  settings: ServerSettings;
  /** The newest report as it is shown; waits for the first scan. */
  view(): Promise<View>;
  /** The same without what says who somebody is or what they work on. */
  redactedView(): Promise<View>;
  /** What each check says about itself, by its id. */
  readonly checks: ReadonlyMap<string, CheckPage>;
  readonly readTranscript: ReadTranscript;
  /** Tells the editor what is so now. */
  publish(): Promise<void>;
  lookAgain(): Promise<void>;
  changeSettings(settings: ServerSettings): Promise<void>;
}

export function createHealth(connection: Connection, world: World): Health {
  const engine = createEngine(world);
  const titles = new Map(engine.checks.map(({ id, title }) => [id, title]));
  let made: View | null = null;
  let marked: readonly string[] = [];
  const scans = createScans(() => {
    const { home, sqliteHome, codexPath } = health.settings;
    return engine.scan({ home, sqliteHome, codex: codexPath, full: false });
  });
  const health: Health = {
    folders: createFolders(),
    settings: DEFAULT_SETTINGS,
    view: async () => {
      const report = await scans.newest();
      const { settings } = health;
      if (made?.report !== report || made.settings !== settings)
        made = viewReport(report, settings, titles);
      return made;
    },
    checks: new Map(engine.checks.map(check => [check.id, check])),
    readTranscript: ({ report }, id, part) => engine.transcript(report, id, part),
    redactedView: async () =>
      viewReport(engine.redact(await scans.newest()), health.settings, titles),
    publish: async () => {
      const markers = diagnose(await health.view(), health.folders.all());
      const gone = marked.filter(uri => !markers.has(uri));
      marked = [...markers.keys()];
      // Sent at one go, so that those of two scans cannot mix.
      await Promise.all([
        ...gone.map(uri => connection.sendDiagnostics({ uri, diagnostics: [] })),
        ...[...markers].map(([uri, diagnostics]) =>
          connection.sendDiagnostics({ uri, diagnostics }),
        ),
        connection.sendNotification(CHANGED_NOTIFICATION),
      ]);
    },
    lookAgain: async () => {
      try {
        const startedAt = world.now();
        const report = await scans.again();
        connection.console.info(describeScan(report, world.now() - startedAt));
        await health.publish();
      } catch (error) {
        // Who waits hears of a failure by the error, and everyone else by asking again.
        await connection.sendNotification(CHANGED_NOTIFICATION);
        throw error;
      }
    },
    changeSettings: async settings => {
      const isOtherHome = needsNewScan(health.settings, settings);
      health.settings = settings;
      await (isOtherHome ? health.lookAgain() : health.publish());
    },
  };
  return health;
}

/** A line for the log: what was looked at, how long it took, and what came of it. */
function describeScan(
  { snapshot, counts, findings, checks }: Report,
  milliseconds: number,
): string {
  const silent = checks.filter(({ outcome }) => outcome === 'unknown' || outcome === 'crashed');
  const said = silent.map(({ id, outcome, why }) => `\n  ${id}: ${outcome}, ${why ?? ''}`).join('');
  return `Looked at ${snapshot.home.path} in ${String(milliseconds)} ms: ${count(counts.threads, 'thread')}, ${count(findings.length, 'finding')}${said}`;
}
