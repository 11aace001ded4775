import { choice, closed, exposure, flag, hops, RESOURCE_GROUP, text, texts } from './azure-schema.ts';
import type { FactKind } from './kind.ts';

export const AZURE_LOAD_BALANCER_RULE: FactKind = {
  kind: 'azure.loadBalancerRule',
  title: 'A NAT rule, NAT pool or load-balancing rule of a load balancer',
  schema: closed({
    loadBalancer: text('Name of the load balancer.'),
    resourceGroup: RESOURCE_GROUP,
    rule: text('Name of the rule.'),
    shape: choice(['nat-rule', 'nat-pool', 'rule'], 'inboundNatRules, inboundNatPools or loadBalancingRules.'),
    public: flag('Whether its frontend has a public address.'),
    frontendPort: text('Port or range that clients connect to.'),
    backendPort: text('Port of the machines after translation (https://learn.microsoft.com/azure/load-balancer/inbound-nat-rules).'),
    publishesRdp: flag('Whether it leads from a public frontend to TCP 3389.'),
    leadsTo: texts('Machines or interfaces behind it.'),
    referenced: flag('An interface names the rule, so that it cannot be removed alone.'),
    hops: hops('What packets to TCP 3389 pass on the way to the machine behind it that is open widest; none when it leads to none.'),
    rdpTcp: exposure('Who reaches TCP 3389 of a machine behind it, after the network security groups there.'),
  }),
};

export const AZURE_PRIVATE_LINK_SERVICE: FactKind = {
  kind: 'azure.privateLinkService',
  title: 'A Private Link service, and whether its consumers reach RDP',
  schema: closed({
    service: text('Name of the Private Link service.'),
    resourceGroup: RESOURCE_GROUP,
    visibleTo: choice(
      ['anyone', 'listed', 'own-roles'],
      'Who may ask for a connection: anyone with its alias, listed subscriptions, or whoever has a role on it (https://learn.microsoft.com/azure/private-link/private-link-service-overview).',
    ),
    approvedFor: choice(['anyone', 'listed', 'nobody'], 'Whose connections need no approval: those of anyone who may ask, of listed subscriptions, or nobody.'),
    reachesRdp: flag('Consumers reach TCP 3389 of a machine, after the network security groups there, which see an address of the service.'),
    leadsTo: texts('Machines or interfaces whose TCP 3389 they reach, or may reach.'),
    through: texts('Rules of load balancers that lead there, or the address itself.'),
    hops: hops('What packets to TCP 3389 pass on the way to the first of them; none when there is none.'),
  }),
};

export const AZURE_FIREWALL_DNAT: FactKind = {
  kind: 'azure.firewallDnat',
  title: 'A DNAT rule of Azure Firewall, classic or of a firewall policy',
  schema: closed({
    owner: text('Name of the firewall or the firewall policy.'),
    resourceGroup: RESOURCE_GROUP,
    collection: text('Name of the rule collection.'),
    rule: text('Name of the rule.'),
    destinationPorts: text('Ports of the firewall that clients connect to, joined with commas.'),
    translatedAddress: text('Where packets go; unknown when it is unresolved or a name.'),
    translatedPort: text('Port they go to.'),
    forwardsRdp: flag('Whether it leads to TCP 3389.'),
    forwardsRdpUdp: flag('Whether it leads to UDP 3389 or 3390.'),
    sources: text('Its sources as written, those of IP groups among them.'),
    form: choice(['addresses', 'groups', 'mixed'], 'Which members state the sources: sourceAddresses, sourceIpGroups, or both.'),
    clients: exposure(
      'Who may use it: a DNAT rule that matches allows the traffic, and no network rule is asked (https://learn.microsoft.com/azure/firewall/rule-processing). Without clients whom a rule before it takes.',
    ),
    hops: hops('What packets to RDP pass on the way to the interface of that address; none when the input does not show one.'),
  }),
};
