import { parseNetwork, subnetOf } from './addresses';

/** The subnets, as networks in text. */
export interface Layout {
  readonly hosts: string;
  readonly gateways: string;
  readonly bastion: string;
  readonly jobs: string;
  readonly endpoints: string;
}

/**
 * Azure Bastion needs a /26, an environment of Container Apps a /27. Whoever is in the gateways' subnet reaches RDP of all hosts:
 * it holds no more than ten gateways and what Azure keeps for itself.
 */
export function layoutOf(virtualNetwork: string): Layout {
  const network = parseNetwork(virtualNetwork);
  if (network === undefined) throw new Error(`'${virtualNetwork}' is no network.`);
  return {
    hosts: subnetOf(network, 0, 23),
    gateways: subnetOf(network, 512, 28),
    bastion: subnetOf(network, 576, 26),
    jobs: subnetOf(network, 640, 26),
    endpoints: subnetOf(network, 704, 26),
  };
}
