import * as pulumi from '@pulumi/pulumi';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Override } from './program.ts';

/** A rule that lets somebody in before all others. */
const allow = (name: string, priority: number, protocol: string, from: string, port: string): JsonObject => ({
  name,
  priority,
  direction: 'Inbound',
  access: 'Allow',
  protocol,
  sourceAddressPrefix: from,
  sourcePortRange: '*',
  destinationAddressPrefix: '*',
  destinationPortRange: port,
});

const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
const object = (value: Json | undefined): JsonObject => value as JsonObject;
const withRules = (inputs: JsonObject, ...rules: readonly JsonObject[]): Record<string, Json> => ({
  ...inputs,
  securityRules: [...rules, ...list(inputs['securityRules'])],
});

type Change = (inputs: Record<string, Json>) => Record<string, Json>;

/** What turns the reference into its opposite, by type and name: the same program with other inputs. */
const CHANGES: Readonly<Record<string, Change>> = {
  'network:NetworkSecurityGroup hosts': (inputs) =>
    withRules(
      inputs,
      allow('AllowRdp', 100, 'Tcp', '*', '3389'),
      allow('AllowRdpUdp', 101, 'Udp', 'Internet', '3389'),
      allow('AllowWinRm', 102, 'Tcp', 'Internet', '5986'),
      allow('AllowRdpAgain', 103, 'Tcp', '10.0.0.0/8', '3389'),
    ),
  'network:NetworkSecurityGroup gateways': (inputs) => withRules(inputs, allow('AllowAll', 100, '*', '*', '*')),
  'network:NetworkSecurityGroup bastion': (inputs) => withRules(inputs, allow('AllowAll', 100, '*', 'Internet', '*')),
  'network:Subnet hosts': (inputs) => ({ ...inputs, defaultOutboundAccess: true, natGateway: null }),
  'network:NetworkInterface rdsh01': (inputs) => ({
    ...inputs,
    ipConfigurations: list(inputs['ipConfigurations']).map((configuration) => ({
      ...object(configuration),
      publicIPAddress: { id: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rds/providers/Microsoft.Network/publicIPAddresses/bastion' },
    })),
  }),
  'network:PublicIPAddress gateway': (inputs) => ({ ...inputs, sku: { name: 'Basic' } }),
  'network:LoadBalancer gateway': (inputs) => ({
    ...inputs,
    sku: { name: 'Basic' },
    loadBalancingRules: list(inputs['loadBalancingRules']).map((rule) =>
      object(rule)['name'] === 'https' ? { ...object(rule), frontendPort: 3389, backendPort: 3389 } : rule,
    ),
  }),
  'network:BastionHost bastion': (inputs) => ({
    ...inputs,
    disableCopyPaste: false,
    enableFileCopy: true,
    enableIpConnect: true,
    enableShareableLink: true,
    enableTunneling: true,
  }),
  'compute:VirtualMachine rdsh01': (inputs) => ({
    ...inputs,
    identity: { type: 'None' },
    securityProfile: null,
    // A base64 text, as the API takes it.
    userData: Buffer.from('net user ops P4ssw0rd!example /add').toString('base64'),
    storageProfile: {
      ...object(inputs['storageProfile']),
      imageReference: { publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku: '2012-datacenter-gensecond', version: 'latest' },
    },
    osProfile: {
      ...object(inputs['osProfile']),
      adminUsername: 'administrator',
      windowsConfiguration: { provisionVMAgent: false, enableAutomaticUpdates: false },
    },
  }),
  'compute:VirtualMachineExtension rdsh01-monitor-agent': (inputs) => ({
    ...inputs,
    publisher: 'Microsoft.EnterpriseCloud.Monitoring',
    type: 'MicrosoftMonitoringAgent',
  }),
  'desktopvirtualization:HostPool desktops': (inputs) => ({
    ...inputs,
    publicNetworkAccess: 'Enabled',
    customRdpProperty: 'enablecredsspsupport:i:0;audiocapturemode:i:1;targetisaadjoined:i:1;',
    agentUpdate: { type: 'Default' },
    maxSessionLimit: 999_999,
    registrationInfo: { expirationTime: '2026-12-20T10:00:00Z', registrationTokenOperation: 'Update', token: 'example-token' },
    vmTemplate: JSON.stringify({ galleryImagePublisher: 'MicrosoftWindowsDesktop', galleryImageSKU: 'win10-21h2-avd', securityType: 'Standard' }),
    ssoadfsAuthority: 'https://adfs.contoso.com/adfs',
    ssoSecretType: 'SharedKeyInKeyVault',
    ssoClientSecretKeyVaultPath: 'https://contoso.vault.azure.net/secrets/adfs',
  }),
  'desktopvirtualization:Workspace desktops': (inputs) => ({ ...inputs, publicNetworkAccess: 'Enabled' }),
  'authorization:RoleAssignment desktop-users': (inputs) => ({ ...inputs, principalType: 'User' }),
  'keyvault:Vault scan': (inputs) => ({
    ...inputs,
    // The SDK has made an output of it already.
    properties: (pulumi.output(inputs['properties'] as unknown) as pulumi.Output<JsonObject>).apply((properties) => ({
      ...properties,
      enableRbacAuthorization: false,
      enablePurgeProtection: false,
      networkAcls: { defaultAction: 'Allow' },
    })) as unknown as Json,
  }),
};

export const insecure: Override = (type, name, inputs) => CHANGES[`${type.replace('azure-native:', '')} ${name}`]?.(inputs);

/** What is meant to be found: each of these and no other. */
export const EXPECTED: readonly string[] = (
  'AVD-001 AVD-002 AVD-003 AVD-004 AVD-005 AVD-006 AVD-007 AVD-008 AVD-010 AVD-011 AVD-014 AVD-015 AVD-016 AVD-017 AVD-018 AZCERT-005 AZCERT-006 BAS-002 BAS-003 BAS-004 BAS-005 ' +
  'NET-001 NET-002 NET-004 NET-006 NET-008 NET-010 NET-012 NET-013 NET-014 NET-015 NET-016 VMH-001 VMH-005 VMH-006 VMH-007 VMH-008 VMH-009 VMH-011 VMH-013'
).split(' ');
