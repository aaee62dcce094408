// Numbers and times as people read them.

export function bytesInWords(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 10 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit] ?? ''}`;
}

/** Without the machine's time zone, so that a record reads the same everywhere. */
export function timeInWords(milliseconds: number): string {
  const time = new Date(milliseconds);
  if (milliseconds === 0 || Number.isNaN(time.getTime())) return 'unknown';
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function yesOrNo(answer: boolean): string {
  return answer ? 'yes' : 'no';
}

export function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}
