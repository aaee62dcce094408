// All checks, in the order in which a person reads them. An id that was published is never reused:
// a check that goes leaves its id here as a comment.

import type { Check } from './check.ts';
import threadRowMissing from './thread-row-missing.ts';

export const checks: readonly Check[] = [threadRowMissing];
