import { AZURE_DESKTOP_ACCESS, AZURE_HOST_POOL, AZURE_WORKSPACE } from './azure-desktop.ts';
import { AZURE_EXPOSED_LISTENER, AZURE_GATEWAY_EXPOSURE, AZURE_INGRESS_PATH } from './azure-ingress-path.ts';
import { AZURE_NETWORK_INTERFACE, AZURE_SUBNET } from './azure-network-interface.ts';
import { AZURE_NETWORK_SECURITY_GROUP } from './azure-network-security-group.ts';
import { AZURE_FIREWALL_DNAT, AZURE_LOAD_BALANCER_RULE } from './azure-publishing.ts';
import type { FactKind } from './kind.ts';

/** Kinds of facts about Azure networks and Azure Virtual Desktop. */
export const AZURE_KINDS: readonly FactKind[] = [
  AZURE_NETWORK_SECURITY_GROUP,
  AZURE_INGRESS_PATH,
  AZURE_GATEWAY_EXPOSURE,
  AZURE_EXPOSED_LISTENER,
  AZURE_NETWORK_INTERFACE,
  AZURE_SUBNET,
  AZURE_LOAD_BALANCER_RULE,
  AZURE_FIREWALL_DNAT,
  AZURE_HOST_POOL,
  AZURE_WORKSPACE,
  AZURE_DESKTOP_ACCESS,
];
