/** What a member's name means while a body is made canonical. Numbers, since one is looked up for every member of an input. */
export const PLAIN = 0;
/** `properties`: its members belong to what holds it. */
export const BAG = 1;
/** A map whose keys are data: kept as it is. */
export const OPAQUE = 2;
export const SKIP = 3;
/** A loop of a template, when it is a list. */
export const COPY = 4;
export const NAME = 5;
/** Stated as one value by the API; exports of Azure PowerShell put a list there. */
export const SINGULAR = 6;
export const TYPE = 7;
/** `id`, of a reference or of a child. */
export const ID = 8;

export interface Key {
  /** Canonical name. */
  readonly name: string;
  readonly kind: number;
  /** For a list under a singular name. */
  readonly plural: string;
}

/** Maps whose keys are the user's, or which are documents of their own. */
const DATA = new Set(['tags', 'template', 'settings', 'protectedSettings', 'userAssignedIdentities', 'parameters', 'metadata']);
const PLURALS: ReadonlyMap<string, string> = new Map([
  ['sourcePortRange', 'sourcePortRanges'],
  ['destinationPortRange', 'destinationPortRanges'],
  ['sourceAddressPrefix', 'sourceAddressPrefixes'],
  ['destinationAddressPrefix', 'destinationAddressPrefixes'],
  ['addressPrefix', 'addressPrefixes'],
]);
/** Where the API's own spelling is not what Azure CLI and Azure PowerShell make of it. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  [
    ...'publicIPAddress publicIPAddresses publicIPAddressConfiguration publicIPAddressVersion publicIPAllocationMethod publicIPPrefix publicIPPrefixes'.split(
      ' ',
    ),
    ...'privateIPAddress privateIPAddresses privateIPAddressVersion privateIPAllocationMethod frontendIPConfiguration frontendIPConfigurations'.split(' '),
    ...'backendIPConfiguration backendIPConfigurations loadBalancerFrontendIPConfiguration gatewayIPConfigurations enableIPForwarding enableFloatingIP'.split(
      ' ',
    ),
    ...'hubIPAddresses nextHopIpAddress ipAddress ipConfigurations ipConfiguration enableIpConnect sourceIpGroups destinationIpGroups ipProtocols'.split(' '),
    ...'startVMOnConnect provisionVMAgent enableVMAgentPlatformUpdates diskSizeGB vTpmEnabled'.split(' '),
    ...'loadBalancerInboundNatRules inboundNatRules inboundNatPools securityRules destinationPortRange destinationPortRanges sourceAddressPrefix sourceAddressPrefixes'.split(
      ' ',
    ),
    ...'destinationAddressPrefix destinationAddressPrefixes networkSecurityGroup customRdpProperty publicNetworkAccess'.split(' '),
  ].map((name) => [name.toLowerCase(), name] as const),
);
/** The extension's own type, as clients call it to tell it from the resource's. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['typepropertiestype', 'type'],
  ['virtualmachineextensiontype', 'type'],
  ['extensiontype', 'type'],
]);

const known = new Map<string, Key>();
/** A hostile document could hold any number of names. */
const MAX_KNOWN = 20_000;

export function keyOf(name: string): Key {
  return known.get(name) ?? learn(name);
}

function learn(written: string): Key {
  const key = read(written);
  if (known.size < MAX_KNOWN) known.set(written, key);
  return key;
}

function read(written: string): Key {
  if (written.startsWith('__') || written === 'TagsTable') return { name: written, kind: SKIP, plural: written };
  const name = written === 'Tag' ? 'tags' : canonicalName(written);
  const kind =
    name === 'properties'
      ? BAG
      : name === 'name'
        ? NAME
        : name === 'id'
          ? ID
          : name === 'type' && written.length === 4
            ? TYPE
            : name === 'copy'
              ? COPY
              : DATA.has(name)
                ? OPAQUE
                : PLURALS.has(name)
                  ? SINGULAR
                  : PLAIN;
  return { name, kind, plural: PLURALS.get(name) ?? name };
}

function canonicalName(written: string): string {
  const lower = written.toLowerCase();
  return SPELLINGS.get(lower) ?? RENAMED.get(lower) ?? lowerFirst(written);
}

/** `SecurityRules`, `VTpmEnabled`, `ID`: a leading run of capitals is lowered but for the one that begins the next word. */
function lowerFirst(text: string): string {
  let end = 0;
  while (end < text.length && isUpper(text.charCodeAt(end))) end++;
  if (end === 0) return text;
  const run = end === 1 || end === text.length ? end : end - 1;
  return text.slice(0, run).toLowerCase() + text.slice(run);
}

function isUpper(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}
