import { type CloudResource, UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Json } from '../../../src/model/json.ts';
import { idOf, nsg, resource, vnet } from './build.ts';

const VM = 'Microsoft.Compute/virtualMachines';
const POOL = 'Microsoft.DesktopVirtualization/hostPools';
const ARC = 'Microsoft.HybridCompute/machines';
const VAULT = 'Microsoft.KeyVault/vaults';

/** One of each kind of resource beside the network; `unresolved` hides what can be hidden. */
export function estate(unresolved: boolean): CloudResource[] {
  const or = (value: Json): Json => (unresolved ? UNRESOLVED : value);
  return [
    extension('vm-b', 'cse', { publisher: 'Microsoft.Compute', type: 'CustomScriptExtension', settings: or({ commandToExecute: 'whoami' }) }),
    resource(VM, 'vm-b', {
      identity: or({ type: 'SystemAssigned' }),
      securityProfile: or({ securityType: 'TrustedLaunch', uefiSettings: { secureBootEnabled: true, vTpmEnabled: true } }),
      storageProfile: {
        imageReference: or({ publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku: '2022-datacenter', version: 'latest' }),
        osDisk: { vhd: { uri: 'x' } },
      },
      osProfile: { adminUsername: or('ops'), customData: or('dGVzdA=='), windowsConfiguration: or({}) },
    }),
    resource('Microsoft.Compute/disks', 'disk', { osType: or('Windows'), publicNetworkAccess: or('Disabled') }),
    resource('Microsoft.DesktopVirtualization/applicationGroups', 'dag', { applicationGroupType: or('Desktop') }),
    child(POOL, 'hp', 'sessionHosts', 'vm-b.contoso.com', { status: or('Available'), updateState: or('Succeeded'), lastHeartBeat: or('2026-01-01T00:00:00Z') }),
    child(POOL, 'hp', 'privateEndpointConnections', 'pe', {
      privateLinkServiceConnectionState: { status: or('Approved') },
      privateEndpoint: or(idOf('Microsoft.Network/privateEndpoints', 'pe')),
    }),
    vnet('spoke', '10.3.0.0/16', { hosts: { prefix: '10.3.0.0/24', nsg: 'spoke', table: 'routes' } }),
    nsg('spoke', []),
    resource('Microsoft.Network/routeTables', 'routes', { routes: [{ name: 'default', addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance' }] }),
    {
      ...child('Microsoft.Network/networkManagers', 'm/securityAdminConfigurations/c/ruleCollections/k', 'rules', 'r', {
        access: or('Deny'),
        direction: 'Inbound',
        protocol: 'Tcp',
        sources: or([]),
      }),
      type: 'microsoft.network/networkmanagers/securityadminconfigurations/rulecollections/rules',
    },
    resource('Microsoft.Network/bastionHosts', 'bas', { enableShareableLink: or(true), disableCopyPaste: or(true) }),
    child(VAULT, 'kv', 'certificates', 'rdgw', {
      attributes: or({ enabled: true, exp: 1_800_000_000 }),
      policy: or({ key_props: { kty: 'RSA', key_size: 2048 } }),
    }),
    resource(VAULT, 'kv', { enableRbacAuthorization: or(true), networkAcls: or({ defaultAction: 'Deny' }) }),
    resource('Microsoft.Network/applicationGateways', 'agw', {
      sku: { tier: 'WAF_v2' },
      sslPolicy: or({ policyName: 'AppGwSslPolicy20220101S' }),
      httpListeners: [
        { name: 'https', protocol: or('Https'), sslCertificate: idOf('Microsoft.Network/applicationGateways', 'agw', 'sslCertificates', 'rdweb') },
      ],
      sslCertificates: or([{ name: 'rdweb', keyVaultSecretId: 'https://kv.vault.azure.net/secrets/rdgw/0123' }]),
      requestRoutingRules: or([]),
    }),
    resource('Microsoft.Insights/activityLogAlerts', 'alert', {
      enabled: or(true),
      scopes: ['/subscriptions/00000000-0000-0000-0000-000000000000'],
      condition: or({ allOf: [] }),
    }),
    resource(ARC, 'rdsh1', {
      osType: 'windows',
      osSku: or('Windows Server 2022 Standard'),
      status: or('Connected'),
      agentVersion: or('1.60.0'),
      agentConfiguration: or({ incomingConnectionsPorts: ['22'] }),
    }),
  ];
}

export function child(type: string, parent: string, childType: string, name: string, body: Readonly<Record<string, Json>>): CloudResource {
  const made = resource(`${type}/${childType}`, name, body);
  const id = `${String(idOf(type, parent)['id'])}/${childType}/${name}`.toLowerCase();
  return { ...made, id, displayId: `/${id}` };
}

export function extension(machine: string, name: string, body: Readonly<Record<string, Json>>): CloudResource {
  return child(VM, machine, 'extensions', name, body);
}

/** An extension resource, `Microsoft.Insights/diagnosticSettings`, of another. */
export function extending(owner: CloudResource, type: string, name: string, body: Readonly<Record<string, Json>>): CloudResource {
  const made = resource(type, name, body);
  const id = `${owner.id}/providers/${type}/${name}`.toLowerCase();
  return { ...made, id, displayId: `/${id}` };
}
