import type { JsonObject } from '../json.ts';
import { choice, closed, flag, RESOURCE_GROUP, text, textOrNone, texts } from './azure-schema.ts';
import type { FactKind } from './kind.ts';

const count = (description: string): JsonObject => ({ type: 'integer', minimum: 0, description });
const udp = (what: string): JsonObject => text(`${what}: Default, Enabled or Disabled.`);

/** Members of a host pool beside its RDP properties. */
export const POOL_MEMBERS: Readonly<Record<string, JsonObject>> = {
  loadBalancerType: text('BreadthFirst, DepthFirst, Persistent, MultiplePersistent, or not-stated.'),
  maxSessionLimit: count(
    'Sessions that one host takes; 999999, the default, is no limit (https://learn.microsoft.com/azure/virtual-desktop/configure-host-pool-load-balancing).',
  ),
  validationEnvironment: flag('The pool gets updates of the service first; absent is off.'),
  agentUpdate: closed(
    {
      type: text('Default, at any time, or Scheduled (https://learn.microsoft.com/azure/virtual-desktop/scheduled-agent-updates).'),
      windows: count('Number of maintenance windows.'),
    },
    'When the agent on the hosts is updated.',
  ),
  registration: closed(
    {
      tokenShown: flag('The token stands there in the clear.'),
      hoursLeft: count('Hours until it expires, begun ones counted; 0 when there is none.'),
    },
    'The token with which hosts join the pool (https://learn.microsoft.com/azure/virtual-desktop/add-session-hosts-host-pool).',
  ),
  newHosts: closed(
    {
      stated: flag('The pool has a template for new hosts.'),
      securityType: text('TrustedLaunch, ConfidentialVM, Standard, or none without a template.'),
      secureBoot: flag('Secure boot.'),
      vTpm: flag('vTPM.'),
      image: text('SKU of the marketplace image, not-stated for an image of one’s own, or none without a template.'),
      phase: choice(['supported', 'extended', 'ended', 'not-known'], 'How the release stands at the scan’s time; not-known for an image of one’s own.'),
    },
    'What new hosts are made of: vmTemplate.',
  ),
  federationSecret: flag('The pool signs on through AD FS with a secret that lasts (https://learn.microsoft.com/azure/virtual-desktop/configure-adfs-sso).'),
  udp: closed(
    {
      managedPrivate: udp('RDP Shortpath for managed networks'),
      direct: udp('RDP Shortpath for managed networks over ICE'),
      public: udp('RDP Shortpath for public networks over STUN'),
      relay: udp('RDP Shortpath for public networks over TURN'),
    },
    'Which ways over UDP the pool offers (https://learn.microsoft.com/azure/virtual-desktop/configure-rdp-shortpath).',
  ),
};

export const AZURE_VALIDATION_RING: FactKind = {
  kind: 'azure.validationRing',
  title: 'How the host pools of an input share the updates of the service',
  schema: closed({
    pools: count('How many host pools the input holds.'),
    resourceGroup: RESOURCE_GROUP,
    hasValidationPool: flag('One of them is a validation pool (https://learn.microsoft.com/azure/virtual-desktop/create-validation-host-pool).'),
    productionOnValidation: texts('Validation pools that a tag environment, env or stage calls production.'),
  }),
};

export const AZURE_SESSION_HOST: FactKind = {
  kind: 'azure.sessionHost',
  title: 'A session host as the service of Azure Virtual Desktop sees it',
  schema: closed({
    name: text('Name of the session host.'),
    hostPool: text('Name of its pool.'),
    resourceGroup: RESOURCE_GROUP,
    status: text(
      'Available, Shutdown, Upgrading, Unavailable, NeedsAssistance, … (https://learn.microsoft.com/azure/virtual-desktop/session-host-status-health-checks).',
    ),
    updateState: text('Of the agent: Succeeded, Pending, Initial, Started, Failed.'),
    agentVersion: text('Version of the agent.'),
    allowNewSession: flag('It takes new sessions: it is not drained.'),
    silentMinutes: count('Minutes from the last heartbeat to the time it was read.'),
    failedChecks: texts('Health checks that failed.'),
    machineId: textOrNone('Id of its machine, lower case; null when the input does not say.'),
    vmId: textOrNone('Number of its machine, which the firmware shows to the guest; null when the input does not say.'),
  }),
};

/** What lets a device through has to be there on both sides. */
export const AZURE_HOST_POOL_REDIRECTION: FactKind = {
  kind: 'azure.hostPoolRedirection',
  title: 'Devices of the client that sessions of a host pool reach, by its RDP properties and the policies of its session hosts',
  schema: closed({
    name: text('Name of the pool.'),
    resourceGroup: RESOURCE_GROUP,
    hosts: texts('Its session hosts that were looked at.'),
    unseen: texts('Those that were not.'),
    drives: flag('Drives: drivestoredirect, and fDisableCdm of a host.'),
    clipboard: flag('The clipboard: redirectclipboard, and fDisableClip of a host.'),
    comPorts: flag('COM ports: redirectcomports, and fDisableCcm of a host.'),
    plugAndPlay: flag('Plug and Play devices: devicestoredirect, and fDisablePNPRedir of a host.'),
    risky: texts('Those of drives, COM ports and Plug and Play devices that certainly get through.'),
  }),
};

export const AZURE_APPLICATION_GROUP: FactKind = {
  kind: 'azure.applicationGroup',
  title: 'An application group, and to whom it is assigned',
  schema: closed({
    name: text('Name of the group.'),
    resourceGroup: RESOURCE_GROUP,
    applicationGroupType: text('Desktop, RemoteApp, or not-stated.'),
    people: count('Assignments of the role Desktop Virtualization User to a single person that the input shows.'),
    personAssigned: flag('There is such an assignment.'),
    assignedFromAbove: flag('The role is assigned at the resource group, the subscription or a management group, and holds for every application group below.'),
  }),
};

export const AZURE_PRIVATE_ENDPOINT: FactKind = {
  kind: 'azure.privateEndpointConnection',
  title: 'A private endpoint of a host pool or workspace',
  schema: closed({
    owner: text('Name of the host pool or workspace.'),
    part: choice(['host-pool', 'workspace'], 'Which of the two it is.'),
    label: text('Name of the connection.'),
    resourceGroup: RESOURCE_GROUP,
    status: text('Approved, Pending, Rejected or Disconnected (https://learn.microsoft.com/azure/private-link/manage-private-endpoint).'),
    subscription: text('Subscription of the private endpoint.'),
    ownSubscription: flag('It is in the subscription of the host pool or workspace.'),
  }),
};
