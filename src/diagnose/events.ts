import type { JsonObject } from '../model/json.ts';

/** One event of the channels of Remote Desktop Services: a row of the section `events.remoteDesktop`. */
interface Event {
  readonly channel: string;
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly session: number | null;
  readonly reason: number | null;
}

/** What the events of a host say of the ways that its connections went. */
export interface EventSummary {
  /** Times of the first and the last event, ISO 8601 UTC. */
  readonly from: string;
  readonly to: string;
  /** Connections that reached the listener (261). */
  readonly reached: number;
  /** Of them those after which nobody got past authentication (1149) within a minute. */
  readonly stoppedBefore: number;
  /** Users who got past authentication (1149). */
  readonly authenticated: number;
  /** Of them those after which no session was there (21, 25) within two minutes. */
  readonly withoutSession: number;
  /** Sessions that ended (24, 40) within half a minute of their logon (21). */
  readonly endedAtOnce: number;
  /** Disconnects by their extended reason (40), and the last time of each. */
  readonly reasons: ReadonlyMap<number, { readonly count: number; readonly last: string }>;
}

const SESSIONS = /localsessionmanager\/operational$/i;
const CONNECTIONS = /remoteconnectionmanager\/operational$/i;
const MINUTE = 60_000;

/** Counts what happened in order of time; null where there is no event at all. */
export function summarise(rows: readonly JsonObject[]): EventSummary | null {
  const events = rows.flatMap((row) => eventOf(row) ?? []).toSorted((a, b) => a.at - b.at);
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) return null;
  const sessions = events.filter((event) => SESSIONS.test(event.channel));
  const connections = events.filter((event) => CONNECTIONS.test(event.channel));
  const reached = connections.filter((event) => event.id === 261);
  const authenticated = connections.filter((event) => event.id === 1149);
  const logons = sessions.filter((event) => event.id === 21);
  const begun = sessions.filter((event) => event.id === 21 || event.id === 25);
  const ends = sessions.filter((event) => event.id === 24 || event.id === 40);
  return {
    from: timeOf(first),
    to: timeOf(last),
    reached: reached.length,
    stoppedBefore: unanswered(reached, authenticated, MINUTE),
    authenticated: authenticated.length,
    withoutSession: unanswered(authenticated, begun, 2 * MINUTE),
    endedAtOnce: logons.length - unanswered(logons, ends, MINUTE / 2, (logon, end) => logon.session !== null && logon.session === end.session),
    reasons: reasonsOf(sessions),
  };
}

function eventOf(row: JsonObject): Event | null {
  const { Channel: channel, Id: id, TimeCreated: time, Session: session, Reason: reason } = row;
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (typeof channel !== 'string' || typeof id !== 'number' || Number.isNaN(at)) return null;
  return { channel, id, at, session: typeof session === 'number' ? session : null, reason: typeof reason === 'number' ? reason : null };
}

/** How many events have no answer within a time; each answer counts once, both lists are in order. */
function unanswered(asked: readonly Event[], answers: readonly Event[], within: number, belongs?: (event: Event, answer: Event) => boolean): number {
  const waiting: Event[] = [];
  const left = new Set(asked);
  let next = 0;
  for (const answer of answers) {
    for (; next < asked.length && (asked[next]?.at ?? 0) <= answer.at; next++) waiting.push(asked[next] as Event);
    while (waiting[0] !== undefined && answer.at - waiting[0].at > within) waiting.shift();
    const place = belongs === undefined ? 0 : waiting.findIndex((event) => belongs(event, answer));
    const [answered] = place < 0 ? [] : waiting.splice(place, 1);
    if (answered !== undefined) left.delete(answered);
  }
  return left.size;
}

function reasonsOf(sessions: readonly Event[]): EventSummary['reasons'] {
  const reasons = new Map<number, { count: number; last: string }>();
  for (const event of sessions) {
    if (event.id !== 40 || event.reason === null) continue;
    reasons.set(event.reason, { count: (reasons.get(event.reason)?.count ?? 0) + 1, last: timeOf(event) });
  }
  return reasons;
}

function timeOf(event: Event): string {
  return new Date(event.at).toISOString().replace('.000Z', 'Z');
}
