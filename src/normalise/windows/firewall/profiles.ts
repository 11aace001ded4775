import { rawEnum, rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import { readRegistryKey, readRegistryValue, readRows } from '../../../lib/snapshot-read.ts';
import { type Json, type JsonObject, member } from '../../../model/json.ts';
import type { Snapshot } from '../../../model/snapshot.ts';
import type { Profile } from './rules.ts';
import { not, type Tri } from './tri.ts';

/** What counts on one profile. Null is what could not be read. */
export interface ProfileState {
  readonly enabled: Tri;
  readonly defaultInbound: 'allow' | 'block' | null;
  /** False: shields up, every allow rule is ignored. */
  readonly allowInbound: Tri;
  /** False: only rules of Group Policy count. */
  readonly allowLocalRules: Tri;
  readonly allowLocalIPsecRules: Tri;
  /** Lower-cased aliases of interfaces that are not filtered; null is unknown. */
  readonly excluded: readonly string[] | null;
}

export interface FirewallProfiles {
  readonly states: Readonly<Record<Profile, ProfileState>>;
  /** Nothing about any profile could be read. */
  readonly unread: boolean;
  /** The rows are of the store PersistentStore, which holds no Group Policy. */
  readonly wrongStore: boolean;
}

const GPO_BOOLEAN = { 0: 'False', 1: 'True', 2: 'NotConfigured' } as const;
const ACTION = { 0: 'NotConfigured', 2: 'Allow', 4: 'Block' } as const;
const POLICY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall';
const LOCAL = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy';
/** The local key of the private profile kept its old name. */
const LOCAL_KEY = {
  Domain: 'DomainProfile',
  Private: 'StandardProfile',
  Public: 'PublicProfile',
} as const;

/** A row that names a value wins; what it leaves NotConfigured is looked up in the registry, then is Windows's default. */
export function readProfiles(snapshot: Snapshot): FirewallProfiles {
  const table = readRows(snapshot, 'firewall.profiles');
  const rows = table.state === 'read' ? table.rows : [];
  const registry = readRegistryKey(snapshot, `${POLICY}\\DomainProfile`).known || readRegistryKey(snapshot, `${LOCAL}\\DomainProfile`).known;
  const wrongStore = rows.some(isPersistent);
  const state = (profile: Profile): ProfileState =>
    profileState(
      snapshot,
      profile,
      rows.find((row) => nameOf(row) === profile.toLowerCase()),
      wrongStore,
    );
  return {
    states: { Domain: state('Domain'), Private: state('Private'), Public: state('Public') },
    unread: rows.length === 0 && !registry,
    wrongStore,
  };
}

function nameOf(row: JsonObject): string | undefined {
  return rawText(member(row, 'Name') ?? member(row, 'Profile'))
    ?.trim()
    .toLowerCase();
}

/** ActiveStore resolves every value; NotConfigured is only seen in PersistentStore. */
function isPersistent(row: JsonObject): boolean {
  return rawEnum(member(row, 'DefaultInboundAction'), ACTION) === 'NotConfigured' || flag(member(row, 'AllowInboundRules')) === 'NotConfigured';
}

function flag(raw: Json | undefined): 'True' | 'False' | 'NotConfigured' | undefined {
  return rawEnum(raw, GPO_BOOLEAN);
}

/** Values that only policy sets; one beside the rules of the host is ignored: [MS-FASP] 2.2.38, [MS-GPFAS] 2.2.3.13 and 2.2.3.14. */
const POLICY_ALONE = ['AllowLocalPolicyMerge', 'AllowLocalIPsecPolicyMerge'];

/** `gpoFirst`: the rows are of PersistentStore, which is what the host itself says, so policy wins over them. */
function profileState(snapshot: Snapshot, profile: Profile, row: JsonObject | undefined, gpoFirst: boolean): ProfileState {
  const value = (column: string, name: string, whenAbsent: boolean, whenOne: boolean): Tri => {
    const named = row === undefined ? undefined : flag(member(row, column));
    const fromRow = named === 'True' ? true : named === 'False' ? false : undefined;
    if (fromRow !== undefined && !gpoFirst) return fromRow;
    if (row !== undefined && named === undefined && Object.hasOwn(row, column)) return null;
    const policyAlone = POLICY_ALONE.includes(name);
    const written = registryFlag(snapshot, profile, name, policyAlone || gpoFirst);
    if (written !== undefined) return written === null ? null : written === whenOne;
    if (policyAlone && gpoFirst) return whenAbsent;
    return fromRow ?? (row === undefined || named === 'NotConfigured' ? whenAbsent : null);
  };
  return {
    enabled: value('Enabled', 'EnableFirewall', true, true),
    defaultInbound: defaultInbound(snapshot, profile, row, gpoFirst),
    allowInbound: value('AllowInboundRules', 'DoNotAllowExceptions', true, false),
    allowLocalRules: value('AllowLocalFirewallRules', 'AllowLocalPolicyMerge', true, true),
    allowLocalIPsecRules: value('AllowLocalIPsecRules', 'AllowLocalIPsecPolicyMerge', true, true),
    excluded: excluded(snapshot, profile, row, gpoFirst),
  };
}

function defaultInbound(snapshot: Snapshot, profile: Profile, row: JsonObject | undefined, gpoFirst: boolean): ProfileState['defaultInbound'] {
  const named = row === undefined ? undefined : rawEnum(member(row, 'DefaultInboundAction'), ACTION);
  const fromRow = named === 'Allow' ? 'allow' : named === 'Block' ? 'block' : undefined;
  if (fromRow !== undefined && !gpoFirst) return fromRow;
  if (row !== undefined && named === undefined) return null;
  // [MS-GPFAS] 2.2.3.17: 0 lets traffic in, 1 blocks it.
  const written = registryFlag(snapshot, profile, 'DefaultInboundAction', gpoFirst);
  if (written === undefined) return fromRow ?? 'block';
  return written === null ? null : written ? 'block' : 'allow';
}

/**
 * Policy, its older key, then (unless only policy is asked for) the local key. Undefined: nowhere set. Null: not readable.
 * Which store wins over that of an MDM is not documented, so one that says something else leaves it open.
 */
function registryFlag(snapshot: Snapshot, profile: Profile, name: string, policyOnly: boolean): Tri | undefined {
  const policy = firstFlag(snapshot, [`${POLICY}\\${profile}Profile`, ...legacyKeys(snapshot, profile, name)], name);
  if (policy === null) return null;
  const mdm = mdmKeys(profile).map((key) => firstFlag(snapshot, [key], name));
  if (policy === undefined && mdm.includes(null)) return null;
  const counts = policy ?? (policyOnly ? undefined : firstFlag(snapshot, [`${LOCAL}\\${LOCAL_KEY[profile]}`], name));
  return mdm.some((flag) => typeof flag === 'boolean' && flag !== counts) ? null : counts;
}

function firstFlag(snapshot: Snapshot, keys: readonly string[], name: string): Tri | undefined {
  for (const key of keys) {
    const reading = readRegistryValue(snapshot, key, name);
    if (!reading.known) return null;
    if (reading.value !== undefined) {
      const number = rawInteger(reading.value);
      return number === undefined ? null : number !== 0;
    }
  }
  return undefined;
}

/** Which of the two is that of private networks is not documented either. */
function mdmKeys(profile: Profile): readonly string[] {
  return (profile === 'Domain' ? ['DomainProfile'] : ['StandardProfile', 'PublicProfile']).map((key) => `${LOCAL}\\Mdm\\${key}`);
}

/**
 * The key StandardProfile of older policies holds for private and public networks, but only while neither of their own keys
 * exists, and never these values: [MS-GPFAS] 2.2.3.
 */
const NOT_IN_LEGACY_KEY = ['AllowLocalPolicyMerge', 'AllowLocalIPsecPolicyMerge', 'DefaultInboundAction'];

function legacyKeys(snapshot: Snapshot, profile: Profile, name: string): readonly string[] {
  if (profile === 'Domain' || NOT_IN_LEGACY_KEY.includes(name)) return [];
  const keys = [readRegistryKey(snapshot, `${POLICY}\\PrivateProfile`), readRegistryKey(snapshot, `${POLICY}\\PublicProfile`)];
  return keys.every((key) => key.known && key.value === undefined) ? [`${POLICY}\\StandardProfile`] : [];
}

/** Null is none in ActiveStore; the literal NotConfigured is no alias. */
function excluded(snapshot: Snapshot, profile: Profile, row: JsonObject | undefined, gpoFirst: boolean): readonly string[] | null {
  const policy = [`${POLICY}\\${profile}Profile`, ...mdmKeys(profile)];
  const raw = row === undefined ? undefined : member(row, 'DisabledInterfaceAliases');
  if (raw === undefined) return noneExcluded(snapshot, [...policy, `${LOCAL}\\${LOCAL_KEY[profile]}`]) ? [] : null;
  const aliases = rawList(raw).map((item) => rawText(item)?.trim().toLowerCase());
  if (!aliases.every((alias) => alias !== undefined) || (gpoFirst && !noneExcluded(snapshot, policy))) return null;
  return aliases.filter((alias) => alias !== '' && alias !== 'notconfigured');
}

/** The registry names interfaces by GUID, which the tables do not show: any one is unknown. */
function noneExcluded(snapshot: Snapshot, keys: readonly string[]): boolean {
  const places = keys.map((key) => readRegistryValue(snapshot, key, 'DisabledInterfaces'));
  return places.every((place) => place.known && (place.value === undefined || rawList(place.value).length === 0));
}

/** Shields up: whether or not the default action is to allow, everything that comes in is blocked ([MS-FASP] 2.2.38). */
export function shieldsUp(state: ProfileState): Tri {
  return not(state.allowInbound);
}
