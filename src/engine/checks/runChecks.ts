import type { CheckOutcome, Finding } from '../model/finding.ts';
import type { Gap, Source } from '../model/gap.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Check, Sighting } from './check.ts';

export interface Judgement {
  readonly findings: readonly Finding[];
  readonly outcomes: readonly CheckOutcome[];
}

/**
 * Snapshot → Findings. A check that fails is an outcome; the others go on. `earlier`: what was judged of a
 * snapshot that differs by growth alone.
 */
export function runChecks(
  checks: readonly Check[],
  snapshot: Snapshot,
  earlier: Judgement | null = null,
): Judgement {
  const findings: Finding[] = [];
  const outcomes = checks.map(check => {
    const known = earlier?.outcomes.find(({ id }) => id === check.id);
    if (earlier !== null && known !== undefined && check.heedsGrowth !== true) {
      findings.push(...earlier.findings.filter(finding => finding.check === check.id));
      return known;
    }
    const judged = runCheck(check, snapshot);
    findings.push(...judged.findings);
    return judged.outcome;
  });
  return { findings, outcomes };
}

function runCheck(
  check: Check,
  snapshot: Snapshot,
): { readonly findings: readonly Finding[]; readonly outcome: CheckOutcome } {
  try {
    const blind = whyBlind(check, snapshot.gaps);
    if (blind !== null) return { findings: [], outcome: outcome(check, 'unknown', blind) };
    const findings = [...check.detect(snapshot)].map(sighting =>
      withCures(check, asFinding(check, sighting), snapshot),
    );
    if (findings.length > 0) return { findings, outcome: outcome(check, 'found', null) };
    const partial = whyPartial(check, snapshot.gaps);
    return { findings, outcome: outcome(check, partial === null ? 'ok' : 'unknown', partial) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { findings: [], outcome: outcome(check, 'crashed', why) };
  }
}

/** Why the check must not run at all; null when it may. */
function whyBlind(check: Check, gaps: readonly Gap[]): string | null {
  const gap = gaps.find(({ source, extent }) => {
    const need = check.needs[source];
    return need === 'whole' || (need === 'seen' && extent === 'all');
  });
  return gap === undefined ? null : describeGap(gap);
}

/** Why a check that found nothing cannot say that there is nothing; null when it can. */
function whyPartial(check: Check, gaps: readonly Gap[]): string | null {
  const gap = gaps.find(({ source }) => check.needs[source] !== undefined);
  return gap === undefined ? null : describeGap(gap);
}

function describeGap({ source, path, why }: Gap): string {
  return `could not look at ${path ?? SOURCE_NAMES[source]}: ${why}`;
}

const SOURCE_NAMES: Readonly<Record<Source, string>> = {
  home: 'the home',
  config: 'config.toml',
  'rollouts-active': 'the sessions folder',
  'rollouts-archived': 'the archive folder',
  'rollout-bodies': 'the middle of the rollouts',
  'state-database': 'the state database',
  'other-databases': 'the other databases',
  names: 'session_index.jsonl',
  folders: 'the working directories',
  codexes: 'the Codex programs on this machine',
  processes: 'the running programs',
  locks: 'the locks on the databases',
  'other-machines': 'the programs on other machines',
  'desktop-state': "the desktop app's state",
  hosts: 'what is known of other hosts',
};

function asFinding(check: Check, sighting: Sighting): Finding {
  const { subject, facts, threads, severity = check.severity } = sighting;
  return {
    id: `${check.id}:${subject.key}`,
    check: check.id,
    severity,
    subject,
    says: check.say(facts),
    facts,
    threads,
    cures: [],
    accepted: false,
  };
}

/** What is offered is data; what it does is asked of the check when it is planned. */
function withCures(check: Check, finding: Finding, snapshot: Snapshot): Finding {
  const fitting = (check.cures ?? []).filter(cure => cure.fits?.(finding, snapshot) ?? true);
  if (fitting.length === 0) return finding;
  const cures = fitting.map(({ id, title, loses, needs, automatic }) => ({
    id,
    title,
    loses,
    needs,
    automatic,
  }));
  return { ...finding, cures };
}

function outcome(check: Check, result: CheckOutcome['outcome'], why: string | null): CheckOutcome {
  return { id: check.id, outcome: result, why };
}
