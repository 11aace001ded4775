import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { plainId } from '../coverage.ts';
import { makeFact, type Member } from '../fact.ts';
import { operatingSystemOf } from '../operating-system.ts';
import { memberOf, ofType, resourceGroupOf, type Resources } from '../resources.ts';
import { anyOf, known, textAt } from '../values.ts';
import {
  AZURE_MONITOR_AGENT,
  DEFENDER,
  DISK_ENCRYPTION,
  ENTRA_SIGN_IN,
  extensionsOf,
  hasDiskEncryption,
  hasExtension,
  LOG_ANALYTICS_AGENT,
  MACHINE_CONFIGURATION,
  seenExtensions,
} from './extensions.ts';
import { defenderPlan } from './defender-plan.ts';
import { imageData } from './image.ts';
import { membershipOf } from './pool.ts';
import { hasCollectionRule, jitData, publicRdpOf } from './protection.ts';
import { type MachineModel, modelsOf } from './scale-set.ts';
import { identityData, patchData, securityData } from './security.ts';

export const MACHINE_TYPE = 'microsoft.compute/virtualmachines';
export const EXTENSION_TYPE = `${MACHINE_TYPE}/extensions`;

/** One fact for each virtual machine and scale set of the input. `paths` are its facts about ways to machines. */
export function machineFacts(target: Target, resources: Resources, paths: readonly Fact[], now: string): Fact[] {
  const machines = ofType(resources, MACHINE_TYPE).filter((machine) => !machine.context);
  const sets = modelsOf(resources);
  if (machines.length === 0 && sets.length === 0) return [];
  const publicRdp = publicRdpOf(paths);
  return [
    ...machines.map((machine) => machineFact(target, resources, singleMachine(resources, machine), publicRdp.get(plainId(machine)), now)),
    ...sets.map((set) => machineFact(target, resources, set, publicRdp.get(plainId(set.resource)), now)),
  ];
}

function singleMachine(resources: Resources, machine: CloudResource): MachineModel {
  return { resource: machine, model: machine, below: '', orchestration: 'single', extensions: extensionsOf(resources, machine, EXTENSION_TYPE) };
}

function machineFact(target: Target, resources: Resources, machine: MachineModel, publicRdp: boolean | null | undefined, now: string): Fact {
  const unknown: Pointer[] = [];
  const { resource, model, extensions, orchestration } = machine;
  const system = operatingSystemOf(model.body);
  const data: JsonObject = {
    name: resource.name,
    resourceGroup: resourceGroupOf(resource),
    orchestration: known(orchestration, '/orchestration', unknown),
    operatingSystem: known(system === 'not-stated' ? null : system, '/operatingSystem', unknown),
    ...membershipOf(resources, resource, extensions, unknown),
    ...securityData(model, unknown),
    ...patchData(model, unknown),
    ...identityData(model, unknown),
    ...extensionData(resources, machine, unknown),
    image: imageData(resources, model, now, unknown),
    localAdministrator: textAt(memberOf(model.body['osProfile'], 'adminUsername'), 'not-stated', '/localAdministrator', unknown)?.toLowerCase() ?? null,
    publicRdp: known(publicRdp === undefined ? false : publicRdp, '/publicRdp', unknown),
    // Policies of just-in-time access list machines, never scale sets.
    jit: orchestration === 'single' ? jitData(resources, resource, unknown) : { listed: false, hours: 0, anySource: false },
  };
  return makeFact(target, { kind: 'azure.virtualMachine', name: resource.name, resource, data, unknown, members: membersOf(machine) });
}

function extensionData(resources: Resources, { resource, extensions, orchestration }: MachineModel, unknown: Pointer[]): JsonObject {
  // The plan covers machines and flexible scale sets (learn.microsoft.com/azure/defender-for-cloud/support-matrix-defender-for-servers).
  const plan = orchestration === 'uniform' ? false : defenderPlan(resources, resource);
  return {
    diskEncryption: known(hasDiskEncryption(extensions), '/diskEncryption', unknown),
    diskEncryptionExtension: seenExtensions(extensions, DISK_ENCRYPTION).length > 0,
    entraSignIn: known(hasExtension(extensions, ENTRA_SIGN_IN), '/entraSignIn', unknown),
    endpointProtection: known(anyOf([hasExtension(extensions, DEFENDER), plan]), '/endpointProtection', unknown),
    machineConfiguration: known(hasExtension(extensions, MACHINE_CONFIGURATION), '/machineConfiguration', unknown),
    monitorAgent: known(hasExtension(extensions, AZURE_MONITOR_AGENT), '/monitorAgent', unknown),
    collectionRule: known(hasCollectionRule(resources, resource), '/collectionRule', unknown),
    oldMonitorAgent: seenExtensions(extensions, LOG_ANALYTICS_AGENT).length > 0,
  };
}

/** Where in the machine's own text a finding stands. */
const PLACES: Readonly<Record<Pointer, Pointer>> = {
  '/securityType': '/securityProfile/securityType',
  '/secureBoot': '/securityProfile/uefiSettings/secureBootEnabled',
  '/vTpm': '/securityProfile/uefiSettings/vTpmEnabled',
  '/encryptionAtHost': '/securityProfile/encryptionAtHost',
  '/patchMode': '/osProfile/windowsConfiguration/patchSettings/patchMode',
  '/assessmentMode': '/osProfile/windowsConfiguration/patchSettings/assessmentMode',
  '/vmAgent': '/osProfile/windowsConfiguration/provisionVMAgent',
  '/localAdministrator': '/osProfile/adminUsername',
  '/image': '/storageProfile/imageReference',
  '/identity': '/identity',
};

function membersOf({ resource, below }: MachineModel): Member[] {
  return Object.entries(PLACES).map(([at, pointer]) => ({ at, resource, pointer: at === '/identity' ? pointer : `${below}${pointer}` }));
}
