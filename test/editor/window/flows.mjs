// All flows through the window, in the order in which they are played.

import { chinese } from './flows/chinese.mjs';
import { crash } from './flows/crash.mjs';
import { healing } from './flows/healing.mjs';
import { holding } from './flows/holding.mjs';
import { manyThreads } from './flows/manyThreads.mjs';
import { homeAppears, noHome } from './flows/noHome.mjs';
import { sample } from './flows/sample.mjs';
import { turn } from './flows/turn.mjs';
import { walkthrough } from './flows/walkthrough.mjs';

export const flows = [sample, noHome, crash, manyThreads, chinese];

/** What they show is not in the product yet. They are played by name: look.mjs OUTDIR --flow NAME. */
export const awaited = [homeAppears, turn, healing, holding, walkthrough];
