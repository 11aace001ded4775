import { UNRESOLVED } from '../../model/cloud-resource.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { canonicalId } from './ids.ts';
import { canonicalName, DATA_MAPS, type Names, PLURALS } from './names.ts';

/** Deeper values are not looked into: no resource of Azure nests like that. */
const MOST_DEPTH = 48;

/** What may stand in a `properties` bag that is unresolved as a whole: read as unresolved, so that silence is no answer. */
const HIDDEN =
  'access addressPrefix addressSpace applicationSecurityGroups backendAddressPool backendAddressPools backendIPConfiguration backendPort ' +
  'customRdpProperty defaultOutboundAccess destinationAddressPrefix destinationPortRange direction enableFloatingIP firewallPolicy ' +
  'frontendIPConfiguration frontendIPConfigurations hostPoolType inboundNatPools inboundNatRules ipConfigurations loadBalancerBackendAddressPools ' +
  'loadBalancerInboundNatRules loadBalancingRules natRuleCollections networkProfile networkSecurityGroup osProfile priority privateIPAddress ' +
  'protocol publicIPAddress publicNetworkAccess routes routeTable ruleCollectionGroups ruleCollections rules securityRules sourceAddressPrefix ' +
  'storageProfile subnet subnets translatedAddress translatedPort virtualMachineProfile virtualNetworkPeerings';
const HIDDEN_NAMES: readonly string[] = HIDDEN.split(' ');

type Members = Record<string, Json>;

/**
 * A resource, or any part of one, in canonical form: `properties` bags flattened away, names in Azure's spelling, ids of
 * references in lower case. A member's own value wins over one in the bag, unless it is empty.
 */
export function canonicalObject(source: JsonObject, names: Names, depth = 0): JsonObject {
  const out: Members = {};
  let bag = copyMembers(out, source, names, depth, false);
  for (let level = 0; bag !== undefined && level < MOST_DEPTH; level++) {
    if (bag === UNRESOLVED) {
      for (const name of HIDDEN_NAMES) if (!Object.hasOwn(out, name)) out[name] = UNRESOLVED;
      break;
    }
    bag = copyMembers(out, bag, names, depth, true);
  }
  const id = out['id'];
  // A reference; what has a name is a child that states its own id, which nobody compares.
  if (typeof id === 'string' && out['name'] === undefined) out['id'] = canonicalId(id);
  return out;
}

/** Copies all members but the `properties` bag, which it returns. */
function copyMembers(out: Members, source: JsonObject, names: Names, depth: number, fill: boolean): JsonObject | undefined {
  let bag: JsonObject | undefined;
  for (const key of Object.keys(source)) {
    const name = canonicalName(names, key);
    const value = source[key] as Json;
    if (name === 'properties' && isObject(value)) bag ??= value;
    else if (typeof value !== 'object' || value === null) {
      if ((name === key && !fill && !Object.hasOwn(out, name)) || (name !== '' && isFree(out, name))) out[name] = value;
    } else if (Array.isArray(value)) putList(out, name, canonicalValue(value as readonly Json[], names, depth + 1));
    else if (name !== '' && isFree(out, name)) out[name] = DATA_MAPS.has(name) ? value : canonicalValue(value, names, depth + 1);
  }
  return bag;
}

function putList(out: Members, name: string, value: Json): void {
  if (name === '') return;
  const plural = PLURALS.get(name) ?? name;
  if (isFree(out, plural)) out[plural] = value;
}

/** Nothing stands there yet, or nothing that says anything. */
function isFree(out: Members, name: string): boolean {
  if (!Object.hasOwn(out, name)) return true;
  const value = out[name];
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function canonicalValue(value: Json, names: Names, depth: number): Json {
  if (typeof value !== 'object' || value === null || value === UNRESOLVED) return value;
  if (depth > MOST_DEPTH) return UNRESOLVED;
  if (!Array.isArray(value)) return canonicalObject(value as JsonObject, names, depth);
  const list = value as readonly Json[];
  if (list.every((item) => typeof item !== 'object' || item === null)) return list;
  return list.map((item) => canonicalValue(item, names, depth + 1));
}
