import { type Check, counted } from './doctor-check.ts';

/** A host whose clock differs by more is worth a word; Kerberos refuses at five minutes. */
const WORTH_A_WORD = 60;

/** How many seconds a host's clock is ahead of this one's (behind: negative). Between asking and the answer anything is right. */
export function skewOf(collectedAt: string, asked: number, answered: number): number {
  const there = Date.parse(collectedAt);
  // The host gives whole seconds.
  if (there + 1000 < asked) return Math.round((there - asked) / 1000);
  return there > answered ? Math.round((there - answered) / 1000) : 0;
}

export function isSkewed(seconds: number): boolean {
  return Math.abs(seconds) > WORTH_A_WORD;
}

export function skewNote(seconds: number): string {
  const size = Math.abs(seconds);
  const shown =
    size < 7200
      ? counted(Math.round(size / 60), 'minute')
      : size < 172_800
        ? counted(Math.round(size / 3600), 'hour')
        : counted(Math.round(size / 86_400), 'day');
  return `Its clock is ${shown} ${seconds > 0 ? 'ahead of' : 'behind'} the one here; Kerberos refuses five minutes and more.`;
}

/** Where most hosts differ in the same way, it is this machine that is wrong. */
export function ownClock(skews: readonly number[], now: string): Check {
  const [ahead, behind] = [skews.filter((skew) => skew > 0 && isSkewed(skew)).length, skews.filter((skew) => skew < 0 && isSkewed(skew)).length];
  const base = { about: 'machine', name: 'clock', target: null, over: null, unread: [], notes: [] } as const;
  const most = Math.max(ahead, behind);
  if (most >= 2 && most * 2 > skews.length) {
    const said = `${now}: ${ahead > behind ? 'behind' : 'ahead of'} the clocks of ${most} of ${counted(skews.length, 'host')}`;
    return { ...base, status: 'warning', said, todo: 'Set the clock of this machine; ages of snapshots and certificates are judged by it.' };
  }
  return { ...base, status: 'ok', said: now, todo: null };
}
