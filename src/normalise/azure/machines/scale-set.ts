import { type CloudResource, isUnresolved, UNRESOLVED } from '../../../model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { memberOf, ofType, type Resources } from '../resources.ts';
import { isAbsent } from '../values.ts';
import { SCALE_SET_TYPE } from '../scale-set-nics.ts';
import { type Extensions, profileExtensionsOf } from './extensions.ts';

export const SCALE_SET_EXTENSION_TYPE = `${SCALE_SET_TYPE}/extensions`;
const PROFILE: Pointer = '/virtualMachineProfile';

type Orchestration = 'single' | 'uniform' | 'flexible';

/** A machine, or the model from which a scale set makes its instances. */
export interface MachineModel {
  readonly resource: CloudResource;
  /** The same with the members of the model where a machine has its own. */
  readonly model: CloudResource;
  /** Where these stand in the resource. */
  readonly below: Pointer;
  /** Null when it is unresolved. */
  readonly orchestration: Orchestration | null;
  readonly extensions: Extensions;
}

/**
 * Scale sets of the input that have a model. A flexible one may have none: its instances are then made one by one, as ordinary
 * machines (https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-orchestration-modes).
 */
export function modelsOf(resources: Resources): MachineModel[] {
  return ofType(resources, SCALE_SET_TYPE).flatMap((resource): MachineModel[] => {
    const profile = resource.body['virtualMachineProfile'];
    if (resource.context || isAbsent(profile)) return [];
    return [
      {
        resource,
        model: { ...resource, body: modelBody(resource, profile) },
        below: PROFILE,
        orchestration: orchestrationOf(resource.body['orchestrationMode']),
        extensions: profileExtensionsOf(resources, resource, SCALE_SET_EXTENSION_TYPE, `${PROFILE}/extensionProfile/extensions`),
      },
    ];
  });
}

/** Identity and tags are the set's own; the rest is the model's. */
function modelBody({ body }: CloudResource, profile: Json): JsonObject {
  const own = { ...('identity' in body ? { identity: body['identity'] ?? null } : {}), ...('tags' in body ? { tags: body['tags'] ?? null } : {}) };
  if (isUnresolved(profile)) return { osProfile: UNRESOLVED, securityProfile: UNRESOLVED, storageProfile: UNRESOLVED, userData: UNRESOLVED, ...own };
  const parts = ['osProfile', 'securityProfile', 'storageProfile', 'userData'].map((name) => [name, memberOf(profile, name) ?? null] as const);
  return { ...Object.fromEntries(parts), ...own };
}

/** Who writes no mode to Azure Resource Manager gets a uniform set. */
function orchestrationOf(value: Json | undefined): Orchestration | null {
  if (isAbsent(value)) return 'uniform';
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  return word === 'uniform' || word === 'flexible' ? word : null;
}
