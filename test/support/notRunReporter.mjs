// Names the tests that this machine could not run: they are not counted as passed, and nobody
// shall think that they were.

export default class NotRunReporter {
  onTestRunEnd(modules) {
    for (const module of modules)
      for (const test of module.children.allTests('skipped')) {
        const { note } = test.result();
        console.log(`NOT RUN: ${test.fullName}${note === undefined ? '' : ` (${note})`}`);
      }
  }
}
