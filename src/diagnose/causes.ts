import type { Stage } from './code.ts';
import type { EventSummary } from './events.ts';

/** Something on the host that may lie behind a code, and what would speak for it. */
export interface Cause {
  readonly id: string;
  readonly title: string;
  /** The stages that it can end a connection in. */
  readonly stages: readonly Stage[];
  /** Extended codes that it fits alone; without any, all of its stages. */
  readonly extended?: readonly number[];
  /** Extended codes of its stages that say something else. */
  readonly notExtended?: readonly number[];
  /** Ids of policies, or `FAM-*`, whose findings on the host speak for it. */
  readonly policies: readonly string[];
  /** What the events say for it, as a sentence. */
  readonly events?: (events: EventSummary) => string | null;
}

const RIGHTS = 9;
const FIPS = 8;
const MEMORY = 6;
const DRIVER = [0x0f, 0x10, 0x11, 0x12];
/** Codes of the session's stage that name their cause themselves. */
const NAMED = [MEMORY, FIPS, RIGHTS, ...DRIVER];

/** In the order in which they are shown when nothing else tells them apart. No page divides code 7: these are inferences. */
export const CAUSES: readonly Cause[] = [
  {
    id: 'draining',
    title: 'The host is draining, or takes no new logons',
    stages: ['session', 'broker'],
    notExtended: NAMED,
    policies: ['COL-009', 'CONN-006'],
    events: withoutSession,
  },
  {
    id: 'limit',
    title: 'A limit on connections is too low',
    stages: ['session'],
    notExtended: NAMED,
    policies: ['CONN-008', 'GW-011'],
    events: withoutSession,
  },
  {
    id: 'graphics',
    title: 'The display of a session does not start',
    stages: ['session'],
    notExtended: [MEMORY, FIPS, RIGHTS],
    policies: ['DISP-*', 'DRV-002'],
    events: (events) =>
      events.endedAtOnce > 0 ? `${times(events.endedAtOnce, 'session')} ended within half a minute of the logon (21, then 24 or 40).` : null,
  },
  {
    id: 'update',
    title: 'An update with a known fault, one that waits for a restart, or a changed termsrv.dll',
    stages: ['session', 'security', 'broker', 'authentication'],
    notExtended: [MEMORY, FIPS, RIGHTS],
    policies: ['UPD-001', 'UPD-004', 'UPD-006', 'UPD-007'],
  },
  {
    id: 'services',
    title: 'A service that Remote Desktop needs is not running',
    stages: ['session', 'transport', 'broker'],
    notExtended: NAMED,
    policies: ['CONN-002'],
  },
  {
    id: 'rights',
    title: 'The user lacks a right, or is not let into the collection',
    stages: ['session'],
    extended: [RIGHTS],
    policies: ['PERM-*', 'COL-005'],
  },
  { id: 'fips', title: 'Client and host disagree on FIPS', stages: ['security', 'session'], extended: [FIPS], policies: ['AUTH-003', 'AUTH-016', 'COL-003'] },
  { id: 'licensing', title: 'Licensing does not work', stages: ['licensing'], policies: ['LIC-*'] },
  {
    id: 'authentication',
    title: 'What authentication needs is missing or contradicts itself',
    stages: ['authentication'],
    policies: ['AUTH-006', 'AUTH-014', 'AUTH-015', 'PERM-006', 'PERM-003', 'CONN-009', 'DNS-008', 'DNS-010'],
    events: stoppedBefore,
  },
  {
    id: 'certificate',
    title: 'The certificate or TLS of the listener or the gateway is at fault',
    stages: ['security'],
    policies: ['CERT-001', 'CERT-002', 'CERT-003', 'CERT-004', 'CERT-006', 'CERT-009', 'CERT-013', 'AUTH-012', 'END-*'],
    events: stoppedBefore,
  },
  {
    id: 'listener',
    title: 'The listener is off, elsewhere, or taken by another program',
    stages: ['transport'],
    policies: ['CONN-001', 'CONN-003', 'CONN-004', 'CONN-005', 'FW-009'],
  },
  {
    id: 'firewall',
    title: 'The firewall of the host does not let the connection in',
    stages: ['transport'],
    policies: ['FW-003', 'FW-006', 'FW-007', 'FW-008', 'FW-012', 'FW-018'],
  },
  { id: 'name', title: 'The name does not lead to the host', stages: ['name', 'broker'], policies: ['DNS-*', 'CERT-011'] },
  { id: 'broker', title: 'The broker and the hosts do not agree', stages: ['broker'], policies: ['COL-004', 'COL-009', 'COL-010', 'COL-015'] },
  { id: 'limits', title: 'A limit on sessions that is set', stages: ['ended'], extended: [3, 4], policies: ['SESS-*', 'COL-007', 'COL-008'] },
];

function withoutSession(events: EventSummary): string | null {
  return events.withoutSession > 0
    ? `${times(events.withoutSession, 'user')} got past authentication (1149), and no session followed (21 or 25) within two minutes.`
    : null;
}

function stoppedBefore(events: EventSummary): string | null {
  return events.stoppedBefore > 0
    ? `${times(events.stoppedBefore, 'connection')} reached the listener (261), and nobody got past authentication (1149) within a minute.`
    : null;
}

export function times(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
