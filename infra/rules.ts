import type * as network from '@pulumi/azure-native/network';
import type { Settings } from './settings';
import type { Layout } from './layout';

/** A rule of a network security group, inbound. */
interface Inbound {
  readonly name: string;
  readonly protocol: 'Tcp' | 'Udp' | '*';
  readonly from: string | readonly string[];
  readonly ports: readonly string[];
}

type Rules = NonNullable<network.NetworkSecurityGroupArgs['securityRules']>;

/** Allowed in this order; all else is denied, also what Azure lets in between machines of a virtual network. */
function inbound(allowed: readonly Inbound[]): Rules {
  const rules = allowed.map(({ name, protocol, from, ports }, index) => ({
    name,
    priority: 200 + index * 10,
    direction: 'Inbound',
    access: 'Allow',
    protocol,
    ...(typeof from === 'string' ? { sourceAddressPrefix: from } : { sourceAddressPrefixes: [...from] }),
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRanges: [...ports],
  }));
  return [...rules, denyAll('Inbound')];
}

function denyAll(direction: 'Inbound' | 'Outbound') {
  return {
    name: `DenyAll${direction}`,
    priority: 4096,
    direction,
    access: 'Deny',
    protocol: '*',
    sourceAddressPrefix: '*',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '*',
  };
}

/** Who administers machines: Azure Bastion, the networks of administrators, the scan when it comes by SSH. */
function administration({ adminNetworks, scan }: Settings, layout: Layout): Inbound[] {
  return [
    { name: 'AllowBastion', protocol: 'Tcp', from: layout.bastion, ports: ['3389'] },
    ...(adminNetworks.length === 0 ? [] : [{ name: 'AllowAdministrators', protocol: 'Tcp' as const, from: adminNetworks, ports: ['3389'] }]),
    ...(scan?.hosts === 'ssh' ? [{ name: 'AllowScan', protocol: 'Tcp' as const, from: layout.jobs, ports: ['22'] }] : []),
  ];
}

/** HTTPS and the UDP transport of the gateway from everywhere (learn.microsoft.com/windows-server/remote/remote-desktop-services). */
export function gatewayRules(settings: Settings, layout: Layout): Rules {
  return inbound([
    { name: 'AllowHttps', protocol: 'Tcp', from: 'Internet', ports: ['443'] },
    { name: 'AllowUdpTransport', protocol: 'Udp', from: 'Internet', ports: ['3391'] },
    { name: 'AllowProbe', protocol: 'Tcp', from: 'AzureLoadBalancer', ports: ['443'] },
    ...administration(settings, layout),
  ]);
}

/** RDP from the gateways; desktops of Azure Virtual Desktop call out themselves and need no way in. */
export function hostRules(settings: Settings, layout: Layout): Rules {
  const fromGateway: Inbound[] = settings.access === 'avd' ? [] : [{ name: 'AllowGateway', protocol: '*', from: layout.gateways, ports: ['3389'] }];
  return inbound([...fromGateway, ...administration(settings, layout)]);
}

/** https://learn.microsoft.com/azure/bastion/bastion-nsg */
export function bastionRules(): Rules {
  const out = (name: string, priority: number, ports: readonly string[], to: string, protocol: string) => ({
    name,
    priority,
    direction: 'Outbound',
    access: 'Allow',
    protocol,
    sourceAddressPrefix: '*',
    sourcePortRange: '*',
    destinationAddressPrefix: to,
    destinationPortRanges: [...ports],
  });
  return [
    ...(inbound([
      { name: 'AllowHttps', protocol: 'Tcp', from: 'Internet', ports: ['443'] },
      { name: 'AllowGatewayManager', protocol: 'Tcp', from: 'GatewayManager', ports: ['443'] },
      { name: 'AllowLoadBalancer', protocol: 'Tcp', from: 'AzureLoadBalancer', ports: ['443'] },
      { name: 'AllowBastionHosts', protocol: '*', from: 'VirtualNetwork', ports: ['8080', '5701'] },
    ]) as object[]),
    out('AllowMachines', 100, ['22', '3389'], 'VirtualNetwork', '*'),
    out('AllowAzureCloud', 110, ['443'], 'AzureCloud', 'Tcp'),
    out('AllowBastionHosts', 120, ['8080', '5701'], 'VirtualNetwork', '*'),
    out('AllowSessionInformation', 130, ['80'], 'Internet', '*'),
    denyAll('Outbound'),
  ] as Rules;
}

/** Private endpoints take HTTPS from the network, and files over SMB. */
export function endpointRules(settings: Settings): Rules {
  return inbound([{ name: 'AllowNetwork', protocol: 'Tcp', from: [settings.virtualNetwork, ...settings.adminNetworks], ports: ['443', '445'] }]);
}

/** Nothing calls the jobs; their own environment may. */
export function jobRules(layout: Layout): Rules {
  return inbound([
    { name: 'AllowEnvironment', protocol: '*', from: layout.jobs, ports: ['0-65535'] },
    { name: 'AllowProbe', protocol: 'Tcp', from: 'AzureLoadBalancer', ports: ['30000-32767'] },
  ]);
}
