import { expandKey, placeholdersOfArea, type RegistryRead, registryReads, withMappedNames } from '../../lib/settings.ts';
import type { Area } from '../../model/setting.ts';

/** What a collector is asked for. `nonce` is missing in the request that lies beside the collectors for use by hand. */
export interface CollectorRequest {
  readonly nonce?: string;
  readonly kind: 'windows-host' | 'rds-deployment';
  /** The target's name in the estate; null: the host's own. */
  readonly name: string | null;
  /** Null: every section. */
  readonly sections: readonly string[] | null;
  readonly registry: readonly RegistryRead[];
  /** Display names; null: every collection. */
  readonly collections: readonly string[] | null;
  readonly limits: CollectorLimits;
}

export interface CollectorLimits {
  readonly sectionRows: number;
  /** Characters of one value. */
  readonly textLength: number;
  readonly totalBytes: number;
  readonly sectionSeconds: number;
}

export const LIMITS: CollectorLimits = { sectionRows: 20_000, textLength: 65_536, totalBytes: 67_108_864, sectionSeconds: 60 };

const POLICIES = 'HKLM\\SOFTWARE\\Policies\\Microsoft';
const WINSTATIONS = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\*';
const FIREWALL = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy';

/** What facts are made of besides settings: rules as the registry keeps them, ports, how updates are set. */
const MORE: readonly RegistryRead[] = [
  ...['DomainProfile', 'PrivateProfile', 'StandardProfile', 'PublicProfile'].flatMap((profile) =>
    [`${POLICIES}\\WindowsFirewall\\${profile}`, `${FIREWALL}\\${profile}`].flatMap((key) => [key, `${key}\\Logging`]).map((key) => ({ key, name: null })),
  ),
  { key: `${POLICIES}\\WindowsFirewall\\FirewallRules`, name: null },
  { key: `${FIREWALL}\\FirewallRules`, name: null },
  ...['DomainProfile', 'StandardProfile', 'PublicProfile', 'FirewallRules'].map((key) => ({ key: `${FIREWALL}\\Mdm\\${key}`, name: null })),
  { key: WINSTATIONS, name: 'PortNumber' },
  { key: WINSTATIONS, name: 'fEnableWinStation' },
  { key: `${POLICIES}\\Windows NT\\Terminal Services`, name: 'LicenseServers' },
  { key: `${POLICIES}\\Windows NT\\Terminal Services`, name: 'fPreventLicenseUpgrade' },
  { key: `${POLICIES}\\Windows NT\\Terminal Services`, name: 'TrustedCertThumbprints' },
  { key: `${POLICIES}\\Windows\\DeviceInstall\\Restrictions`, name: null },
  { key: `${POLICIES}\\Windows\\WindowsUpdate`, name: 'DisableWindowsUpdateAccess' },
  { key: `${POLICIES}\\Windows\\WindowsUpdate\\AU`, name: 'NoAutoUpdate' },
  { key: `${POLICIES}\\Windows\\WindowsUpdate\\AU`, name: 'UseWUServer' },
  { key: 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\wuauserv', name: 'Start' },
  { key: 'HKLM\\SOFTWARE\\Microsoft\\WindowsUpdate\\UX\\Settings', name: 'PauseUpdatesExpiryTime' },
  { key: 'HKLM\\SOFTWARE\\Microsoft\\Enrollments\\*', name: 'ProviderID' },
  { key: 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Update\\TargetingInfo\\DynamicInstalled\\Hotpatch.amd64', name: 'Name' },
  { key: 'HKLM\\SOFTWARE\\Microsoft\\PolicyManager\\current\\device\\Update', name: 'AllowRebootlessUpdates' },
];

/**
 * Registry values that a collector reads for the settings of these areas, in order. Names that an area fixes are filled in; a
 * name that only the host knows (a listener) is the step `*`: every sub-key.
 */
export function registryRequest(areas: readonly Area[]): RegistryRead[] {
  const catalogue = areas.filter((area) => area.target === 'windows-host').flatMap((area) => registryReads(area).flatMap((read) => filledIn(area, read)));
  const reads = new Map([...catalogue, ...MORE].map((read) => [`${read.key}\0${read.name === null ? '' : `=${read.name}`}`.toLowerCase(), read]));
  // What reads a key as a whole reads its values.
  const whole = new Set([...reads.values()].filter((read) => read.name === null).map((read) => read.key.toLowerCase()));
  return [...reads.entries()]
    .filter(([, read]) => read.name === null || !whole.has(read.key.toLowerCase()))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { key, name }]) => ({ key, name }));
}

function filledIn(area: Area, read: RegistryRead): RegistryRead[] {
  const placeholder = placeholdersOfArea(area).at(-1);
  const fixed = area.instances?.fixed;
  const keys =
    fixed === undefined || placeholder === undefined
      ? [read.key]
      : fixed.flatMap((name) => expandKey(read.key, withMappedNames(area, { [placeholder]: name })) ?? []);
  // A step that is a placeholder still, as a whole, is any sub-key; a part of a step cannot be asked for.
  return keys.map((key) => ({ key: key.replaceAll(/(?<=\\)\{\w+\}(?=\\|$)/g, '*'), name: read.name })).filter(({ key }) => !key.includes('{'));
}

/** The request of one target. */
export function collectorRequest(
  target: Pick<CollectorRequest, 'kind' | 'name'> & { readonly nonce?: string; readonly collections?: readonly string[] | null },
  registry: readonly RegistryRead[],
  limits: CollectorLimits = LIMITS,
): CollectorRequest {
  const { nonce, kind, name, collections = null } = target;
  return { ...(nonce === undefined ? {} : { nonce }), kind, name, sections: null, registry: kind === 'windows-host' ? registry : [], collections, limits };
}
