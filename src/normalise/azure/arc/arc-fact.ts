import { type CloudResource, isUnresolved } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { belongingTo, holdsAll, isThere } from '../coverage.ts';
import { makeFact } from '../fact.ts';
import { AZURE_MONITOR_AGENT, DEFENDER_FOR_ENDPOINT, extensionsOf, hasExtension } from '../machines/extensions.ts';
import { phaseAt, releaseNamed } from '../machines/image.ts';
import { contains } from '../interval-set.ts';
import { parsePorts } from '../port.ts';
import { listOf, memberOf, ofType, resourceGroupOf, type Resources } from '../resources.ts';
import { anyOf, flagAt, isAbsent, known, textAt, timeOf, HOUR } from '../values.ts';
import { RDP_PORT } from '../group-fact.ts';
import { ARC_EXTENSION_TYPE, ARC_TYPE } from './types.ts';

const ASSIGNMENT_TYPE = 'microsoft.guestconfiguration/guestconfigurationassignments';
const MAINTENANCE_TYPE = 'microsoft.maintenance/configurationassignments';

/** One fact for each machine of Azure Arc. */
export function arcFacts(target: Target, resources: Resources, now: string): Fact[] {
  return ofType(resources, ARC_TYPE).flatMap((machine) => (machine.context ? [] : [arcFact(target, resources, machine, now)]));
}

function systemOf({ body }: CloudResource): string {
  const type = body['osType'] ?? body['osName'];
  return typeof type === 'string' ? type.toLowerCase() : 'not-stated';
}

function arcFact(target: Target, resources: Resources, machine: CloudResource, now: string): Fact {
  const unknown: Pointer[] = [];
  const extensions = extensionsOf(resources, machine, ARC_EXTENSION_TYPE);
  const system = systemOf(machine);
  const data: JsonObject = {
    name: machine.name,
    resourceGroup: resourceGroupOf(machine),
    operatingSystem: known(system.startsWith('windows') ? 'windows' : system === 'linux' ? 'linux' : null, '/operatingSystem', unknown),
    ...stateData(target, machine, unknown),
    ...supportData(machine, now, unknown),
    ...configurationData(machine, unknown),
    ...baselineData(resources, machine, unknown),
    monitorAgent: known(hasExtension(extensions, AZURE_MONITOR_AGENT), '/monitorAgent', unknown),
    endpointProtection: known(hasExtension(extensions, DEFENDER_FOR_ENDPOINT), '/endpointProtection', unknown),
    maintenance: known(hasMaintenance(resources, machine), '/maintenance', unknown),
  };
  return makeFact(target, { kind: 'azure.arcMachine', name: machine.name, resource: machine, data, unknown });
}

/** Status, and the agent that reports it. Templates state neither. */
function stateData(target: Target, { body }: CloudResource, unknown: Pointer[]): JsonObject {
  const status = body['status'];
  const version = textAt(body['agentVersion'], '', '/agentVersion', unknown);
  const minor = /^1\.(?<minor>\d{1,4})(?:\.|$)/.exec(version ?? '')?.groups?.['minor'];
  if (version === '') unknown.push('/agentVersion');
  if (minor === undefined) unknown.push('/agentMinor');
  const changed = timeOf(body['lastStatusChange']);
  const seen = target.collectedAt === undefined ? null : Date.parse(target.collectedAt);
  return {
    status: typeof status === 'string' && status !== '' ? status : known(null, '/status', unknown),
    sinceHours: known(changed === null || seen === null ? null : Math.max(0, Math.floor((seen - changed) / HOUR)), '/sinceHours', unknown),
    agentVersion: version === '' ? null : version,
    agentMinor: minor === undefined ? null : Number(minor),
    automaticUpgrade: flagAt(memberOf(body['agentUpgrade'], 'enableAutomaticUpgrade'), false, '/automaticUpgrade', unknown),
  };
}

function supportData({ body }: CloudResource, now: string, unknown: Pointer[]): JsonObject {
  const sku = body['osSku'];
  const release = releaseNamed(sku);
  const state = memberOf(memberOf(body['licenseProfile'], 'esuProfile'), 'licenseAssignmentState');
  if (release === null) unknown.push('/supportEnds', '/phase');
  return {
    osSku: typeof sku === 'string' ? sku.slice(0, 100) : 'not-stated',
    supportEnds: release?.ends ?? null,
    phase: release === null ? null : phaseAt(release, now),
    extendedUpdates: typeof state === 'string' && state.toLowerCase() === 'assigned',
  };
}

/** What the agent lets in from Azure and lets be installed. */
function configurationData({ body }: CloudResource, unknown: Pointer[]): JsonObject {
  const configuration = body['agentConfiguration'];
  if (isAbsent(configuration)) {
    unknown.push('/incomingPorts', '/rdpIncoming', '/extensionsLimited');
    return { incomingPorts: null, rdpIncoming: null, extensionsLimited: null };
  }
  const stated = listOf(memberOf(configuration, 'incomingConnectionsPorts'));
  const ports = stated.filter((port) => typeof port === 'string' || typeof port === 'number').map(String);
  const isHidden = ports.length < stated.length;
  const rdp = ports.some((port) => contains(parsePorts(port).ports, RDP_PORT)) ? true : isHidden ? null : false;
  const allowed = listOf(memberOf(configuration, 'extensionsAllowList'));
  const mode = memberOf(configuration, 'configMode');
  const enabled = flagAt(memberOf(configuration, 'extensionsEnabled'), true, '', []);
  const limited = [
    allowed.length > 0 ? (allowed.every(isUnresolved) ? null : true) : false,
    isUnresolved(mode) ? null : typeof mode === 'string' && mode.toLowerCase() === 'monitor',
    enabled === null ? null : !enabled,
  ];
  return {
    incomingPorts: known(isHidden ? null : ports.slice(0, 50), '/incomingPorts', unknown),
    rdpIncoming: known(rdp, '/rdpIncoming', unknown),
    extensionsLimited: known(anyOf(limited), '/extensionsLimited', unknown),
  };
}

/** Assignments that compare the settings of Remote Desktop with the Azure Windows baseline. */
const BASELINES =
  /^(?:azurewindowsbaseline|azurebaseline_windowscomponents|azurebaseline_userrightsassignment|userrightsassignment|azurebaseline_administrativetemplatessystem)/;

function baselineData(resources: Resources, machine: CloudResource, unknown: Pointer[]): JsonObject {
  const own = belongingTo(resources, ASSIGNMENT_TYPE, machine).filter(({ name }) => BASELINES.test(name.toLowerCase()));
  const states = own.map(({ body }) => body['complianceStatus']);
  const failing = own.filter((_, index) => isState(states[index], 'noncompliant')).map(({ name }) => name);
  // What was not compared yet, and a template, which cannot say what a comparison found, tell nothing.
  const isOpen = failing.length === 0 && states.some((state) => !isState(state, 'compliant'));
  const certain = own.some((assignment) => isThere(assignment, machine));
  const assigned = certain ? true : own.length === 0 && holdsAll(resources, ASSIGNMENT_TYPE) ? false : null;
  if (assigned === null) unknown.push('/baselineAssigned');
  return { baselineAssigned: assigned, baselineFailing: known(assigned === null || isOpen ? null : failing, '/baselineFailing', unknown) };
}

/** Compliant, NonCompliant or Pending. */
function isState(value: Json | undefined, state: string): boolean {
  return typeof value === 'string' && value.toLowerCase() === state;
}

/** An assignment by tags or by group stands at the subscription, and says nothing of the machine. */
function hasMaintenance(resources: Resources, machine: CloudResource): boolean | null {
  const own = belongingTo(resources, MAINTENANCE_TYPE, machine);
  if (own.some((assignment) => isThere(assignment, machine))) return true;
  const others = ofType(resources, MAINTENANCE_TYPE).some(({ id }) => !/\/providers\/[^/]+\/[^/]+\/[^/]+\/providers\/microsoft\.maintenance\//.test(`/${id}`));
  return others || own.length > 0 || !holdsAll(resources, MAINTENANCE_TYPE) ? null : false;
}
