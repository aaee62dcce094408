// The suites, in their order. Loading this file is what declares the tests to mocha.

import './commands.ts';
import './problems.ts';
import './treeItems.ts';
import './view.ts';
import './serverProcess.ts';
