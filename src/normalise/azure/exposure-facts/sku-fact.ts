import type { Fact } from '../../../model/fact.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { makeFact } from '../fact.ts';
import { memberOf, ofType, resourceGroupOf, type Resources } from '../resources.ts';
import { wordAt } from '../values.ts';

const PARTS = [
  ['microsoft.network/publicipaddresses', 'public-address'],
  ['microsoft.network/loadbalancers', 'load-balancer'],
] as const;

/** The SKU of each public address and load balancer; Basic where none is stated, the default of the API. */
export function skuFacts(target: Target, resources: Resources): Fact[] {
  return PARTS.flatMap(([type, part]) =>
    ofType(resources, type).flatMap((resource) => {
      if (resource.context) return [];
      const unknown: Pointer[] = [];
      return makeFact(target, {
        kind: 'azure.networkSku',
        name: resource.name,
        resource,
        data: {
          name: resource.name,
          resourceGroup: resourceGroupOf(resource),
          part,
          sku: wordAt(memberOf(resource.body['sku'], 'name'), ['Basic', 'Standard', 'StandardV2', 'Gateway'], 'Basic', '/sku', unknown),
        },
        unknown,
        members: [{ at: '/sku', resource, pointer: '/sku' }],
      });
    }),
  );
}
