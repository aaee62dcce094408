// The only door to the engine.

import {
  accept,
  markAccepted,
  readAcceptances,
  writeAcceptances,
  type Acceptance,
} from './acceptances.ts';
import type { Check, Cure } from './checks/check.ts';
import { checks } from './checks/index.ts';
import { runChecks, type Judgement } from './checks/runChecks.ts';
import { createJudge } from './checks/judgeAgain.ts';
import { findCandidates, type Candidates } from './candidates.ts';
import { measureDisk, type DiskUse } from './disk/diskUse.ts';
import type { Hands } from './hands.ts';
import { createHostList, type HostList } from './hostList/hostList.ts';
import type { Counts, Report } from './model/report.ts';
import type { CheckOutcome, CureOffer, Finding } from './model/finding.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { Transcript } from './model/transcript.ts';
import type { HomePath, ThreadId } from './model/words.ts';
import { noteWriting } from './hostList/hostsKept.ts';
import { answerNothingLost } from './nothingLost.ts';
import { redactReport } from './redact/redact.ts';
import { Refusal } from './refusal.ts';
import { repairsOf, type Repairs } from './changes/repairs.ts';
import { Standing } from './scan/standing.ts';
import { takeSnapshot, type ScanRequest as SnapshotRequest } from './scan/takeSnapshot.ts';
import { readTranscript } from './transcript/transcript.ts';
import { foresee, type Foresight } from './visibility.ts';
import { vocabulary } from './vocabulary.ts';
import type { World } from './world.ts';

export type { Acceptance } from './acceptances.ts';
export { conversationOf } from './transcript/transcript.ts';
export type { History, Past, Recalled } from './changes/history.ts';
export type { Applied, Repairs, Undoing } from './changes/repairs.ts';
export type { Choice } from './repair/planRepairs.ts';
export type { Originals } from './repair/ledger.ts';
export type { MovePlan, ProviderMove } from './repair/planProviderMove.ts';
export type { Moved } from './changes/providerMoves.ts';
export type { Compressed } from './changes/compressions.ts';
export { doubledThreads, type Doubled } from './hosts/doubled.ts';
export { aliasesOf } from './hosts/aliasesOf.ts';
export { splitTook } from './hosts/splitTook.ts';
export { hostsOfHome } from './hosts/hostsOfHome.ts';
export { splitOfHome } from './changes/splitOfHome.ts';
export { readSplitNotes, readSplits } from './scan/splitNotes.ts';
export type { HomeConfirmation, SplitMade, SplitRequest } from './changes/split.ts';
export type { SplitChoice, SplitProposal, StayingThread } from './changes/splitProposal.ts';
export { programsToClose, refuseUnseenHosts, type LeftOut } from './changes/hostsLeftOut.ts';
export { programsInTheWay, type InTheWay, type StillOpen } from './repair/split/closedOnHosts.ts';
export type { NewHome, SplitPlan } from './repair/split/planSplit.ts';
export type { SplitWish } from './repair/split/wish.ts';
export type { Shell } from './repair/startUp/shells.ts';
export type { StartUpFile } from './repair/startUp/startUpFiles.ts';
export type { DatabasesMade, DatabasesRequest } from './changes/ownDatabases.ts';
export { OWN as OWN_DATABASES, type DatabasesWish } from './repair/ownDatabases/wish.ts';
export type { Changed } from './changes/threadChanges.ts';
export type { ThreadChange } from './repair/planThreadChange.ts';
export type { BigThread, DiskUse, Kind, ProjectRoom, Room } from './disk/diskUse.ts';
export type { CompressionPlan } from './repair/planCompression.ts';
export { listProviders, type ProviderEntry, type ProviderList } from './providerList.ts';
export type { Drop, OnlyHere, PruneWish, Pruning } from './repair/prune.ts';
export {
  hostsOverview,
  type HostEntry,
  type HostsOverview,
  type SeenOwnDatabases,
  type SharedHome,
} from './hosts/overview.ts';
export type { HostList } from './hostList/hostList.ts';
export type { SafeCopy } from './repair/saveCopy.ts';
export type { Undone } from './repair/undo.ts';
export { createSearch, threadsMeantBy, type Search } from './threadSearch.ts';
export { withoutTilde } from './typedPath.ts';
export { holdersInTheWay, isSameSubstance, waitForHolders, waitForHosts } from './waiting.ts';
export type { Candidate, Candidates } from './candidates.ts';
export { isSameKnowledge } from './hosts/sameKnowledge.ts';
export type { Pinned } from './hostList/hostsKept.ts';
export { attribute } from './hosts/attribution.ts';
export { handlerOf } from './repair/steps/index.ts';

export interface ScanRequest extends SnapshotRequest {
  /** The only checks to run, by their ids; all when absent. */
  readonly checks?: readonly string[];
}

/** One look at a time: whoever wants another waits for the one before. */
export interface StandingScan {
  /** `anew`: reads everything, whether or not it is known to have changed. */
  look(how?: 'anew'): Promise<Report>;
  close(): void;
}

/** What a check says about itself. */
export type CheckPage = Pick<Check, 'id' | 'title' | 'meaning' | 'severity' | 'needs'> & {
  readonly cures?: readonly (CureOffer & Pick<Cure, 'limits'>)[];
};

export interface Engine {
  /** Looks at a home, and judges what it saw. Changes nothing in it. */
  scan(request: ScanRequest): Promise<Report>;
  /**
   * A scan that stands: it watches the home, and each further look reads only what has changed. What it
   * says is what `scan` would say. `notice` is called whenever another look is worth the while.
   */
  stand(request: ScanRequest, notice: () => void): StandingScan;
  /** What fills the home of a report, and what could be had back. Changes nothing. */
  disk(report: Report): Promise<DiskUse>;
  /**
   * One part of what was said in a thread, or in one of its files alone; the newest when none is named. Null
   * when there is no such thread, file or part. Changes nothing, and reads little more than the part.
   */
  transcript(
    report: Report,
    thread: ThreadId,
    part: number | null,
    file?: HomePath | null,
  ): Promise<Transcript | null>;
  /** All checks, in the order in which a person reads them. */
  readonly checks: readonly CheckPage[];
  /** These findings of a report shall count nowhere until their facts change. */
  accept(report: Report, findings: readonly Finding[]): Promise<void>;
  /** Findings that were accepted shall count again; they are named by their ids. */
  takeBack(report: Report, findings: readonly string[]): Promise<void>;
  /** What was accepted for the home of a report, also what is no longer found. */
  listAccepted(report: Report): Promise<readonly Acceptance[]>;
  /** Folders that may have taken the place of the one that these findings miss. Changes nothing. */
  candidates(report: Report, findings: readonly Finding[]): Promise<Candidates>;
  /** Other machines that a person chose. */
  readonly hosts: HostList;
  /** The report without what says who somebody is or what they work on: it may leave the machine. */
  redact(report: Report): Report;
}

/** All that changes a home. Whoever only looks has no hands to give. */
export function createRepairs(world: World, hands: Hands): Repairs {
  return repairsOf(world, hands, curesOf);
}

function curesOf(id: string): readonly Cure[] {
  return checks.find(check => check.id === id)?.cures ?? [];
}

export function createEngine(world: World): Engine {
  const kept = ({ snapshot }: Report) => readAcceptances(world, snapshot.home);
  const scan = async (
    request: ScanRequest,
    standing: Standing | null,
    judgeChecks: (snapshot: Snapshot) => Judgement & { readonly isGrown?: boolean } = snapshot =>
      runChecks(wantedChecks(request.checks ?? null), snapshot),
    last: Looked | null = null,
  ): Promise<Looked> => {
    const snapshot = await takeSnapshot(world, request, standing);
    await noteWriting(world, snapshot);
    const acceptances = await readAcceptances(world, snapshot.home).catch(logged(world));
    const mark: Mark = found => markAccepted(found, acceptances, text => world.hash(text));
    const judged = judgeChecks(snapshot);
    return reportOf(snapshot, judged, mark, judged.isGrown === true ? last : null);
  };
  return {
    scan: async request => (await scan(request, null)).report,
    stand: (request, notice) => {
      const standing = new Standing(world, notice);
      const judgeChecks = createJudge(wantedChecks(request.checks ?? null));
      let last: Looked | null = null;
      return {
        look: async how => {
          standing.begin(how === 'anew');
          try {
            last = await scan(request, standing, judgeChecks, last);
            return last.report;
          } catch (error) {
            standing.fail();
            last = null;
            throw error;
          }
        },
        close: () => standing.close(),
      };
    },
    disk: report => measureDisk(world, report),
    transcript: ({ snapshot }, thread, part, file) =>
      readTranscript(world, snapshot, thread, part, file),
    checks,
    accept: async (report, findings) => {
      const more = accept(await kept(report), findings, world.now(), text => world.hash(text));
      await writeAcceptances(world, report.snapshot.home, more);
    },
    takeBack: async (report, ids) => {
      const rest = (await kept(report)).filter(({ finding }) => !ids.includes(finding));
      await writeAcceptances(world, report.snapshot.home, rest);
    },
    listAccepted: kept,
    candidates: (report, findings) => findCandidates(world, report, findings, curesOf),
    hosts: createHostList(world),
    redact: report => redact(report, world),
  };
}

/** A scan whose acceptances cannot be read says too much, never too little; so it goes on. */
function logged(world: World): (error: unknown) => readonly Acceptance[] {
  return error => {
    if (!(error instanceof Refusal)) throw error;
    world.log(error.message);
    return [];
  };
}

/** Sentences are made again, from facts that say nothing about anybody. */
function redact(report: Report, { machine }: World): Report {
  const redacted = redactReport(report, {
    userHome: machine.userHome,
    vocabulary,
    say: (id, facts) => checks.find(check => check.id === id)?.say(facts) ?? '',
  });
  return { ...redacted, nothingLost: answerNothingLost(redacted.snapshot) };
}

type Mark = (findings: readonly Finding[]) => readonly Finding[];

/** Everything behind the snapshot: pure. */
export function judge(
  snapshot: Snapshot,
  only: readonly string[] | null = null,
  mark: Mark = found => found,
): Report {
  return reportOf(snapshot, runChecks(wantedChecks(only), snapshot), mark, null).report;
}

function wantedChecks(only: readonly string[] | null): readonly Check[] {
  return only === null ? checks : checks.filter(({ id }) => only.includes(id));
}

/** A report, and what of it may stand for the next one. */
interface Looked {
  readonly report: Report;
  readonly foresight: Foresight;
}

/** `grownFrom`: what was said of a snapshot from which this one differs by growth alone. */
function reportOf(
  snapshot: Snapshot,
  { findings: found, outcomes }: Judgement,
  mark: Mark,
  grownFrom: Looked | null,
): Looked {
  const findings = mark(found);
  const foresight = foresee(snapshot, grownFrom?.foresight ?? null);
  const report: Report = {
    snapshot,
    findings,
    checks: outcomes,
    verdict: verdictOf(findings, outcomes),
    nothingLost: grownFrom?.report.nothingLost ?? answerNothingLost(snapshot),
    counts: countsOf(snapshot),
    get visibility() {
      return foresight.sight().of;
    },
  };
  return { report, foresight };
}

function verdictOf(
  findings: readonly Finding[],
  outcomes: readonly CheckOutcome[],
): Report['verdict'] {
  if (findings.some(({ severity, accepted }) => severity !== 'note' && !accepted))
    return 'findings';
  const graveChecks = new Set(
    checks.filter(check => check.severity === 'error').map(({ id }) => id),
  );
  const couldNotTell = outcomes.some(
    ({ id, outcome }) => outcome === 'crashed' || (outcome === 'unknown' && graveChecks.has(id)),
  );
  return couldNotTell ? 'incomplete' : 'healthy';
}

function countsOf({ threads, rollouts, state }: Snapshot): Counts {
  const archived = threads.filter(thread => thread.archived).length;
  return {
    threads: threads.length,
    active: threads.length - archived,
    archived,
    rows: state?.rows.length ?? 0,
    rollouts: rollouts.length,
    rolloutBytes: rollouts.reduce((sum, { bytes }) => sum + bytes, 0),
    projects: new Set(threads.map(({ project }) => project)).size,
  };
}
