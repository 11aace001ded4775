import { type CloudResource, isUnresolved } from '../../model/cloud-resource.ts';
import type { Fact } from '../../model/fact.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Target } from '../../model/target.ts';
import { POOL_PLACES, poolSettings } from './desktop/pool-settings.ts';
import { makeFact } from './fact.ts';
import { resourceGroupOf } from './resources.ts';
import { effectiveRdp, RDP_DEFAULTS } from '../../lib/rdp-properties.ts';

export function hostPoolFact(target: Target, resource: CloudResource, now: string): Fact {
  const unknown: Pointer[] = [];
  const declared = resource.body['customRdpProperty'];
  const rdp = rdpData(declared, unknown);
  const text = (name: string, byDefault: string | null): Json => textOf(resource.body[name], byDefault, `/${name}`, unknown);
  const data: JsonObject = {
    name: resource.name,
    resourceGroup: resourceGroupOf(resource),
    hostPoolType: text('hostPoolType', null),
    publicNetworkAccess: text('publicNetworkAccess', 'Enabled'),
    customRdpProperty: typeof declared === 'string' ? declared : '',
    rdp: rdp.values,
    declared: rdp.declared,
    sources: {
      rdp: Object.fromEntries(
        Object.entries(rdp.declared).map(([name, declared]) => [name, declared === null ? null : declared === true ? 'host pool' : 'default']),
      ),
    },
    ...poolSettings(resource, now, unknown),
  };
  const places = [...Object.keys(RDP_DEFAULTS).map((name) => `/rdp/${name}`), '/rdp', '/customRdpProperty'].map((at) => ({
    at,
    resource,
    pointer: '/customRdpProperty',
  }));
  const settings = Object.entries(POOL_PLACES).flatMap(([at, pointer]) => (resource.body[pointer.slice(1)] === undefined ? [] : [{ at, resource, pointer }]));
  const members = [...(declared === undefined || declared === null ? [] : places), ...accessMember(resource), ...settings];
  return makeFact(target, {
    kind: 'azure.hostPool',
    name: resource.name,
    resource,
    data,
    unknown,
    members,
  });
}

/** Whether a host pool or a workspace is reached over the Internet: one fact each, whichever it is. */
export function accessFact(target: Target, resource: CloudResource, part: 'host-pool' | 'workspace'): Fact {
  const unknown: Pointer[] = [];
  const data: JsonObject = {
    name: resource.name,
    resourceGroup: resourceGroupOf(resource),
    part,
    publicNetworkAccess: textOf(resource.body['publicNetworkAccess'], 'Enabled', '/publicNetworkAccess', unknown),
  };
  return makeFact(target, {
    kind: 'azure.desktopAccess',
    name: resource.name,
    resource,
    data,
    unknown,
    members: accessMember(resource),
  });
}

export function workspaceFact(target: Target, resource: CloudResource): Fact {
  const unknown: Pointer[] = [];
  const data: JsonObject = {
    name: resource.name,
    resourceGroup: resourceGroupOf(resource),
    publicNetworkAccess: textOf(resource.body['publicNetworkAccess'], 'Enabled', '/publicNetworkAccess', unknown),
  };
  return makeFact(target, {
    kind: 'azure.workspace',
    name: resource.name,
    resource,
    data,
    unknown,
    members: accessMember(resource),
  });
}

function accessMember(resource: CloudResource): { at: Pointer; resource: CloudResource; pointer: Pointer }[] {
  return resource.body['publicNetworkAccess'] === undefined ? [] : [{ at: '/publicNetworkAccess', resource, pointer: '/publicNetworkAccess' }];
}

/** Azure compares the values of an enum without case. */
const WORDS = ['Enabled', 'Disabled', 'EnabledForClientsOnly', 'EnabledForSessionHostsOnly', 'Pooled', 'Personal', 'BYODesktop'];

function textOf(value: Json | undefined, byDefault: string | null, at: Pointer, unknown: Pointer[]): Json {
  if (value === undefined || value === null || value === '') return byDefault ?? 'not-stated';
  if (typeof value === 'string') return WORDS.find((name) => name.toLowerCase() === value.toLowerCase()) ?? value;
  unknown.push(at);
  return null;
}

/** `null`, `''` and a missing property all mean that every default counts. */
function rdpData(declared: Json | undefined, unknown: Pointer[]): { values: JsonObject; declared: JsonObject } {
  if (isUnresolved(declared) || (declared !== undefined && declared !== null && typeof declared !== 'string')) {
    unknown.push('/rdp', '/declared', '/sources', '/customRdpProperty');
    const nulls = Object.fromEntries(Object.keys(RDP_DEFAULTS).map((name) => [name, null]));
    return { values: nulls, declared: nulls };
  }
  const effective = effectiveRdp(typeof declared === 'string' ? declared : '');
  for (const [name, value] of Object.entries(effective.values)) if (value === null) unknown.push(`/rdp/${name}`);
  return { values: effective.values, declared: effective.declared };
}
