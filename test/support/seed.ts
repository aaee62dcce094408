// SEED makes property tests try the same inputs again; fast-check prints the seed of a failure.

import fc from 'fast-check';

const seed = process.env['SEED'];
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) });
