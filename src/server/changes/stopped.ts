// Whether a repair was stopped in the middle, for who draws the list: they do not wait for it, since backups may
// lie on a disk that answers slowly or not at all. What was known last is said, and when it is otherwise the
// editor is told to ask again.

type Look = () => Promise<string | null>;

/**
 * Another window may be in the middle of a repair that looks as if it had been stopped; and when it comes to
 * its end, nothing changes that is watched.
 */
const AGAIN_MS = 5000;

/** `settings`: what was known under other ones, of another home or other backups, is nothing any more. */
export function createStopped(
  look: Look,
  tellChanged: () => void,
): (settings: object) => string | null {
  let known: string | null = null;
  let under: object | null = null;
  let isLooking = false;
  let isAskedAgain = false;
  let timer: NodeJS.Timeout | undefined;

  /** Never twice at a time; what was asked meanwhile may be about something newer. */
  const lookBehind = async () => {
    isAskedAgain = isLooking;
    if (isLooking) return;
    isLooking = true;
    clearTimeout(timer);
    const asked = under;
    const now = await look();
    isLooking = false;
    if (isAskedAgain) void lookBehind();
    else if (now !== null) timer = setTimeout(() => void lookBehind(), AGAIN_MS).unref();
    if (asked !== under || now === known) return;
    known = now;
    tellChanged();
  };

  return settings => {
    if (settings !== under) known = null;
    under = settings;
    void lookBehind();
    return known;
  };
}
