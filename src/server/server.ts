// Engine → Language Server Protocol. Knows no transport and no process. It asks for no document
// sync: it judges the disk, and no large rollout travels to it because someone opened it.

import {
  DidChangeWorkspaceFoldersNotification,
  TextDocumentSyncKind,
  type Connection,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver';
import { createEngine } from '../engine/engine.ts';
import type { Report } from '../engine/model/report.ts';
import type { World } from '../engine/world.ts';
import {
  CHANGED_NOTIFICATION,
  DOCUMENT_REQUEST,
  REFRESH_REQUEST,
  REPORT_REQUEST,
  THREADS_REQUEST,
  TREE_REQUEST,
  type DocumentRequest,
  type HealthTree,
  type ThreadsRequest,
} from '../protocol.ts';
import { diagnose } from './diagnostics.ts';
import { documentText } from './documents.ts';
import { createFolders } from './folders.ts';
import { reportText } from './reportText.ts';
import { createScans } from './scans.ts';
import { DEFAULT_SETTINGS, needsNewScan, readSettings } from './settings.ts';
import { makeThreads, makeTree } from './tree.ts';
import { count } from './words.ts';
import { viewReport, type View } from './view.ts';

/** Serves one editor. Its end is the end of the connection. */
export function startServer(connection: Connection, world: World): void {
  let settings = DEFAULT_SETTINGS;
  let marked: readonly string[] = [];
  const folders = createFolders();
  const engine = createEngine(world);
  const titles = new Map(engine.checks.map(({ id, title }) => [id, title]));
  const scans = createScans(() =>
    engine.scan({
      home: settings.home,
      sqliteHome: settings.sqliteHome,
      codex: settings.codexPath,
      full: false,
    }),
  );
  let made: View | null = null;
  const view = async (): Promise<View> => {
    const report = await scans.newest();
    if (made?.report !== report || made.settings !== settings)
      made = viewReport(report, settings, titles);
    return made;
  };

  /** Tells the editor what is so now; markers of documents that are sound again go away. */
  const publish = async () => {
    const byDocument = diagnose(await view(), folders.all());
    const gone = marked.filter(uri => !byDocument.has(uri));
    marked = [...byDocument.keys()];
    for (const uri of gone) await connection.sendDiagnostics({ uri, diagnostics: [] });
    for (const [uri, diagnostics] of byDocument)
      await connection.sendDiagnostics({ uri, diagnostics });
    await connection.sendNotification(CHANGED_NOTIFICATION);
  };
  /** Who waits hears of a failure by the error, and everyone else by asking again. */
  const lookAgain = async () => {
    try {
      const startedAt = world.now();
      const report = await scans.again();
      connection.console.info(describeScan(report, world.now() - startedAt));
      await publish();
    } catch (error) {
      await connection.sendNotification(CHANGED_NOTIFICATION);
      throw error;
    }
  };
  const inBackground = (work: Promise<void>) => {
    work.catch((error: unknown) => connection.console.error(String(error)));
  };

  connection.onInitialize((params: InitializeParams): InitializeResult => {
    settings = readSettings(params.initializationOptions);
    folders.set(params.workspaceFolders ?? []);
    return {
      serverInfo: { name: 'codex-health' },
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.None,
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });
  connection.onInitialized(() => inBackground(lookAgain()));
  connection.onDidChangeConfiguration(({ settings: given }) => {
    const before = settings;
    settings = readSettings(given);
    inBackground(needsNewScan(before, settings) ? lookAgain() : publish());
  });
  // Not by `connection.workspace`, which refuses to listen where an editor knows no folders.
  connection.onNotification(DidChangeWorkspaceFoldersNotification.type, ({ event }) => {
    folders.change(event);
    inBackground(publish());
  });

  connection.onRequest(TREE_REQUEST, async (): Promise<HealthTree> => makeTree(await view()));
  connection.onRequest(THREADS_REQUEST, async (request: ThreadsRequest) =>
    makeThreads(await view(), request),
  );
  connection.onRequest(DOCUMENT_REQUEST, async ({ uri }: DocumentRequest) =>
    documentText(await view(), uri),
  );
  connection.onRequest(REPORT_REQUEST, async () =>
    reportText(viewReport(engine.redact(await scans.newest()), settings, titles)),
  );
  connection.onRequest(REFRESH_REQUEST, lookAgain);
  connection.listen();
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
