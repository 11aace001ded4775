import { type CloudResource, isUnresolved } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import { isObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { holdsAll, isThere } from '../coverage.ts';
import { HOST_POOL_TYPE } from './types.ts';
import { makeFact } from '../fact.ts';
import { ofType, resourceGroupOf, type Resources } from '../resources.ts';
import { allOf, anyOf, flagAt, known } from '../values.ts';

/** How the host pools of an input share the service's updates: one fact, at the first pool that it is about. */
export function ringFact(target: Target, resources: Resources): Fact[] {
  const pools = ofType(resources, HOST_POOL_TYPE).filter((pool) => !pool.context);
  const [first] = pools;
  if (first === undefined) return [];
  const unknown: Pointer[] = [];
  const validation = pools.map((pool) => ({ pool, on: flagAt(pool.body['validationEnvironment'], false, '', []), production: isProduction(pool) }));
  const judged = validation.map(({ pool, on, production }) => ({ pool, wrong: allOf([on, production, isCertain(pool, pools) ? true : null]) }));
  const wrong = judged.filter((one) => one.wrong === true).map(({ pool }) => pool);
  const unsure = wrong.length === 0 && judged.some((one) => one.wrong === null);
  const has = anyOf([
    ...validation.map(({ pool, on }) => (on === true && !isCertain(pool, pools) ? null : on)),
    holdsAll(resources, HOST_POOL_TYPE) ? false : null,
  ]);
  return [
    makeFact(target, {
      kind: 'azure.validationRing',
      name: 'validation host pools',
      resource: wrong[0] ?? first,
      data: {
        pools: pools.length,
        resourceGroup: resourceGroupOf(wrong[0] ?? first),
        hasValidationPool: known(has, '/hasValidationPool', unknown),
        productionOnValidation: known(unsure ? null : wrong.map(({ name }) => name), '/productionOnValidation', unknown),
      },
      unknown,
    }),
  ];
}

/** Whether it is there whenever one of the others is. */
function isCertain(pool: CloudResource, pools: readonly CloudResource[]): boolean {
  return pools.every((other) => isThere(pool, other));
}

/** By a tag `environment`, `env` or `stage` whose value begins with `prod`. */
function isProduction(pool: CloudResource): boolean | null {
  const tags = pool.body['tags'];
  if (isUnresolved(tags)) return null;
  const values = isObject(tags) ? Object.entries(tags).filter(([name]) => /^(?:environment|env|stage)$/i.test(name)) : [];
  return anyOf(values.map(([, value]) => (isUnresolved(value) ? null : typeof value === 'string' && /^prod/i.test(value))));
}
