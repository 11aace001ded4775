import { rawEnum, rawInteger, rawText } from '../../../lib/raw.ts';
import { readRegistryValue, readRows, type Reading } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { EXPECTED_ROLES, type ExpectedRoles, TERM_SERVICE, type TermService, UPDATE_STATE, type UpdateState } from '../../../model/facts/windows-updates.ts';
import type { Json } from '../../../model/json.ts';
import type { KnownUpdates } from '../../../model/known-updates.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { hostFact, memberOf, numberOf } from '../drivers/parts.ts';
import { hasRole } from '../host-roles.ts';
import { buildOf, isHotpatched } from './build.ts';
import { certainOf, lackingOf } from './level.ts';

const POLICY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate';
const STARTS: Readonly<Record<number, string>> = { 2: 'automatic', 3: 'manual', 4: 'disabled' };

export function updateState(input: SnapshotInput, known: KnownUpdates | undefined, now: string): Fact {
  const off = numberOf(readRegistryValue(input.snapshot, `${POLICY}\\AU`, 'NoAutoUpdate'));
  const server = numberOf(readRegistryValue(input.snapshot, `${POLICY}\\AU`, 'UseWUServer'));
  const access = numberOf(readRegistryValue(input.snapshot, POLICY, 'DisableWindowsUpdateAccess'));
  const start = readRegistryValue(input.snapshot, 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\wuauserv', 'Start');
  const pausedUntil = textOf(readRegistryValue(input.snapshot, 'HKLM\\SOFTWARE\\Microsoft\\WindowsUpdate\\UX\\Settings', 'PauseUpdatesExpiryTime'));
  const data: UpdateState = {
    host: input.target.name,
    service: start.known ? (rawEnum(start.value, STARTS) ?? null) : null,
    unattended: unattendedOf(off, server),
    access: access === null ? null : access === 1 ? 'removed' : 'allowed',
    pausedUntil,
    paused: pausedUntil === null ? null : isLater(pausedUntil, input.snapshot.collectedAt),
    daysBehind: daysBehind(input, known, now),
    restartPending: either(flagOf(memberOf(input, 'updates.pending', 'ComponentServicing')), flagOf(memberOf(input, 'updates.pending', 'WindowsUpdate'))),
    fileRenames: rawInteger(memberOf(input, 'updates.pending', 'FileRenames')) ?? null,
  };
  return hostFact(input, UPDATE_STATE.kind, [], `update settings of ${input.target.name}`, data, {
    '/service': '/updates/service',
    '/unattended': '/updates/automaticUpdates',
    '/access': '/updates/access',
    '/pausedUntil': '/updates/pausedUntil',
    '/paused': '/updates/pausedUntil',
  });
}

/** Off is off only where no server of the organisation hands updates out. */
function unattendedOf(off: number | null | undefined, server: number | null | undefined): boolean | null {
  if (off === null) return server === 1 ? true : null;
  if (off !== 1) return true;
  return server === null ? null : server === 1;
}

function textOf(reading: Reading): string | null {
  return reading.known ? (rawText(reading.value) ?? '') : null;
}

/** Two times in ISO 8601; a text that is none is no pause. */
function isLater(text: string, than: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(at) && at > Date.parse(than);
}

const DAY = 86_400_000;

function daysBehind(input: SnapshotInput, known: KnownUpdates | undefined, now: string): number | null {
  const build = buildOf(input);
  const lacking = known === undefined ? undefined : lackingOf(known, build);
  if (lacking === undefined) return null;
  if (lacking.length === 0) return 0;
  const since = certainOf(lacking, isHotpatched(input, build))
    .map(({ published }) => published)
    .toSorted()[0];
  if (since === undefined) return null;
  return Math.max(0, Math.floor((Date.parse(now) - Date.parse(since)) / DAY));
}

function flagOf(value: Json | undefined): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

function either(a: boolean | null, b: boolean | null): boolean | null {
  if (a === true || b === true) return true;
  return a === null || b === null ? null : false;
}

/** Features behind the roles of an estate. */
const FEATURES: Readonly<Record<string, string>> = {
  'session-host': 'RDS-RD-Server',
  gateway: 'RDS-Gateway',
  broker: 'RDS-Connection-Broker',
  web: 'RDS-Web-Access',
  licensing: 'RDS-Licensing',
  'virtualization-host': 'RDS-Virtualization',
};

/** Null for a host that the estate gives no role of Remote Desktop Services. */
export function expectedRoles(input: SnapshotInput): Fact | null {
  const expected = (input.host?.roles ?? []).flatMap((role) => (Object.hasOwn(FEATURES, role) ? [FEATURES[role] ?? ''] : []));
  // A multi-session client is a session host without any feature.
  if (expected.length === 0 || buildOf(input).installation === 'client') return null;
  const isRead = readRows(input.snapshot, 'roles').state === 'read';
  const data: ExpectedRoles = {
    host: input.target.name,
    expected,
    missing: isRead ? expected.filter((feature) => hasRole(input, feature) === false) : null,
  };
  return hostFact(input, EXPECTED_ROLES.kind, [], `roles of ${input.target.name}`, data);
}

const SIGNATURES: Readonly<Record<number, string>> = {
  0: 'valid',
  1: 'error',
  2: 'not-signed',
  3: 'hash-mismatch',
  4: 'not-trusted',
  5: 'not-supported',
  6: 'incompatible',
};
const SIGNATURE_NAMES: Readonly<Record<string, string>> = {
  valid: 'valid',
  unknownerror: 'error',
  notsigned: 'not-signed',
  hashmismatch: 'hash-mismatch',
  nottrusted: 'not-trusted',
  notsupportedfileformat: 'not-supported',
  incompatible: 'incompatible',
};

export function termService(input: SnapshotInput): Fact {
  const library = rawText(memberOf(input, 'termService.library', 'ServiceDll'));
  const root = rawText(memberOf(input, 'termService.library', 'SystemRoot'));
  const status = memberOf(input, 'termService.library', 'SignatureStatus');
  const name = rawText(status)?.toLowerCase() ?? '';
  const data: TermService = {
    host: input.target.name,
    library: library ?? null,
    genuinePath: library === undefined ? null : isGenuine(library, root),
    signature: (Object.hasOwn(SIGNATURE_NAMES, name) ? SIGNATURE_NAMES[name] : rawEnum(status, SIGNATURES)) ?? null,
    wrapper: flagOf(memberOf(input, 'termService.library', 'WrapperFolder')),
  };
  return hostFact(input, TERM_SERVICE.kind, [], `Remote Desktop service of ${input.target.name}`, data);
}

/** The value is `%SystemRoot%\System32\termsrv.dll`, expanded or not, in any case. */
function isGenuine(library: string, root: string | undefined): boolean {
  const path = library.trim().toLowerCase().replaceAll('/', '\\');
  const roots = ['%systemroot%', '%windir%', ...(root === undefined ? ['c:\\windows'] : [root.trim().toLowerCase().replace(/\\$/, '')])];
  return roots.some((start) => path === `${start}\\system32\\termsrv.dll`);
}
