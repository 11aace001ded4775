import { choice, closed, exposure, flag, hops, list, MANAGEMENT, RESOURCE_GROUP, text, textOrNone, texts } from './azure-schema.ts';
import type { FactKind } from './kind.ts';

const VIA = choice(
  ['public-ip', 'load-balancer', 'firewall', 'private-link'],
  'How packets get in: a public address of the interface, a load balancer, a DNAT rule of Azure Firewall, or a Private Link service.',
);
const THROUGH = text('Name of the public address, load-balancer rule, DNAT rule or Private Link service.');

const PORT = { type: 'integer', minimum: 0, maximum: 65535, description: 'A port, inclusive.' } as const;

export const AZURE_INGRESS_PATH: FactKind = {
  kind: 'azure.ingressPath',
  title: 'One way from outside to one address of a network interface, and the ports that are open on it after every filter',
  schema: closed({
    networkInterface: text('Name of the interface.'),
    resourceGroup: RESOURCE_GROUP,
    ipConfiguration: text('Name of the ipConfiguration.'),
    machine: textOrNone('Name of the virtual machine or scale set; null when the input attaches none.'),
    machineId: textOrNone('Its id, lower case.'),
    vmId: textOrNone('Its own number, which its firmware shows to the guest; null when the input does not say.'),
    gateway: flag('The machine has the tag role with the value rd-gateway or rd-web.'),
    via: VIA,
    through: THROUGH,
    hops: hops('What packets to TCP 3389 pass, hop by hop in words, each with the rules that let them on.'),
    udpHops: hops('The same for the first of UDP 3389 and 3390 that is, or may be, open to as much as the Internet; none when none is.'),
    managementHops: hops('The same for the first management port that is, or may be, open to as much as the Internet.'),
    openings: list(
      closed({
        protocol: choice(['tcp', 'udp'], 'Protocol.'),
        from: PORT,
        to: PORT,
        certain: flag('False when something unresolved decides.'),
        hops: hops('What packets to these ports pass.'),
      }),
      'Ports that are, or may be, open to as much as the Internet, with the way to them; at most 64 ranges.',
    ),
    rdpTcp: exposure('Who reaches TCP 3389 of the machine on this way.'),
    rdpUdp: exposure('Who reaches UDP 3389 or 3390 of the machine on this way.'),
    management: MANAGEMENT,
    internetTcp: texts('TCP ports of the machine that are certainly open to as much as the Internet: 443, 3389-3391 or any.'),
    internetUdp: texts('The same for UDP.'),
    perhapsTcp: texts('TCP ports that may be open to as much as the Internet, because something is unresolved.'),
    perhapsUdp: texts('The same for UDP.'),
  }),
};

export const AZURE_GATEWAY_EXPOSURE: FactKind = {
  kind: 'azure.gatewayExposure',
  title: 'What an RD Gateway or RD Web host in Azure shows to the Internet beyond its own ports',
  schema: closed({
    host: text('The gateway host.'),
    knownBy: choice(['tag', 'estate'], 'Why it is taken for a gateway: the tag role of the machine, or its role in the estate.'),
    networkInterface: text('Name of the interface.'),
    via: VIA,
    through: THROUGH,
    beyond: flag('Whether ports other than 443/tcp, 80/tcp and 3391/udp are open to as much as the Internet.'),
    ports: texts('Those that certainly are.'),
    hops: hops('What packets to the first of them pass.'),
  }),
};

export const AZURE_EXPOSED_LISTENER: FactKind = {
  kind: 'azure.exposedListener',
  title: 'Whether the port on which a host listens for RDP is open to the Internet on one way to its Azure machine',
  schema: closed({
    host: text('The host.'),
    listener: textOrNone('Name of its listener; null for the port that the estate states.'),
    port: {
      type: 'integer',
      minimum: 1,
      maximum: 65535,
      description: 'The port that the host has set, else its rdpPort in the estate.',
    },
    networkInterface: text('Name of the interface.'),
    via: VIA,
    through: THROUGH,
    internet: flag('Whether the port is open to as much as the Internet.'),
    hops: hops('What packets to it pass, where it is or may be open.'),
  }),
};

export const AZURE_GATEWAY_UDP: FactKind = {
  kind: 'azure.gatewayUdp',
  title: 'The UDP transport of a host beside the ways to its Azure machine on UDP 3391',
  schema: closed({
    host: text('The host.'),
    gateway: flag('It has the role RD Gateway.'),
    transport: flag('The gateway takes UDP (https://learn.microsoft.com/windows-server/remote/remote-desktop-services/rds-roles).'),
    open: flag('UDP 3391 is open to as much as the Internet on one of the ways.'),
    https: flag('TCP 443 is.'),
    agrees: flag('UDP 3391 is open where the gateway takes UDP and clients reach it over HTTPS, and nowhere else.'),
    through: text('Name of the public address, load-balancer rule or DNAT rule.'),
    hops: hops('What packets to UDP 3391 pass, where it is or may be open.'),
  }),
};
