import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Json } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { ownerIdOf } from '../coverage.ts';
import { makeFact } from '../fact.ts';
import { findResource, listOf, memberOf, ofType, resourceGroupOf, type Resources } from '../resources.ts';
import { flagAt, known, textAt, timeOf } from '../values.ts';
import { SESSION_HOST_TYPE } from './types.ts';

/** What the service says of each session host. The time of a heartbeat says something only beside the time it was read. */
export function sessionHostFacts(target: Target, resources: Resources): Fact[] {
  return ofType(resources, SESSION_HOST_TYPE).map((host) => sessionHostFact(target, resources, host));
}

function sessionHostFact(target: Target, resources: Resources, host: CloudResource): Fact {
  const unknown: Pointer[] = [];
  const { body } = host;
  const poolId = ownerIdOf(host);
  const pool = findResource(resources, poolId)?.name ?? poolId.slice(poolId.lastIndexOf('/') + 1);
  const heard = timeOf(body['lastHeartBeat']);
  const seen = target.collectedAt === undefined ? null : Date.parse(target.collectedAt);
  const silent = heard === null || seen === null ? null : Math.max(0, Math.floor((seen - heard) / 60_000));
  const failed = failedChecks(body['sessionHostHealthCheckResults']);
  return makeFact(target, {
    kind: 'azure.sessionHost',
    name: `${pool}/${host.name}`,
    resource: host,
    data: {
      name: host.name,
      hostPool: pool,
      resourceGroup: resourceGroupOf(host),
      status: textAt(body['status'], 'not-stated', '/status', unknown),
      updateState: textAt(body['updateState'], 'not-stated', '/updateState', unknown),
      agentVersion: textAt(body['agentVersion'], 'not-stated', '/agentVersion', unknown),
      allowNewSession: flagAt(body['allowNewSession'], true, '/allowNewSession', unknown),
      silentMinutes: known(silent, '/silentMinutes', unknown),
      failedChecks: failed,
    },
    unknown,
  });
}

function failedChecks(results: Json | undefined): string[] {
  return listOf(results).flatMap((result) => {
    const name = memberOf(result, 'healthCheckName');
    return memberOf(result, 'healthCheckResult') === 'HealthCheckFailed' && typeof name === 'string' ? [name.slice(0, 80)] : [];
  });
}
