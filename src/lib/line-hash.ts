/**
 * GitHub's `primaryLocationLineHash`: for each line, the hash of the 100 characters that follow its start, blanks left
 * out, and how many lines so far have the same hash. A 64-bit polynomial, h = Σ c·37^(99−k), over UTF-16 code units; CR LF
 * and CR count as LF; the text is followed by the unit 65535 and zeros. A byte order mark counts, so the text must still
 * have it.
 *
 * Counting equal hashes needs every line of the file, but a 32-bit hash is enough to say that two lines differ: the loop
 * over the file keeps the low half only, and the whole hash is made for the lines that are asked for and their rivals.
 */
export function lineHashes(text: string, lines: ReadonlySet<number>): Map<number, string> {
  const asked = [...lines].filter((line) => line >= 1).sort((a, b) => a - b);
  const hashes = new Map<number, string>();
  if (asked.length === 0) return hashes;
  const { low, starts, count } = lowHashes(text, asked.at(-1) ?? 0);

  const rivals = new Set<number>();
  for (const line of asked) if (line <= count) rivals.add(low[line - 1] ?? 0);
  const seen = new Map<string, number>();
  for (let line = 1; line <= count; line++) {
    if (!rivals.has(low[line - 1] ?? 0)) continue;
    const hash = hashAt(text, starts[line - 1] ?? 0);
    const occurrence = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, occurrence);
    if (lines.has(line)) hashes.set(line, `${hash}:${occurrence}`);
  }
  return hashes;
}

/** How many characters of a line, and of those that follow it, are in its hash. */
export const WINDOW = 100;
const FACTOR = 37;
const END_OF_TEXT = 65535;
const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;

/** 37^100 modulo 2^32. */
const WINDOW_WEIGHT = Array.from({ length: WINDOW }).reduce<number>((weight) => Math.imul(weight, FACTOR), 1);

interface LowHashes {
  /** Low 32 bits of the hash of each of the first `count` lines. */
  readonly low: Int32Array;
  /** Offset of the first unit that counts, of each line. */
  readonly starts: Uint32Array;
  readonly count: number;
}

interface Roll extends LowHashes {
  /** How many units had been kept before each line. */
  readonly keptBefore: Uint32Array;
  /** Lines whose hash is complete. */
  count: number;
  /** Lines that have begun. */
  begun: number;
  kept: number;
  prefix: number;
  atStart: boolean;
  afterCr: boolean;
}

/**
 * Low halves up to `lastLine`. With p the hash of everything so far, a line's hash is p(100 units on) − 37^100·p(its
 * start): no window has to be remembered.
 */
function lowHashes(text: string, lastLine: number): LowHashes {
  // A line has at least one unit, so no more than a window's worth of lines begin before the last one's hash is complete.
  const size = Math.min(lastLine, text.length + 1) + WINDOW + 2;
  const roll: Roll = {
    low: new Int32Array(size),
    starts: new Uint32Array(size),
    keptBefore: new Uint32Array(size),
    count: 0,
    begun: 0,
    kept: 0,
    prefix: 0,
    atStart: true,
    afterCr: false,
  };
  advance(roll, text, 0, lastLine);
  if (roll.count < lastLine) advance(roll, String.fromCharCode(END_OF_TEXT) + '\0'.repeat(WINDOW), text.length, lastLine);
  return roll;
}

function advance(roll: Roll, text: string, base: number, lastLine: number): void {
  const { low, starts, keptBefore } = roll;
  let { count, begun, kept, prefix, atStart, afterCr } = roll;
  let due = count < begun ? (keptBefore[count] ?? 0) + WINDOW : -1;
  for (let at = 0; at < text.length; at++) {
    let unit = text.charCodeAt(at);
    if (unit <= SPACE) {
      if (unit === SPACE || unit === TAB || (afterCr && unit === LF)) {
        afterCr = false;
        continue;
      }
      afterCr = unit === CR;
      if (afterCr) unit = LF;
    } else afterCr = false;
    if (kept === due) {
      low[count] = (prefix - Math.imul(WINDOW_WEIGHT, low[count] ?? 0)) | 0;
      count++;
      if (count === lastLine) break;
      due = count < begun ? (keptBefore[count] ?? 0) + WINDOW : -1;
    }
    if (atStart) {
      if (due === -1) due = kept + WINDOW;
      starts[begun] = base + at;
      keptBefore[begun] = kept;
      low[begun++] = prefix;
      atStart = false;
    }
    if (unit === LF) atStart = true;
    prefix = (Math.imul(prefix, FACTOR) + unit) | 0;
    kept++;
  }
  Object.assign(roll, { count, begun, kept, prefix, atStart, afterCr });
}

/** The whole 64-bit hash of a line, given the offset of its first unit that counts; as hexadecimal. */
function hashAt(text: string, start: number): string {
  let high = 0;
  let low = 0;
  let taken = 0;
  let afterCr = false;
  for (let at = start; taken < WINDOW; at++) {
    let unit = at < text.length ? text.charCodeAt(at) : at === text.length ? END_OF_TEXT : 0;
    if (at < text.length) {
      if (unit === SPACE || unit === TAB || (afterCr && unit === LF)) {
        afterCr = false;
        continue;
      }
      afterCr = unit === CR;
      if (afterCr) unit = LF;
    }
    // h·37 + unit: both halves stay below 2^53.
    const product = low * FACTOR + unit;
    low = product % 0x100000000;
    high = (high * FACTOR + Math.floor(product / 0x100000000)) % 0x100000000;
    taken++;
  }
  return high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, '0');
}
