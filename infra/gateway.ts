import * as compute from '@pulumi/azure-native/compute';
import * as network from '@pulumi/azure-native/network';
import * as pulumi from '@pulumi/pulumi';
import { common, type Foundation } from './foundation';
import type { Logs } from './logs';
import { SERVER, WindowsMachine } from './machine';
import { publicAddress } from './network';

export interface Gateways {
  readonly address: pulumi.Output<string>;
  readonly machines: readonly WindowsMachine[];
}

/** Both transports of one client end at one gateway: that is how UDP finds its HTTPS session. */
const PORTS = [
  { name: 'https', protocol: 'Tcp', port: 443 },
  { name: 'udp-transport', protocol: 'Udp', port: 3391 },
] as const;

/** RD Gateways behind one public address that leads to nothing but their own two ports. */
export function gateways(base: Foundation, subnetId: pulumi.Output<string>, logs: Logs): Gateways {
  const { settings, groupName, subscriptionId } = base;
  const address = publicAddress(base, 'gateway');
  const name = 'gateway';
  const part = (kind: string, of: string): pulumi.Output<string> =>
    pulumi.interpolate`/subscriptions/${subscriptionId}/resourceGroups/${groupName}/providers/Microsoft.Network/loadBalancers/${name}/${kind}/${of}`;
  const balancer = new network.LoadBalancer(name, {
    ...common(base),
    loadBalancerName: name,
    sku: { name: 'Standard' },
    frontendIPConfigurations: [{ name: 'public', publicIPAddress: { id: address.id } }],
    backendAddressPools: [{ name: 'gateways' }],
    probes: [{ name: 'https', protocol: 'Tcp', port: 443, intervalInSeconds: 5, numberOfProbes: 2 }],
    loadBalancingRules: PORTS.map(({ name, protocol, port }) => ({
      name,
      protocol,
      frontendPort: port,
      backendPort: port,
      loadDistribution: 'SourceIP',
      disableOutboundSnat: true,
      frontendIPConfiguration: { id: part('frontendIPConfigurations', 'public') },
      backendAddressPool: { id: part('backendAddressPools', 'gateways') },
      probe: { id: part('probes', 'https') },
    })),
  });
  const set = new compute.AvailabilitySet('gateways', { ...common(base), sku: { name: 'Aligned' }, platformFaultDomainCount: 2, platformUpdateDomainCount: 5 });
  const machines = Array.from(
    { length: settings.gateways },
    (_, index) =>
      new WindowsMachine(
        `rdgw${String(index + 1).padStart(2, '0')}`,
        base,
        {
          role: 'rd-gateway',
          subnetId,
          image: SERVER,
          backendPoolId: part('backendAddressPools', 'gateways'),
          availabilitySetId: set.id,
          entraJoined: false,
        },
        logs,
        { dependsOn: [balancer] },
      ),
  );
  return { address: address.ipAddress.apply((text) => text ?? ''), machines };
}
