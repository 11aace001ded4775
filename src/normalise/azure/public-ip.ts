import { type Conditional, isUnresolved } from '../../model/cloud-resource.ts';
import type { Json } from '../../model/json.ts';
import { isThere } from './coverage.ts';
import { findResource, memberOf, referenceOf, type Resources } from './resources.ts';
import { isAbsent } from './values.ts';

/** What a SKU does with inbound packets where no group filters: Basic lets them in, Standard does not. Null: not known. */
export type OpenByDefault = boolean | null;

/** A missing SKU is Basic, the default of the API. */
export function openByDefault(sku: Json | undefined): OpenByDefault {
  if (isUnresolved(sku)) return null;
  const name = memberOf(sku, 'name');
  if (sku === undefined || sku === null || name === undefined || name === null || name === '') return true;
  return typeof name === 'string' ? name.toLowerCase() === 'basic' : null;
}

interface PublicAddress {
  readonly name: string;
  readonly open: OpenByDefault;
}

/** Of an instance of a scale set; its set's model says the SKU where it does not. */
const INSTANCE_ADDRESS = 'microsoft.compute/virtualmachinescalesets/virtualmachines/networkinterfaces/ipconfigurations/publicipaddresses';

/**
 * The public address of an ipConfiguration: null when it has none, and `unresolved` when that cannot be known. Where one is not
 * deployed although `from` is, which names it, one of the name that was there before stays, of a SKU that nobody sees.
 */
export function publicAddressOf(resources: Resources, node: Json, from: Conditional): PublicAddress | null | 'unresolved' {
  const model = memberOf(node, 'publicIPAddressConfiguration');
  if (isUnresolved(model)) return 'unresolved';
  if (model !== undefined && model !== null) {
    const name = memberOf(model, 'name');
    return {
      name: typeof name === 'string' ? name : 'public address',
      open: openByDefault(memberOf(model, 'sku')),
    };
  }
  const value = memberOf(node, 'publicIPAddress');
  const reference = referenceOf(value);
  if (typeof reference !== 'string') return reference.is === 'none' ? null : 'unresolved';
  const resource = findResource(resources, reference);
  return {
    name: resource?.name ?? reference.slice(reference.lastIndexOf('/') + 1),
    open:
      resource === null || resource.context || !isThere(resource, from) || (resource.type === INSTANCE_ADDRESS && isAbsent(resource.body['sku']))
        ? null
        : openByDefault(resource.body['sku']),
  };
}
