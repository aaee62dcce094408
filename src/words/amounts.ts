// Numbers, sizes and times as people say them.

/** A whole number. The language's own formatter takes thirty milliseconds to be made, in each run. */
export function inWords(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 thread`, `2 threads`. */
export function count(number: number, noun: string): string {
  return `${inWords(number)} ${noun}${number === 1 ? '' : 's'}`;
}

export function bytesInWords(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(unit === 0 || value >= 10 ? 0 : 1)} ${units[unit] ?? ''}`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long before another moment something was; empty when nobody knows. */
export function ageInWords(thenMs: number, nowMs: number): string {
  if (!isTime(thenMs)) return '';
  const age = nowMs - thenMs;
  // Clocks of machines that share a home differ a little.
  if (age < -DAY) return 'in the future';
  if (age < MINUTE) return 'just now';
  if (age < HOUR) return ago(age / MINUTE, 'minute');
  if (age < DAY) return ago(age / HOUR, 'hour');
  if (age < 14 * DAY) return ago(age / DAY, 'day');
  if (age < 60 * DAY) return ago(age / (7 * DAY), 'week');
  if (age < 730 * DAY) return ago(age / (30.44 * DAY), 'month');
  return ago(age / (365.25 * DAY), 'year');
}

function ago(amount: number, unit: string): string {
  return `${count(Math.floor(amount), unit)} ago`;
}

/** A moment as scripts read it; null when nobody knows, or a damaged row says what is none. */
export function isoTime(milliseconds: number): string | null {
  return isTime(milliseconds) ? new Date(milliseconds).toISOString() : null;
}

function isTime(milliseconds: number): boolean {
  return milliseconds !== 0 && Number.isFinite(milliseconds) && Math.abs(milliseconds) <= 8.64e15;
}

/** Without the machine's time zone, so that a record reads the same everywhere. */
export function timeInWords(milliseconds: number): string {
  const iso = isoTime(milliseconds);
  return iso === null ? 'unknown' : `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

export function yesOrNo(answer: boolean): string {
  return answer ? 'yes' : 'no';
}

/** A path as its owner writes it. */
export function withTilde(path: string, userHome: string): string {
  if (path === userHome) return '~';
  const isBelow = path.startsWith(`${userHome}/`) || path.startsWith(`${userHome}\\`);
  return isBelow && userHome.length > 1 ? `~${path.slice(userHome.length)}` : path;
}
