import { choice, closed, exposure, flag, MANAGEMENT, RESOURCE_GROUP, text, textOrNone, texts } from './azure-schema.ts';
import type { FactKind } from './kind.ts';

const VIA = choice(
  ['public-ip', 'load-balancer', 'firewall'],
  'How packets get in: a public address of the interface, a load balancer, or a DNAT rule of Azure Firewall.',
);
const THROUGH = text('Name of the public address, load-balancer rule or DNAT rule.');

export const AZURE_INGRESS_PATH: FactKind = {
  kind: 'azure.ingressPath',
  title: 'One way from outside to one address of a network interface, and the ports that are open on it after every filter',
  schema: closed({
    networkInterface: text('Name of the interface.'),
    resourceGroup: RESOURCE_GROUP,
    ipConfiguration: text('Name of the ipConfiguration.'),
    machine: textOrNone('Name of the virtual machine or scale set; null when the input attaches none.'),
    machineId: textOrNone('Its id, lower case.'),
    gateway: flag('The machine has the tag role with the value rd-gateway or rd-web.'),
    via: VIA,
    through: THROUGH,
    hops: texts('What packets pass, in order, in words, with the rules that let RDP through.'),
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
  }),
};

export const AZURE_EXPOSED_LISTENER: FactKind = {
  kind: 'azure.exposedListener',
  title: 'Whether the port on which a host of the estate listens for RDP is open to the Internet on one way to its Azure machine',
  schema: closed({
    host: text('The host, as the estate names it.'),
    port: {
      type: 'integer',
      minimum: 1,
      maximum: 65535,
      description: 'Its rdpPort in the estate.',
    },
    networkInterface: text('Name of the interface.'),
    via: VIA,
    through: THROUGH,
    internet: flag('Whether the port is open to as much as the Internet.'),
  }),
};
