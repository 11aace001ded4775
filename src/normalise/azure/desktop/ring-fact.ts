import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import { isObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { holdsAll } from '../coverage.ts';
import { HOST_POOL_TYPE } from './types.ts';
import { makeFact } from '../fact.ts';
import { ofType, resourceGroupOf, type Resources } from '../resources.ts';
import { anyOf, flagAt, known } from '../values.ts';

/** How the host pools of an input share the service's updates: one fact, at the first pool that it is about. */
export function ringFact(target: Target, resources: Resources): Fact[] {
  const pools = ofType(resources, HOST_POOL_TYPE).filter((pool) => !pool.context);
  const [first] = pools;
  if (first === undefined) return [];
  const unknown: Pointer[] = [];
  const validation = pools.map((pool) => ({ pool, on: flagAt(pool.body['validationEnvironment'], false, '', []), production: isProduction(pool) }));
  const wrong = validation.filter(({ on, production }) => on === true && production);
  const unsure = validation.some(({ on, production }) => on === null && production);
  const has = anyOf([...validation.map(({ on }) => on), holdsAll(resources, HOST_POOL_TYPE) ? false : null]);
  if (unsure) unknown.push('/productionOnValidation');
  return [
    makeFact(target, {
      kind: 'azure.validationRing',
      name: 'validation host pools',
      resource: wrong[0]?.pool ?? first,
      data: {
        pools: pools.length,
        resourceGroup: resourceGroupOf(wrong[0]?.pool ?? first),
        hasValidationPool: known(has, '/hasValidationPool', unknown),
        productionOnValidation: unsure ? null : wrong.map(({ pool }) => pool.name),
      },
      unknown,
    }),
  ];
}

/** By a tag `environment`, `env` or `stage` whose value begins with `prod`. */
function isProduction(pool: CloudResource): boolean {
  const tags = pool.body['tags'];
  return (
    isObject(tags) &&
    Object.entries(tags).some(([name, value]) => /^(?:environment|env|stage)$/i.test(name) && typeof value === 'string' && /^prod/i.test(value))
  );
}
