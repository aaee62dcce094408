// Every kind of step has a handler: one without does not compile.

import type { Step, StepKind } from '../../model/plan.ts';
import { askHandler } from './ask.ts';
import { block } from './block.ts';
import { create } from './create.ts';
import { edit } from './edit.ts';
import { link } from './link.ts';
import { move } from './move.ts';
import { rows } from './rows.ts';
import type { StepHandler } from './step.ts';

const handlers: { readonly [K in StepKind]: StepHandler<Extract<Step, { kind: K }>> } = {
  rows,
  edit,
  move,
  create,
  link,
  block,
  ask: askHandler(handlerOf),
};

export function handlerOf(step: Step): StepHandler<Step> {
  return handlers[step.kind] as StepHandler<Step>;
}
