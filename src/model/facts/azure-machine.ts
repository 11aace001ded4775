import type { JsonObject } from '../json.ts';
import { choice, closed, flag, list, RESOURCE_GROUP, text, textOrNone } from './azure-schema.ts';
import type { FactKind } from './kind.ts';

const SYSTEM = choice(['windows', 'linux'], 'Operating system, from the disk, the profile or the image.');
const EXTENSIONS = 'https://learn.microsoft.com/azure/virtual-machines/extensions/overview';
const hours = (description: string): JsonObject => ({ type: 'number', minimum: 0, description });

const JIT = closed(
  {
    listed: flag('A policy lists the machine with port 3389.'),
    hours: hours('Longest time that one request may ask for, in hours; 0 when the machine is not listed.'),
    anySource: flag('Who asks may name any source address.'),
  },
  'Just-in-time access to TCP 3389; no policy lists a scale set (https://learn.microsoft.com/azure/defender-for-cloud/just-in-time-access-usage).',
);

const IMAGE = closed(
  {
    text: text('publisher:offer:sku:version of a marketplace image, else the last part of the image’s id.'),
    release: text('Release of Windows; not-known for an image of one’s own whose machine does not report it.'),
    supportEnds: text('Last day of support, YYYY-MM-DD (https://learn.microsoft.com/lifecycle/products/).'),
    phase: choice(['supported', 'extended', 'ended'], 'At the scan’s time: in support, with extended security updates that Azure gives, or neither.'),
    ageDays: { type: 'integer', minimum: 0, description: 'Days since the image was made; 0 for the latest version of the marketplace.' },
    generation: text(
      'V1, V2, or not-known: as the machine reports it, else by the name of a marketplace image (https://learn.microsoft.com/azure/virtual-machines/generation-2).',
    ),
  },
  'What the machine was made of.',
);

export const AZURE_VIRTUAL_MACHINE: FactKind = {
  kind: 'azure.virtualMachine',
  title: 'A virtual machine or the model of a scale set, with what protects, patches and watches it',
  schema: closed({
    name: text('Name of the machine, or of the scale set.'),
    resourceGroup: RESOURCE_GROUP,
    orchestration: choice(
      ['single', 'uniform', 'flexible'],
      'single: a machine; uniform (the default of Azure Resource Manager) or flexible: the model of a scale set (https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-orchestration-modes).',
    ),
    operatingSystem: SYSTEM,
    sessionHost: flag('The input shows that it is a session host: by the pool’s list, the extension that registers it, or the tag cm-resource-parent.'),
    hostPool: textOrNone('Name of its host pool; null when the input shows none.'),
    hostPoolType: text('Pooled, Personal, or not-stated.'),
    entraJoined: flag('The input shows that it joins Microsoft Entra ID, or that its pool signs in with it and nothing joins the machine to a domain.'),
    securityType: text('TrustedLaunch, ConfidentialVM or Standard, the default (https://learn.microsoft.com/azure/virtual-machines/trusted-launch).'),
    secureBoot: flag('uefiSettings.secureBootEnabled; absent is off.'),
    vTpm: flag('uefiSettings.vTpmEnabled; absent is off.'),
    encryptionAtHost: flag('Encryption at host; absent is off (https://learn.microsoft.com/azure/virtual-machines/disk-encryption-overview).'),
    patchMode: text(
      'AutomaticByPlatform, AutomaticByOS (the default) or Manual (https://learn.microsoft.com/azure/virtual-machines/automatic-vm-guest-patching).',
    ),
    assessmentMode: text('AutomaticByPlatform or ImageDefault, the default.'),
    vmAgent: flag('provisionVMAgent; absent is on.'),
    osProfile: flag('It has an osProfile. A machine made of a specialized disk has none, and cannot get one.'),
    identity: text('None, SystemAssigned, UserAssigned, or both.'),
    systemIdentity: flag('It has a system-assigned identity.'),
    diskEncryption: flag(`The extension of Azure Disk Encryption is there, and encrypts (${EXTENSIONS}).`),
    diskEncryptionExtension: flag(
      'The input shows that extension, whatever it does. A machine that ever had it takes no encryption at host (https://learn.microsoft.com/azure/virtual-machines/disks-enable-host-based-encryption-portal).',
    ),
    entraSignIn: flag('The extension AADLoginForWindows is there.'),
    endpointProtection: flag(
      'The extension MDE.Windows or IaaSAntimalware is there, or Defender for Servers covers the machine: by its own plan, unless its subscription enforces another, else by that of its subscription. It covers no uniform scale set (https://learn.microsoft.com/rest/api/defenderforcloud/pricings/update).',
    ),
    machineConfiguration: flag('The extension ConfigurationforWindows is there.'),
    monitorAgent: flag('The extension AzureMonitorWindowsAgent is there.'),
    collectionRule: flag('A data collection rule is associated with it.'),
    oldMonitorAgent: flag('The input shows the retired extension MicrosoftMonitoringAgent.'),
    image: IMAGE,
    localAdministrator: text('osProfile.adminUsername, lower case; not-stated when there is none.'),
    publicRdp: flag('On a way that the input shows, somebody with a public address reaches TCP 3389.'),
    jit: JIT,
  }),
};

export const AZURE_MACHINE_TEXT: FactKind = {
  kind: 'azure.machineText',
  title: 'A part of a machine that everybody with read access sees, and what in it looks like a credential',
  schema: closed({
    machine: text('Name of the machine.'),
    resourceGroup: RESOURCE_GROUP,
    part: choice(
      ['extension', 'run-command', 'customData', 'userData', 'tags'],
      'Settings of an extension, a script that is run, custom data, user data, or tags.',
    ),
    label: text('Name of the extension or the run command; else of the machine.'),
    holdsSecret: flag('Whether something in it looks like a credential.'),
    secrets: list(
      closed({
        place: text('Names of the members that lead to it. Its value is never kept.'),
        looksLike: text('What it looks like.'),
      }),
      'Places of what looks like a credential, at most 20.',
    ),
    places: text('The same in words, joined with commas.'),
  }),
};

export const AZURE_DISK: FactKind = {
  kind: 'azure.disk',
  title: 'A disk, and from where it can be exported',
  schema: closed({
    name: text('Name of the disk.'),
    resourceGroup: RESOURCE_GROUP,
    machine: textOrNone('Name of the machine that uses it; null when the input shows none.'),
    operatingSystem: SYSTEM,
    managed: flag('A managed disk; else a file in a storage account.'),
    publicNetworkAccess: text('Enabled, the default, or Disabled; not-managed for a file.'),
    networkAccessPolicy: text(
      'AllowAll, the default, AllowPrivate or DenyAll (https://learn.microsoft.com/azure/virtual-machines/disks-enable-private-links-for-import-export-portal); not-managed for a file.',
    ),
  }),
};
