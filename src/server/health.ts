// What the server knows between two messages: settings, open folders, the newest report, and which
// documents have markers. A request carries everything else.

import type { Connection } from 'vscode-languageserver';
import { createEngine, type CheckPage, type StandingScan } from '../engine/engine.ts';
import type { Report } from '../engine/model/report.ts';
import type { FilePath } from '../engine/model/words.ts';
import type { World } from '../engine/world.ts';
import { CHANGED_NOTIFICATION } from '../protocol/requests.ts';
import type { ServerSettings } from '../protocol/settings.ts';
import type { NoteRequest, PinRequest } from '../protocol/tree.ts';
import { createMarkerBoard, diagnose } from './diagnostics.ts';
import type { ReadTranscript } from './documents.ts';
import { createFolders, type Folders } from './folders.ts';
import { createGathering } from './gathering.ts';
import { createPulse } from './pulse.ts';
import { createRetries } from './retries.ts';
import { saysTheSame } from './sameSight.ts';
import { createScans, type How } from './scans.ts';
import { DEFAULT_SETTINGS, needsNewScan } from './settings.ts';
import { parseAddress } from './addresses.ts';
import { createHostSights } from './hostSights.ts';
import { createHostViews, type HostView } from './hostViews.ts';
import { viewReport, type View } from './view.ts';
import { count } from '../words/amounts.ts';

export interface Health {
  readonly folders: Folders;
  settings: ServerSettings;
  /** The pages that stand in tabs, by their addresses. */
  pages: ReadonlySet<string>;
  /** The newest report as it is shown; waits for the first scan. */
  view(): Promise<View>;
  /** The view of the home to which a document belongs, on whichever host it lies. */
  viewOf(uri: string): Promise<View>;
  /** The same with all hosts that were looked at; nobody waits for one of them. */
  hosts(): Promise<readonly HostView[]>;
  /** Hosts that are being looked at just now. */
  looking(): ReadonlySet<string>;
  /** The same without what says who somebody is or what they work on. */
  redactedView(): Promise<View>;
  /** What each check says about itself, by its id. */
  readonly checks: ReadonlyMap<string, CheckPage>;
  readonly readTranscript: ReadTranscript;
  /** Looks at the other hosts now, and at the home with what they have shown; as `HostSights.look`. */
  seeHosts(splitInto?: readonly FilePath[], signal?: AbortSignal): Promise<Report>;
  pin(request: PinRequest): Promise<void>;
  note(request: NoteRequest): Promise<void>;
  /** Tells the editor what is so now. */
  publish(): Promise<void>;
  /** Marks what is wrong, where it is wanted. */
  mark(): Promise<void>;
  /** The first look; what is known of hosts from earlier is there before it. */
  begin(): Promise<void>;
  lookAgain(): Promise<void>;
  changeSettings(settings: ServerSettings): Promise<void>;
  /** Nothing is looked at any more by itself, and nothing told. */
  close(): void;
}

/** What a system has too many changes to tell of is lost without a word; so everything is read now and then. */
const ANEW_MS = 600_000;

export function createHealth(connection: Connection, world: World): Health {
  const engine = createEngine(world);
  const titles = new Map(engine.checks.map(({ id, title }) => [id, title]));
  let made: View | null = null;
  /** What the editor was told of last. */
  let told: Report | null = null;
  const board = createMarkerBoard((uri, diagnostics) =>
    connection.sendDiagnostics({ uri, diagnostics: [...diagnostics] }),
  );
  let standing: { readonly at: string; readonly scan: StandingScan } | null = null;
  let anewAtMs = 0;
  const look = async (how: How): Promise<Report> => {
    const { home, sqliteHome, codexPath } = health.settings;
    const request = {
      home,
      sqliteHome,
      codex: codexPath,
      full: false,
      // Asked at each look: hosts are seen while the scan stands.
      get hosts() {
        return sights.now();
      },
    };
    const at = JSON.stringify([home, sqliteHome, codexPath]);
    // Somebody may have asked before the settings had come.
    const isElsewhere = standing?.at !== at;
    if (standing === null || isElsewhere) {
      standing?.scan.close();
      standing = { at, scan: engine.stand(request, () => freshness.notice()) };
    }
    const ageMs = Math.abs(world.now() - anewAtMs);
    if (how === 'on' && !isElsewhere && ageMs < ANEW_MS) return standing.scan.look();
    anewAtMs = world.now();
    return standing.scan.look('anew');
  };
  const scans = createScans(how => retries.heed(look(how)));
  const viewNow = async () => {
    const report = await scans.newest();
    const { settings } = health;
    if (made?.report !== report || made.settings !== settings)
      made = viewReport(report, settings, titles, world.now());
    return made;
  };
  const sights = createHostSights(engine.hosts, () => {
    freshness.notice();
    void inBackground(tellChanged());
  });
  const viewsOfHosts = createHostViews(titles);
  const lookAtHosts = (report: Report) => void inBackground(sights.look(report));
  const markersOf = (view: View) => diagnose(view, health.folders.all(), health.pages);
  const tellChanged = () => connection.sendNotification(CHANGED_NOTIFICATION);
  const inBackground = (work: Promise<unknown>) =>
    work.catch((error: unknown) => connection.console.error(String(error)));
  const lookOn = async () => {
    const report = await scans.again('on');
    pulse.follow(report);
    if (told !== null && saysTheSame(told, report)) return false;
    await health.publish();
    return true;
  };
  const lookOnAndTell = async () => {
    const report = await scans.again('on');
    await health.publish();
    return report;
  };
  const freshness = createGathering(async () => (await inBackground(lookOn())) === true);
  // The failed look has forgotten everything, so that the next one looks at everything.
  const retries = createRetries(() => freshness.notice());
  const pulse = createPulse(() => world.now(), {
    becomesQuiet: () => {
      made = null;
      void inBackground(tellChanged());
    },
    mayBeReleased: () => freshness.notice(),
  });
  const health: Health = {
    folders: createFolders(),
    settings: DEFAULT_SETTINGS,
    pages: new Set(),
    view: () => {
      freshness.seen();
      return viewNow();
    },
    viewOf: async uri => {
      const key = parseAddress(uri)?.homeKey;
      const ours = await health.view();
      return (
        viewsOfHosts(ours).find(({ view }) => view.report.snapshot.home.key === key)?.view ?? ours
      );
    },
    hosts: async () => {
      freshness.seen();
      return viewsOfHosts(await viewNow());
    },
    looking: () => sights.looking(),
    seeHosts: async (splitInto, signal) => {
      await sights.look(await scans.newest(), splitInto, signal);
      return lookOnAndTell();
    },
    pin: async ({ threads, projects, host }) => {
      const report = await scans.newest();
      for (const thread of threads) await engine.hosts.pin(report, { thread }, host);
      for (const project of projects) await engine.hosts.pin(report, { project }, host);
      await lookOnAndTell();
    },
    note: async ({ isWanted }) => {
      await engine.hosts.remember(await scans.newest(), isWanted);
      await lookOnAndTell();
    },
    checks: new Map(engine.checks.map(check => [check.id, check])),
    readTranscript: ({ report }, { thread, part, file }) =>
      engine.transcript(report, thread.id, part, file),
    redactedView: async () =>
      viewReport(engine.redact(await scans.newest()), health.settings, titles),
    publish: async () => {
      const view = await viewNow();
      told = view.report;
      await Promise.all([board.show(markersOf(view)), tellChanged()]);
    },
    mark: async () => board.show(markersOf(await viewNow())),
    begin: async () => {
      await sights.choose(health.settings.hosts);
      await health.lookAgain();
    },
    lookAgain: async () => {
      try {
        const startedAt = world.now();
        const report = await scans.again();
        connection.console.info(describeScan(report, world.now() - startedAt));
        pulse.follow(report);
        await health.publish();
        lookAtHosts(report);
      } catch (error) {
        // Who waits hears of a failure by the error, and everyone else by asking again.
        await tellChanged();
        throw error;
      }
    },
    changeSettings: async settings => {
      const isOtherHome = needsNewScan(health.settings, settings);
      const areOtherHosts = String(health.settings.hosts) !== String(settings.hosts);
      health.settings = settings;
      if (areOtherHosts) await sights.choose(settings.hosts);
      await (isOtherHome || areOtherHosts ? health.lookAgain() : health.publish());
    },
    close: () => {
      freshness.close();
      retries.close();
      pulse.close();
      standing?.scan.close();
      sights.stop();
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
