import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { ownerIdOf } from '../coverage.ts';
import { makeFact } from '../fact.ts';
import { findResource, listOf, memberOf, ofType, referenceOf, resourceGroupOf, type Resources } from '../resources.ts';
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
      status: known(textAt(body['status'], '', '/status', []) || null, '/status', unknown),
      updateState: textAt(body['updateState'], 'not-stated', '/updateState', unknown),
      agentVersion: textAt(body['agentVersion'], 'not-stated', '/agentVersion', unknown),
      allowNewSession: flagAt(body['allowNewSession'], true, '/allowNewSession', unknown),
      silentMinutes: known(silent, '/silentMinutes', unknown),
      failedChecks: failed,
      ...machineOf(body),
    },
    unknown,
  });
}

/** The machine that it is, for who knows the same machine otherwise. */
function machineOf(body: JsonObject): JsonObject {
  const reference = referenceOf(body['resourceId']);
  const vmId = body['virtualMachineId'];
  return { machineId: typeof reference === 'string' ? reference : null, vmId: typeof vmId === 'string' && vmId !== '' ? vmId.slice(0, 64) : null };
}

function failedChecks(results: Json | undefined): string[] {
  return listOf(results).flatMap((result) => {
    const name = memberOf(result, 'healthCheckName');
    return memberOf(result, 'healthCheckResult') === 'HealthCheckFailed' && typeof name === 'string' ? [name.slice(0, 80)] : [];
  });
}
