import * as network from '@pulumi/azure-native/network';
import type * as pulumi from '@pulumi/pulumi';
import { common, type Foundation } from './foundation';
import { layoutOf } from './layout';
import { bastionRules, endpointRules, gatewayRules, hostRules, jobRules } from './rules';

/** The virtual network: a subnet a purpose, each behind a group of its own, with no way out but the NAT gateway. */
export interface VirtualNetwork {
  readonly id: pulumi.Output<string>;
  /** Null where people get in by Azure Virtual Desktop alone. */
  readonly gateways: pulumi.Output<string> | null;
  readonly hosts: pulumi.Output<string>;
  readonly jobs: pulumi.Output<string>;
  readonly endpoints: pulumi.Output<string>;
  readonly bastion: network.BastionHost;
}

type Rules = network.NetworkSecurityGroupArgs['securityRules'];

export function virtualNetwork(base: Foundation): VirtualNetwork {
  const { settings } = base;
  const layout = layoutOf(settings.virtualNetwork);
  const whole = new network.VirtualNetwork('network', { ...common(base), addressSpace: { addressPrefixes: [settings.virtualNetwork] } }, KEEP_SUBNETS);
  const outward = natGateway(base);

  /** Subnets are made one after the other: Azure changes a virtual network once at a time. */
  let last: network.Subnet | undefined;
  const subnet = (name: string, addressPrefix: string, rules: Rules, more: Partial<network.SubnetArgs> = {}): network.Subnet => {
    const group = new network.NetworkSecurityGroup(name, { ...common(base), securityRules: rules });
    const made = new network.Subnet(
      name,
      {
        resourceGroupName: base.group.name,
        virtualNetworkName: whole.name,
        addressPrefix,
        networkSecurityGroup: { id: group.id },
        defaultOutboundAccess: false,
        privateEndpointNetworkPolicies: 'Enabled',
        ...more,
      },
      { dependsOn: last === undefined ? [] : [last] },
    );
    last = made;
    return made;
  };

  const natGatewayId = { natGateway: { id: outward.id } };
  // Storage and the vault let these subnets in, and nobody else.
  const serviceEndpoints = [{ service: 'Microsoft.Storage' }, { service: 'Microsoft.KeyVault' }];
  const hosts = subnet('hosts', layout.hosts, hostRules(settings, layout), { ...natGatewayId, serviceEndpoints });
  const gateways =
    settings.access === 'avd' ? null : subnet('gateways', layout.gateways, gatewayRules(settings, layout), { ...natGatewayId, serviceEndpoints });
  const jobs = subnet('jobs', layout.jobs, jobRules(layout), {
    ...natGatewayId,
    serviceEndpoints,
    delegations: [{ name: 'container-apps', serviceName: 'Microsoft.App/environments' }],
  });
  const endpoints = subnet('endpoints', layout.endpoints, endpointRules(settings));
  const forBastion = subnet('bastion', layout.bastion, bastionRules(), {
    subnetName: 'AzureBastionSubnet',
    // Azure itself sees to the way out of what it runs there.
    defaultOutboundAccess: undefined,
  });
  return { id: whole.id, hosts: hosts.id, gateways: gateways?.id ?? null, jobs: jobs.id, endpoints: endpoints.id, bastion: bastionHost(base, forBastion) };
}

/** Subnets are resources of their own; without this the network would take them for strangers and remove them. */
const KEEP_SUBNETS: pulumi.CustomResourceOptions = { ignoreChanges: ['subnets'] };

function natGateway(base: Foundation): network.NatGateway {
  const address = publicAddress(base, 'outward');
  return new network.NatGateway('outward', { ...common(base), sku: { name: 'Standard' }, publicIpAddresses: [{ id: address.id }], idleTimeoutInMinutes: 4 });
}

export function publicAddress(base: Foundation, name: string): network.PublicIPAddress {
  return new network.PublicIPAddress(name, { ...common(base), sku: { name: 'Standard' }, publicIPAllocationMethod: 'Static', publicIPAddressVersion: 'IPv4' });
}

/** Standard, since the basic tier cannot turn copy and paste off (learn.microsoft.com/azure/bastion/configuration-settings). */
function bastionHost(base: Foundation, subnet: network.Subnet): network.BastionHost {
  return new network.BastionHost('bastion', {
    ...common(base),
    sku: { name: 'Standard' },
    ipConfigurations: [{ name: 'bastion', subnet: { id: subnet.id }, publicIPAddress: { id: publicAddress(base, 'bastion').id } }],
    disableCopyPaste: true,
    enableFileCopy: false,
    enableIpConnect: false,
    enableShareableLink: false,
    enableTunneling: false,
  });
}
