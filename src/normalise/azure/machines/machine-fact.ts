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
  type Extensions,
  extensionsOf,
  hasExtension,
  LOG_ANALYTICS_AGENT,
  MACHINE_CONFIGURATION,
  seenExtensions,
} from './extensions.ts';
import { imageData } from './image.ts';
import { membershipOf } from './pool.ts';
import { defenderPlan, hasCollectionRule, jitData, publicRdpOf } from './protection.ts';
import { identityData, patchData, securityData } from './security.ts';

export const MACHINE_TYPE = 'microsoft.compute/virtualmachines';
export const EXTENSION_TYPE = `${MACHINE_TYPE}/extensions`;

/** One fact for each virtual machine of the input. `paths` are its facts about ways to machines. */
export function machineFacts(target: Target, resources: Resources, paths: readonly Fact[], now: string): Fact[] {
  const machines = ofType(resources, MACHINE_TYPE).filter((machine) => !machine.context);
  if (machines.length === 0) return [];
  const publicRdp = publicRdpOf(paths);
  return machines.map((machine) => machineFact(target, resources, machine, publicRdp.get(plainId(machine)), now));
}

function machineFact(target: Target, resources: Resources, machine: CloudResource, publicRdp: boolean | null | undefined, now: string): Fact {
  const unknown: Pointer[] = [];
  const extensions = extensionsOf(resources, machine, EXTENSION_TYPE);
  const system = operatingSystemOf(machine.body);
  const data: JsonObject = {
    name: machine.name,
    resourceGroup: resourceGroupOf(machine),
    operatingSystem: known(system === 'not-stated' ? null : system, '/operatingSystem', unknown),
    ...membershipOf(resources, machine, extensions),
    ...securityData(machine, unknown),
    ...patchData(machine, unknown),
    ...identityData(machine, unknown),
    ...extensionData(resources, machine, extensions, unknown),
    image: imageData(resources, machine, now, unknown),
    localAdministrator: textAt(memberOf(machine.body['osProfile'], 'adminUsername'), 'not-stated', '/localAdministrator', unknown)?.toLowerCase() ?? null,
    publicRdp: known(publicRdp === undefined ? false : publicRdp, '/publicRdp', unknown),
    jit: jitData(resources, machine, unknown),
  };
  return makeFact(target, { kind: 'azure.virtualMachine', name: machine.name, resource: machine, data, unknown, members: membersOf(machine) });
}

function extensionData(resources: Resources, machine: CloudResource, extensions: Extensions, unknown: Pointer[]): JsonObject {
  return {
    diskEncryption: known(hasExtension(extensions, DISK_ENCRYPTION), '/diskEncryption', unknown),
    entraSignIn: known(hasExtension(extensions, ENTRA_SIGN_IN), '/entraSignIn', unknown),
    endpointProtection: known(anyOf([hasExtension(extensions, DEFENDER), defenderPlan(resources, machine)]), '/endpointProtection', unknown),
    machineConfiguration: known(hasExtension(extensions, MACHINE_CONFIGURATION), '/machineConfiguration', unknown),
    monitorAgent: known(hasExtension(extensions, AZURE_MONITOR_AGENT), '/monitorAgent', unknown),
    collectionRule: known(hasCollectionRule(resources, machine), '/collectionRule', unknown),
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

function membersOf(machine: CloudResource): Member[] {
  return Object.entries(PLACES).map(([at, pointer]) => ({ at, resource: machine, pointer }));
}
