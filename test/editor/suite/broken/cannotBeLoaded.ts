// For the test of the runner: the suite throws before any test is declared, so that no result is left.

throw new Error('as it shall');
