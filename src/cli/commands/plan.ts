import type { Command, Context } from '../command.ts';
import { choiceOf, chosenWords } from '../choosing.ts';
import { DONE, FINDINGS } from '../exitCodes.ts';
import { inJson } from '../render/reportJson.ts';
import { renderChoices } from '../render/choices.ts';
import { planJson, renderPlan } from '../render/plan.ts';

export const plan: Command = {
  name: 'plan',
  summary: 'What a repair would do, step by step. Changes nothing.',
  usage: ['plan [--all] [--full] [--json]', 'plan [FINDING…] [--check ID…] [--cure ID] [--to DIR]'],
  details: `Shows what \`codex-health apply\` would do with the same words behind it, and does nothing of
it. Without such words it is a plan for everything that can be repaired without loss; what has to be
chosen is named below it. With \`--full\`, or for
findings that you name, every single step is shown.

FINDING is the id of a finding as \`codex-health scan --json\` shows it, or the beginning of one. With
\`--to DIR\` the threads of these findings work in DIR, which has taken the place of their directory.`,
  options: ['check', 'all', 'cure', 'to', 'full'],
  run: runPlan,
};

async function runPlan(context: Context): Promise<number> {
  const { repairs, given, operands, out, page, typed, vault } = context;
  const report = await context.scan();
  const choice = choiceOf(report, context);
  const made = await repairs.plan(report, choice, vault);
  if (given.has('json')) out(inJson(planJson(made)));
  else {
    const all = choice.findings === 'all' ? report : null;
    out(renderPlan(made, { page, typed, all, isWhole: given.has('full') || operands.length > 0 }));
    if (made.units.length > 0)
      out(`\n${page.paint.dim(`To do it: ${typed(`apply ${chosenWords(context)}`)}`)}\n`);
    if (all !== null) out(renderChoices(all, context));
  }
  return made.refused.length > 0 ? FINDINGS : DONE;
}
