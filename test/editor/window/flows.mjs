// All flows through the window, in the order in which they are played.

import { chinese } from './flows/chinese.mjs';
import { crash } from './flows/crash.mjs';
import { healing } from './flows/healing.mjs';
import { holding } from './flows/holding.mjs';
import { hosts } from './flows/hosts.mjs';
import { manyThreads } from './flows/manyThreads.mjs';
import { homeAppears, noHome } from './flows/noHome.mjs';
import { sample } from './flows/sample.mjs';
import { turn } from './flows/turn.mjs';
import { twoWindows } from './flows/twoWindows.mjs';
import { walkthrough } from './flows/walkthrough.mjs';
import { noFolder, untrusted } from './flows/workspaces.mjs';

export const flows = [
  ...[sample, healing, holding, twoWindows, turn, crash, manyThreads],
  hosts,
  ...[noHome, homeAppears, noFolder, untrusted, walkthrough, chinese],
];
