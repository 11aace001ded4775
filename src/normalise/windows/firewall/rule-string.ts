import { readRegistryKey } from '../../../lib/snapshot-read.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import { isObject } from '../../../model/json.ts';
import { type Snapshot, UNREADABLE } from '../../../model/snapshot.ts';

const LOCAL_RULES = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules';
const POLICY_RULES = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\FirewallRules';

/** Where rules lie that an MDM has set (./Vendor/MSFT/Firewall/MdmStore/FirewallRules). */
const MDM_RULES = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\Mdm\\FirewallRules';

/** Rules as the registry keeps them, for a host whose ActiveStore nobody could read. Null when these were not read either. */
export function rulesFromRegistry(snapshot: Snapshot): readonly JsonObject[] | null {
  const local = readRegistryKey(snapshot, LOCAL_RULES);
  const managed = managedRules(snapshot);
  return local.known && managed !== null ? [...rowsOf(local.value, 'PersistentStore', 1), ...managed] : null;
}

/** What stands beside the rules of PersistentStore: those of Group Policy and of an MDM ([MS-FASP] FW_RULE_ORIGIN_TYPE). */
export function managedRules(snapshot: Snapshot): readonly JsonObject[] | null {
  const policy = readRegistryKey(snapshot, POLICY_RULES);
  const mdm = readRegistryKey(snapshot, MDM_RULES);
  return policy.known && mdm.known ? [...rowsOf(policy.value, 'Group Policy', 2), ...rowsOf(mdm.value, 'Mdm', 6)] : null;
}

function rowsOf(values: Json | undefined, store: string, type: number): JsonObject[] {
  if (!isObject(values)) return [];
  return Object.entries(values).map(([name, text]) => parseRuleString(name, typeof text === 'string' ? text : '', store, type));
}

/** Tokens that say nothing about which packets match. */
const IGNORED = new Set(['name', 'desc', 'embedctxt', 'skipver', 'defer']);
/** Tokens to columns; a token that repeats makes a list. */
const COLUMNS: Readonly<Record<string, string>> = {
  profile: 'Profiles',
  protocol: 'Protocol',
  lport: 'LocalPort',
  lport2_10: 'LocalPort',
  rport: 'RemotePort',
  rport2_10: 'RemotePort',
  la4: 'LocalAddress',
  la6: 'LocalAddress',
  ra4: 'RemoteAddress',
  ra6: 'RemoteAddress',
  ra42: 'RemoteAddress',
  ra62: 'RemoteAddress',
  app: 'Program',
  svc: 'Service',
  if: 'InterfaceAlias',
  iftype: 'InterfaceType',
  luauth: 'LocalUser',
  luown: 'Owner',
  apppkgid: 'Package',
  ruauth: 'RemoteUser',
  rmauth: 'RemoteMachine',
  embedctxt: 'RuleGroup',
};

/**
 * One rule of the registry: `v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|LPort=3389|…|` ([MS-GPFAS]
 * 2.2.2). A missing token means any; a token that is not known may narrow the rule, so its status is unknown.
 */
export function parseRuleString(name: string, text: string, store: string, storeType: number): JsonObject {
  const columns = new Map<string, string[]>();
  const flags = new Map<string, string>();
  let understood = /^v\d+\.\d+$/.test(text.slice(0, text.indexOf('|')));
  for (const token of text.split('|').slice(1)) {
    const at = token.indexOf('=');
    if (at < 1) continue;
    const key = token.slice(0, at).toLowerCase();
    const value = token.slice(at + 1);
    const column = Object.hasOwn(COLUMNS, key) ? COLUMNS[key] : undefined;
    if (column !== undefined) columns.set(column, [...(columns.get(column) ?? []), withFamily(key, value)]);
    else if (['action', 'active', 'dir', 'edge', 'security', 'security2', 'security2_9'].includes(key)) flags.set(key, value.toLowerCase());
    else if (!IGNORED.has(key)) understood = false;
  }
  const security = flags.get('security') ?? flags.get('security2') ?? flags.get('security2_9');
  return {
    InstanceID: name,
    RuleGroup: columns.get('RuleGroup')?.[0] ?? '',
    PolicyStoreSource: store,
    PolicyStoreSourceType: storeType,
    Enabled: flags.get('active') === 'true' ? 1 : flags.get('active') === 'false' ? 2 : null,
    Direction: flags.get('dir') === 'in' ? 1 : flags.get('dir') === 'out' ? 2 : null,
    Action: flags.get('action') === 'allow' ? 2 : flags.get('action') === 'bypass' ? 3 : flags.get('action') === 'block' ? 4 : null,
    EdgeTraversalPolicy: flags.get('edge') === 'true' ? 1 : 0,
    Authentication: security === undefined || security === 'notrequired' ? 0 : 1,
    OverrideBlockRules: flags.get('action') === 'bypass',
    PrimaryStatus: understood ? 1 : null,
    Profiles: [...(columns.get('Profiles') ?? ['Any'])],
    Protocol: columns.get('Protocol')?.[0] ?? 'Any',
    ...Object.fromEntries(
      ['LocalPort', 'RemotePort', 'LocalAddress', 'RemoteAddress', 'InterfaceType'].map((column) => [column, columns.get(column) ?? 'Any']),
    ),
    // The registry names interfaces by GUID, which no table shows.
    InterfaceAlias: columns.has('InterfaceAlias') ? UNREADABLE : 'Any',
    Program: columns.get('Program')?.[0] ?? 'Any',
    Service: columns.get('Service')?.[0] ?? 'Any',
    ...Object.fromEntries(['Owner', 'Package', 'LocalUser', 'RemoteUser', 'RemoteMachine'].map((column) => [column, columns.get(column)?.[0] ?? ''])),
  };
}

/** `RA42=IntErnet` is the keyword for IPv4, `RA62` for IPv6. */
function withFamily(key: string, value: string): string {
  return key === 'ra42' ? `${value}4` : key === 'ra62' ? `${value}6` : value;
}
