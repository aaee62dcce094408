// From a wish to what came of it: the plan is read, agreed to, carried out, and can be taken back.
// Every command that changes something goes this way.

import { l10n, Uri } from 'vscode';
import { DOCUMENT_SCHEME } from '../../protocol/documents.ts';
import type { PlanShown, RepairDone, Wish } from '../../protocol/repairs.ts';
import { COMMANDS } from '../contributions.ts';
import { CODEX_EXTENSION, hasCodexExtension } from './codexExtension.ts';
import type { Context, Work } from './context.ts';
import { isCancelled, reasonOf, refusalOf } from './failures.ts';
import { askAboutOldBackups } from './oldBackups.ts';
import { sayDone } from './outcome.ts';
import { outcomeUri } from './outcomePage.ts';
import { holdersInWords, questionOf, sentence, termsOf, verbOf } from './planWords.ts';
import { confirmDone } from './splitTook.ts';
import { undo } from './undoRepair.ts';

/** Shows the plan and asks before anything is done. What Codex has to be closed for comes last. */
export async function change(
  context: Context,
  wish: Wish,
  whenNothing: (plan: PlanShown) => Promise<void> = plan => tellNothing(context, plan),
): Promise<void> {
  const plan = await makePlan(context, wish);
  if (plan.repairs === 0) return whenNothing(plan);
  // Where nobody has the files open, there is nothing to divide.
  const part = plan.holders.length === 0 ? null : plan.withoutStopping;
  const now = part === null ? null : await makePlan(context, part);
  if (now === null || now.repairs === 0) return agreeAndCarryOut(context, plan);
  const answer = await agreeToPart(context, plan, now);
  if (answer === 'all') return agreeAndCarryOut(context, plan);
  if (answer === 'now') await carryOut(context, now, restOf(wish, now.wish));
}

/** The plan on a page that has been read: it is made anew, and asked about as always. */
export async function applyPlan(context: Context, page: Uri | undefined): Promise<void> {
  const { client, person } = context;
  const wish =
    page?.scheme === DOCUMENT_SCHEME
      ? await client.ask('codexHealth/wishAt', { uri: page.toString() })
      : null;
  if (wish !== null) return change(context, wish);
  await person.tell(
    'information',
    l10n.t('This page shows no plan. "Codex: Repair State" makes one.'),
  );
}

/** For what somebody has just named themselves, such as a new name: asks only where there is something to say. */
export async function changeAtOnce(context: Context, wish: Wish): Promise<void> {
  const plan = await makePlan(context, wish);
  if (plan.repairs === 0) return tellNothing(context, plan);
  const isPlain =
    plan.losses.length + plan.refused.length === 0 && !plan.needs.includes('codex-stopped');
  return isPlain ? carryOut(context, plan, null) : agreeAndCarryOut(context, plan);
}

function makePlan({ client, person }: Context, wish: Wish): Promise<PlanShown> {
  return person.wait(l10n.t('Looking closer, to plan what has to be done'), () =>
    client.ask('codexHealth/plan', { wish }),
  );
}

export async function tellNothing(context: Context, plan: PlanShown): Promise<void> {
  const { person } = context;
  const { refused, uri, wish } = plan;
  const [first] = refused;
  const isSettled = refused.every(one => one.isSettled);
  if (first === undefined)
    return void (await person.tell(
      'information',
      l10n.t('There is nothing to do. Nothing was changed.'),
    ));
  if (isSettled && wish.kind === 'findings') return tellHealed(context);
  const reasons = new Set(refused.map(({ why, next }) => `${why} ${next}`));
  const all = l10n.t('Show All Reasons');
  const says = l10n.t('Nothing was changed. {0} {1}', sentence(first.why), first.next);
  const tone = isSettled ? 'information' : 'warning';
  const pressed = await person.tell(tone, says, ...(reasons.size > 1 ? [all] : []));
  if (pressed === all) await person.show(Uri.parse(uri));
}

/** By whomever: the history says whether it was us. */
async function tellHealed({ person }: Context): Promise<void> {
  const history = l10n.t('Show History');
  const says = l10n.t('All of this is healed or gone. Nothing has to be done.');
  if ((await person.tell('information', says, history)) === history)
    await person.run(COMMANDS.showHistory);
}

/** What can be done while Codex runs is offered first. */
async function agreeToPart(
  context: Context,
  plan: PlanShown,
  now: PlanShown,
): Promise<'now' | 'all' | null> {
  const later = plan.repairs - now.repairs;
  const first = now.repairs === 1 ? l10n.t('Repair 1 Now') : l10n.t('Repair {0} Now', now.repairs);
  const all = l10n.t('All, Once Codex Is Closed');
  const rest =
    later === 1
      ? l10n.t('1 more repair needs Codex closed, and is asked about afterwards.')
      : l10n.t('{0} more repairs need Codex closed, and are asked about afterwards.', later);
  const terms = [termsOf(now), rest, holdersInWords(plan.holders)].join('\n\n');
  const answer = await agree(context, now, terms, [first, all]);
  if (answer === all) return 'all';
  return answer === first ? 'now' : null;
}

async function agreeAndCarryOut(context: Context, plan: PlanShown): Promise<void> {
  if (plan.elsewhere.some(({ programs }) => programs.length === 0))
    return agreeToLookAgain(context, plan);
  const waits = namesOfOpen(plan).length > 0;
  const yes = waits ? l10n.t('Wait for Codex, Then Go On') : verbOf(plan);
  const panel = hasPanelHere(context, plan) ? [l10n.t('Show the Codex Extension')] : [];
  const answer = await agree(context, plan, termsOf(plan), [yes, ...panel]);
  if (answer === yes) return carryOut(context, plan, null);
  if (answer !== undefined)
    await context.person.run('workbench.extensions.search', `@id:${CODEX_EXTENSION}`);
}

/** What is no open program does not end by waiting: somebody sees to it, and it is looked at again. */
async function agreeToLookAgain(context: Context, plan: PlanShown): Promise<void> {
  const again = l10n.t('Look Again');
  if ((await agree(context, plan, termsOf(plan), [again])) === again)
    await change(context, plan.wish);
}

function hasPanelHere(context: Context, { holders }: PlanShown): boolean {
  const isPanel = holders.some(
    ({ isOfThisWindow, terminal }) => isOfThisWindow && terminal === null,
  );
  return isPanel && hasCodexExtension(context);
}

/** A question covers the plan that it is about. Who reads that first goes on from its page. */
async function agree(
  { person }: Context,
  plan: PlanShown,
  terms: string,
  answers: readonly string[],
): Promise<string | undefined> {
  const uri = Uri.parse(plan.uri);
  await person.showBeside(uri);
  const read = l10n.t('Read the Plan First');
  const answer = await person.ask(questionOf(plan), terms, ...answers, read);
  if (answer !== read) return answer;
  await person.show(uri);
  return undefined;
}

/** `rest`: what is left to be asked about afterwards. */
async function carryOut(context: Context, plan: PlanShown, rest: Wish | null): Promise<void> {
  const { client, person } = context;
  const { wish, sha, needs } = plan;
  const waits = needs.includes('codex-stopped');
  let done: RepairDone;
  try {
    const work: Work<RepairDone> = (progress, token) => {
      const names = namesOfOpen(plan);
      if (names.length > 0) progress.report({ message: names.join(', ') });
      return client.carryOut('codexHealth/apply', { wish, sha, waits }, progress, token);
    };
    done = await person.follow(titleOf(plan), work, true);
  } catch (error) {
    return tellNotDone(context, wish, error);
  }
  await tellDone(context, plan, done, rest);
  await askAboutOldBackups(context);
}

/** Who is waited for, here and on other hosts. */
function namesOfOpen({ holders, elsewhere }: PlanShown): readonly string[] {
  return [
    ...holders.map(({ program, pid }) => `${program} (${String(pid)})`),
    ...elsewhere.flatMap(({ host, programs }) => programs.map(({ says }) => `${host}: ${says}`)),
  ];
}

function titleOf(plan: PlanShown): string {
  return namesOfOpen(plan).length > 0
    ? l10n.t('Waiting until Codex is closed, then repairing')
    : l10n.t('Changing Codex sessions');
}

async function tellDone(
  context: Context,
  plan: PlanShown,
  done: RepairDone,
  rest: Wish | null,
): Promise<void> {
  const { person } = context;
  const hosts = await confirmDone(context, plan.wish, done);
  const { tone, says, isPlain } = sayDone(plan, done, hosts);
  // The tree shows it, and a person has not been asked anything before.
  if (isPlain) return person.mention(says);
  const [goOn, open] = [l10n.t('The Rest…'), l10n.t('Open in Codex')];
  const ask = l10n.t('Ask the Hosts Again');
  const [takeBack, show] = [l10n.t('Undo'), l10n.t('Show')];
  const buttons = [
    ...(rest === null ? [] : [goOn]),
    ...(done.made === null ? [] : [open]),
    ...(hosts.every(({ answer }) => answer === 'yes') ? [] : [ask]),
    ...[takeBack, show],
  ];
  const pressed = await person.tell(tone, says, ...buttons);
  if (pressed === goOn && rest !== null) await change(context, rest);
  if (pressed === open && done.made !== null)
    await person.run(COMMANDS.openInCodex, Uri.parse(done.made));
  if (pressed === takeBack) await undo(context, done.receipt);
  if (pressed === ask) await tellDone(context, plan, done, rest);
  if (pressed === show) await person.show(outcomeUri(done, hosts));
}

/** Whatever stopped it, nothing stays half done: what was begun is taken back, at the latest by the next one. */
async function tellNotDone(context: Context, wish: Wish, error: unknown): Promise<void> {
  const { person } = context;
  const refused = refusalOf(error);
  if (refused?.refusal === 'stopped')
    return void (await person.tell('information', `${refused.says} ${refused.next}`));
  if (refused?.refusal === 'plan-changed') {
    const again = l10n.t('Plan Again');
    const pressed = await person.tell('warning', `${refused.says} ${refused.next}`, again);
    return pressed === again ? change(context, wish) : undefined;
  }
  if (refused !== null) throw error;
  const history = l10n.t('Show History');
  const says = isCancelled(error)
    ? l10n.t(
        'It was stopped. What had been begun is taken back; the history shows whether something is left of it.',
      )
    : l10n.t(
        'It could not be finished: {0}. What had been begun is taken back, at the latest before the next repair; the history shows it.',
        reasonOf(error),
      );
  const pressed = await person.tell(isCancelled(error) ? 'information' : 'error', says, history);
  if (pressed === history) await person.run(COMMANDS.showHistory);
}

/** What is left of a wish when a part of it is done. Findings that are healed are no longer there. */
export function restOf(wish: Wish, done: Wish): Wish {
  if (wish.kind === 'findings' && done.kind === 'findings')
    return { ...wish, findings: wish.findings.filter(one => !done.findings.includes(one)) };
  if ('threads' in wish && 'threads' in done && wish.threads !== null) {
    const left = wish.threads.filter(one => !(done.threads ?? []).includes(one));
    return { ...wish, threads: left };
  }
  return wish;
}
