import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Json } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { belongingTo, holdsAll, isThere } from '../coverage.ts';
import { childName, listOf, memberOf, type Resources } from '../resources.ts';
import { agreed, isAbsent } from '../values.ts';

/** One extension of a machine. */
export interface Extension {
  readonly resource: CloudResource;
  readonly pointer: Pointer;
  readonly node: Json;
  readonly name: string;
  /** Lower case; null when unresolved. */
  readonly publisher: string | null;
  readonly type: string | null;
  /** It certainly is there whenever its machine is, and was not seen to fail. */
  readonly certain: boolean;
  readonly failed: boolean;
}

export interface Extensions {
  readonly list: readonly Extension[];
  /** The machine has no others. */
  readonly whole: boolean;
}

/** Extensions that the input shows of a machine of Azure or Azure Arc, `type` being that of its extensions. */
export function extensionsOf(resources: Resources, machine: CloudResource, type: string): Extensions {
  const own = belongingTo(resources, type, machine).map((resource) => extensionOf(resource, '', resource.body, machine));
  // What the API returns of one machine lists its extensions inside.
  const inside = listOf(machine.body['resources']).flatMap((node, index) => {
    const name = childName(node).toLowerCase();
    const isKnown = name === '' || own.some((extension) => extension.name.toLowerCase() === name);
    return isKnown ? [] : [extensionOf(machine, `/resources/${index}`, node, machine)];
  });
  const list = [...own, ...inside];
  return { list, whole: holdsAll(resources, type, machine) || (resources.inventory.complete && inside.length > 0) };
}

/** Extensions of a scale set: those that its model lists at `pointer`, which in Azure are all, and resources of their own. */
export function profileExtensionsOf(resources: Resources, set: CloudResource, type: string, pointer: Pointer): Extensions {
  const own = belongingTo(resources, type, set).map((resource) => extensionOf(resource, '', resource.body, set));
  const nodes = pointer
    .slice(1)
    .split('/')
    .reduce<Json | undefined>((value, name) => memberOf(value, name), set.body);
  const inside = listOf(nodes).map((node, index) => extensionOf(set, `${pointer}/${index}`, node, set));
  return { list: [...own, ...inside], whole: resources.inventory.complete || resources.inventory.unread !== undefined };
}

function extensionOf(resource: CloudResource, pointer: Pointer, node: Json, machine: CloudResource): Extension {
  const failed = memberOf(node, 'provisioningState') === 'Failed';
  return {
    resource,
    pointer,
    node,
    name: resource === machine ? childName(node) : resource.name,
    publisher: lower(memberOf(node, 'publisher')),
    type: lower(memberOf(node, 'type')),
    certain: !failed && !resource.context && isThere(resource, machine),
    failed,
  };
}

function lower(value: Json | undefined): string | null {
  return typeof value === 'string' ? value.toLowerCase() : isAbsent(value) ? '' : null;
}

/** Publisher and type, lower case. */
export type ExtensionKind = readonly [publisher: string, type: string];

/** Whether a machine has one of some kinds of extension; null when another document may add it. */
export function hasExtension({ list, whole }: Extensions, kinds: readonly ExtensionKind[]): boolean | null {
  const fitting = list.filter((extension) => kinds.some((kind) => fits(extension, kind)));
  if (fitting.some(({ certain, publisher, type }) => certain && publisher !== null && type !== null)) return true;
  return fitting.some(({ failed }) => !failed) || !whole ? null : false;
}

/** Whether Azure Disk Encryption encrypts a machine: the same extension decrypts it, as its settings say. */
export function hasDiskEncryption(extensions: Extensions): boolean | null {
  const there = hasExtension(extensions, DISK_ENCRYPTION);
  const shown = seenExtensions(extensions, DISK_ENCRYPTION).filter(({ failed }) => !failed);
  return there === true ? agreed(shown.map(({ node }) => encrypts(memberOf(memberOf(node, 'settings'), 'EncryptionOperation')))) : there;
}

/** `EnableEncryption`, `EnableEncryptionFormatAll` or `DisableEncryption`. */
function encrypts(operation: Json | undefined): boolean | null {
  return typeof operation === 'string' && operation !== '' ? /^enable/i.test(operation) : null;
}

/** Those of a kind that the input shows for certain. */
export function seenExtensions({ list }: Extensions, kinds: readonly ExtensionKind[]): readonly Extension[] {
  return list.filter((extension) => extension.publisher !== null && extension.type !== null && kinds.some((kind) => fits(extension, kind)));
}

function fits({ publisher, type }: Extension, [wantedPublisher, wantedType]: ExtensionKind): boolean {
  return (publisher === null || publisher === wantedPublisher) && (type === null || type === wantedType);
}

/** `learn.microsoft.com/azure/virtual-machines/extensions/…` and, for Arc, `…/azure-arc/servers/manage-vm-extensions`. */
export const AZURE_MONITOR_AGENT: readonly ExtensionKind[] = [['microsoft.azure.monitor', 'azuremonitorwindowsagent']];
export const LOG_ANALYTICS_AGENT: readonly ExtensionKind[] = [['microsoft.enterprisecloud.monitoring', 'microsoftmonitoringagent']];
export const DEFENDER: readonly ExtensionKind[] = [
  ['microsoft.azure.azuredefenderforservers', 'mde.windows'],
  ['microsoft.azure.security', 'iaasantimalware'],
];
export const DEFENDER_FOR_ENDPOINT: readonly ExtensionKind[] = [['microsoft.azure.azuredefenderforservers', 'mde.windows']];
export const MACHINE_CONFIGURATION: readonly ExtensionKind[] = [['microsoft.guestconfiguration', 'configurationforwindows']];
export const ENTRA_SIGN_IN: readonly ExtensionKind[] = [['microsoft.azure.activedirectory', 'aadloginforwindows']];
export const DOMAIN_JOIN: readonly ExtensionKind[] = [['microsoft.compute', 'jsonaddomainextension']];
/** `learn.microsoft.com/azure/virtual-machines/extensions/azure-disk-enc-windows` */
export const DISK_ENCRYPTION: readonly ExtensionKind[] = [['microsoft.azure.security', 'azurediskencryption']];
export const STATE_CONFIGURATION: readonly ExtensionKind[] = [['microsoft.powershell', 'dsc']];
