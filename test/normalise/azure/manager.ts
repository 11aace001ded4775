import type { CloudResource } from '../../../src/model/cloud-resource.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { idOf } from './build.ts';
import { child } from './estate.ts';

const MANAGER = 'Microsoft.Network/networkManagers';

/** A resource below the network manager `m`: types and names in turn. */
export function below(path: string, body: JsonObject, more: Partial<CloudResource> = {}): CloudResource {
  const parts = path.split('/');
  const made = child(MANAGER, ['m', ...parts.slice(0, -2)].join('/'), parts.at(-2) ?? '', parts.at(-1) ?? '', body);
  const types = parts.filter((_, index) => index % 2 === 0);
  return { ...made, type: [MANAGER, ...types].join('/').toLowerCase(), ...more };
}

export const CONFIGURATION = 'securityAdminConfigurations/c';
export const COLLECTION = `${CONFIGURATION}/ruleCollections/k`;
export const groupId = (name: string): string => `/${String(idOf(MANAGER, 'm', 'networkGroups', name)['id'])}`;

export const configuration = (more: Partial<CloudResource> = {}): CloudResource => below(CONFIGURATION, {}, more);
export const collection = (groups: readonly string[], more: Partial<CloudResource> = {}): CloudResource =>
  below(COLLECTION, { appliesToGroups: groups.map((name) => ({ networkGroupId: groupId(name) })) }, more);
export const group = (name: string): CloudResource => below(`networkGroups/${name}`, { memberType: 'VirtualNetwork' });
export const member = (name: string, network: string): CloudResource =>
  below(`networkGroups/${name}/staticMembers/${network}`, { resourceId: `/${String(idOf('Microsoft.Network/virtualNetworks', network)['id'])}` });

export function adminRule(name: string, over: JsonObject = {}): CloudResource {
  return below(`${COLLECTION}/rules/${name}`, {
    access: 'Deny',
    direction: 'Inbound',
    priority: 10,
    protocol: 'Tcp',
    sources: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }],
    destinations: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }],
    sourcePortRanges: ['0-65535'],
    destinationPortRanges: ['3389'],
    ...over,
  });
}
