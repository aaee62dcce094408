// The small words of the model. A flavoured string takes any plain string, and refuses a string
// of another flavour: no casts where data comes in, a type error where two kinds are mixed up.

/** The id of a thread: a UUID in lower case, or whatever a damaged home says in its place. */
export type ThreadId = string & { readonly flavour?: 'ThreadId' };

/** An absolute path on the machine that was scanned. */
export type FilePath = string & { readonly flavour?: 'FilePath' };

/** A path below the home, with `/` between its parts on every system. */
export type HomePath = string & { readonly flavour?: 'HomePath' };

/** What survives a trip through JSON. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** An answer that may not be had; "unknown" is never shown as a "no". */
export type Answer = boolean | 'unknown';
