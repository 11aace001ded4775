import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import type { Identity } from '../cloud/declared.ts';
import { isHidden } from './values.ts';

/**
 * Ids of resources that do not exist yet are unknown in a preview, but the engine says what each input depends on. Where an
 * input depends on one resource of the type that a reference asks for, that is the one.
 */
export interface Dependencies {
  /** Ids of a type (lower-cased) that a top-level input depends on. */
  readonly of: (input: string, type: string) => readonly string[];
  /** The id of the one resource that a top-level input depends on, whatever its type; undefined for none or several. */
  readonly only: (input: string) => string | undefined;
  readonly any: boolean;
}

export function dependenciesOf(state: JsonObject, identify: (urn: string) => Identity | undefined): Dependencies {
  const byInput = member(state, 'propertyDependencies');
  return {
    any: isObject(byInput),
    only: (input) => {
      const urns = member(byInput, input);
      const [urn] = Array.isArray(urns) ? (urns as readonly Json[]) : [];
      return typeof urn === 'string' && Array.isArray(urns) && urns.length === 1 ? (identify(urn)?.id ?? otherId(urn)) : undefined;
    },
    of: (input, type) => {
      const urns = member(byInput, input);
      if (!Array.isArray(urns)) return [];
      const ids = new Set<string>();
      for (const urn of urns as readonly Json[]) {
        const found = typeof urn === 'string' ? identify(urn) : undefined;
        if (found?.type === type) ids.add(found.id);
      }
      return [...ids];
    },
  };
}

/** A resource of a type that is not looked at: nothing is known of it but that it is there. */
function otherId(urn: string): string | undefined {
  const [, , types = '', ...name] = urn.split('::');
  const [provider, module, type] = types.slice(types.lastIndexOf('$') + 1).split(':');
  if (provider !== 'azure-native' || module === undefined || type === undefined) return undefined;
  return `microsoft.${module}/${type}/${name.join('::').replaceAll('/', ':')}`.toLowerCase();
}

/**
 * Top-level inputs that are an id in plain text, and of which no more is asked than whether they are there: a part of what they
 * depend on would be as good an answer.
 */
const PLAIN: readonly string[] = ['dataCollectionRuleId', 'workspaceId', 'storageAccountId'];

/** Members that hold `{ id }`, or lists of it, by the type that they refer to. */
const REFERENCES: ReadonlyMap<string, string> = new Map([
  ['networkSecurityGroup', 'microsoft.network/networksecuritygroups'],
  ['subnet', 'microsoft.network/virtualnetworks/subnets'],
  ['publicIPAddress', 'microsoft.network/publicipaddresses'],
  ['publicIPPrefix', 'microsoft.network/publicipprefixes'],
  ['routeTable', 'microsoft.network/routetables'],
  ['natGateway', 'microsoft.network/natgateways'],
  ['firewallPolicy', 'microsoft.network/firewallpolicies'],
  ['remoteVirtualNetwork', 'microsoft.network/virtualnetworks'],
  ['networkInterfaces', 'microsoft.network/networkinterfaces'],
  ['applicationSecurityGroups', 'microsoft.network/applicationsecuritygroups'],
  ['loadBalancerBackendAddressPools', 'microsoft.network/loadbalancers/backendaddresspools'],
  ['loadBalancerInboundNatRules', 'microsoft.network/loadbalancers/inboundnatrules'],
]);
const MAX_DEPTH = 24;

/** The inputs with the ids that their dependencies tell. */
export function withReferences(inputs: JsonObject, dependencies: Dependencies): JsonObject {
  if (!dependencies.any) return inputs;
  let changed: Record<string, Json> | undefined;
  for (const input of PLAIN) {
    const id = Object.hasOwn(inputs, input) && isHidden(inputs[input]) ? dependencies.only(input) : undefined;
    if (id !== undefined) (changed ??= { ...inputs })[input] = id;
  }
  for (const input of Object.keys(inputs)) {
    const before = inputs[input] as Json;
    if (typeof before !== 'object' || before === null || input === '__proto__') continue;
    const after = replaced(before, input, (type) => dependencies.of(input, type), 0);
    if (after !== before) (changed ??= { ...inputs })[input] = after;
  }
  return changed ?? inputs;
}

function replaced(value: Json, name: string, idsOf: (type: string) => readonly string[], depth: number): Json {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) {
    const list = (value as readonly Json[]).map((item) => replaced(item, name, idsOf, depth + 1));
    return list.every((item, index) => item === value[index]) ? value : list;
  }
  const object = value as JsonObject;
  const type = REFERENCES.get(name);
  if (type !== undefined && isHidden(member(object, 'id'))) {
    const ids = idsOf(type);
    return ids.length === 1 && ids[0] !== undefined ? { ...object, id: ids[0] } : value;
  }
  let changed: Record<string, Json> | undefined;
  for (const key of Object.keys(object)) {
    const before = object[key] as Json;
    const after = key === '__proto__' ? before : replaced(before, key, idsOf, depth + 1);
    if (after !== before) (changed ??= { ...object })[key] = after;
  }
  return changed ?? value;
}
