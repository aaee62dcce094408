// For the test of the runner: a suite in which no test is.

export {};
