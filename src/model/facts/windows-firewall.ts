import { defineKind, HOST_MEMBER } from './define.ts';
import type { FactKind } from './kind.ts';

const PROFILE = {
  enum: ['Domain', 'Private', 'Public'],
  description: 'Profile of the Windows Firewall.',
};
const REACH = {
  enum: ['nobody', 'listed', 'local-subnet', 'any'],
  description: 'Ordered, as in windows.rdpReachability.',
};
const RULE = { type: 'string', description: 'InstanceID of the rule.' };
const STORE = {
  type: 'string',
  description: 'PersistentStore, or the name of the Group Policy object.',
};
const SOURCE = { enum: ['local', 'gpo', 'other'], description: 'Kind of the store.' };
const PART_OF_DOMAIN = {
  type: 'boolean',
  description: 'The host is a domain member (Win32_ComputerSystem.PartOfDomain).',
};

const reference = {
  type: 'object',
  required: ['rule', 'store', 'source'],
  additionalProperties: false,
  properties: { rule: RULE, store: STORE, source: SOURCE },
};

/** A rule that opens a port further than it may be open. */
const opener = {
  ...reference,
  required: [...reference.required, 'shared'],
  properties: {
    ...reference.properties,
    shared: {
      type: 'boolean',
      description: 'It lets in HTTPS, SSH, any port, or a port of Remote Desktop roles that may be open as well, so that taking it away would shut these too.',
    },
  },
};

/** One inbound rule that covers the Remote Desktop listener, its old port, or one of its companions. */
export const RDP_FIREWALL_RULE = defineKind('windows.rdpFirewallRule', 'Firewall rule that concerns Remote Desktop', {
  host: HOST_MEMBER,
  rule: RULE,
  store: STORE,
  source: SOURCE,
  group: {
    type: 'string',
    description: 'RuleGroup: @FirewallAPI.dll,-28752 is Remote Desktop; empty for a rule made by hand.',
  },
  enabled: { type: 'boolean' },
  counts: {
    type: 'boolean',
    description: 'Enabled, loaded, and of a store that counts on at least one of its profiles.',
  },
  action: {
    enum: ['allow', 'block', 'bypass'],
    description: 'bypass lets authenticated peers past every block rule.',
  },
  profiles: { type: 'array', items: PROFILE, description: 'Profiles it applies to.' },
  protocol: { enum: ['tcp', 'udp', 'any'] },
  role: {
    enum: ['listener', 'shadow', 'websocket', 'other'],
    description: 'By the name or group of a predefined rule: shadowing, WebSocket transport, or else listener when it covers the port.',
  },
  coversListener: {
    type: 'boolean',
    description: 'Covers the port, the program and the service of the listener.',
  },
  stale: { type: 'boolean', description: 'Meant for port 3389, which the listener has left.' },
  broad: {
    type: 'boolean',
    description: 'Made by hand for any program and service, or for any port, or for any protocol.',
  },
  handMade: { type: 'boolean', description: 'Has no group.' },
  anyProgram: { type: 'boolean' },
  anyService: { type: 'boolean' },
  anyPort: { type: 'boolean' },
  anyProtocol: { type: 'boolean' },
  edgeTraversal: {
    enum: ['block', 'allow', 'defer-to-user', 'defer-to-app'],
    description: 'EdgeTraversalPolicy: whether traffic through NAT devices and Teredo gets in.',
  },
  scope: {
    ...REACH,
    description: 'How far its remote addresses reach, block rules not looked at.',
  },
  remoteAddresses: {
    type: 'array',
    items: { type: 'string' },
    description: 'As the rule states them.',
  },
  shadowing: {
    enum: ['disabled', 'control-with-consent', 'control-without-consent', 'view-with-consent', 'view-without-consent'],
    description: 'Remote control of sessions (Shadow): 0, 1, 2, 3, 4; absent is 1.',
  },
});

/** One connected interface and the network that Windows puts it on. */
export const NETWORK_INTERFACE = defineKind('windows.networkInterface', 'Network interface and its profile', {
  host: HOST_MEMBER,
  interface: { type: 'string', description: 'InterfaceAlias.' },
  profile: { ...PROFILE, description: 'Firewall profile that its network category stands for.' },
  identified: {
    type: 'boolean',
    description: 'False: Windows has not identified the network, so it counts as Public.',
  },
  partOfDomain: PART_OF_DOMAIN,
  domainElsewhere: {
    type: 'boolean',
    description: 'Another interface of the host is on the Domain profile.',
  },
  addresses: { type: 'array', items: { type: 'string' } },
  globalAddress: { type: 'boolean', description: 'One of them is global unicast.' },
});

/** Do local rules count beside those of Group Policy? One profile. */
export const FIREWALL_LOCAL_RULES = defineKind('windows.firewallLocalRules', 'Merge of local rules on one firewall profile', {
  host: HOST_MEMBER,
  profile: PROFILE,
  partOfDomain: PART_OF_DOMAIN,
  localRules: {
    type: 'boolean',
    description: 'Local firewall rules count (AllowLocalFirewallRules, AllowLocalPolicyMerge).',
  },
  localIPsecRules: {
    type: 'boolean',
    description: 'Local connection security rules count (AllowLocalIPsecRules).',
  },
});

/** A service without which nothing is filtered. */
export const FIREWALL_SERVICE = defineKind('windows.firewallService', 'Service of the Windows Firewall', {
  host: HOST_MEMBER,
  service: { type: 'string', description: 'mpssvc or BFE, spelled as on the host.' },
  running: { type: 'boolean' },
  startType: { enum: ['automatic', 'manual', 'disabled', 'boot', 'system'] },
});

/** The port of the listener against the ports of the rules. */
export const RDP_PORT = defineKind('windows.rdpPort', 'Listener port and firewall rules', {
  host: HOST_MEMBER,
  port: { type: 'integer', description: 'Port of the listener RDP-Tcp; 3389 unless moved.' },
  mismatch: {
    enum: ['none', 'stale-rule', 'unreachable'],
    description: 'unreachable: rules let in 3389, which the listener has left, and nothing lets in its port on an active profile.',
  },
  staleRules: {
    type: 'array',
    items: reference,
    description: 'Allow rules that count and are still meant for 3389.',
  },
});

/** Ports of the roles of a gateway, broker, licensing or web access server, for one profile. */
export const FIREWALL_PORTS = defineKind('windows.firewallPorts', 'Ports of Remote Desktop roles on one firewall profile', {
  host: HOST_MEMBER,
  profile: PROFILE,
  active: { type: 'boolean', description: 'An interface is on the profile now.' },
  external: {
    type: 'boolean',
    description: 'Public, or an interface with a global address is on it.',
  },
  gateway: { type: 'boolean', description: 'RDS-Gateway is installed.' },
  broker: { type: 'boolean', description: 'RDS-Connection-Broker is installed.' },
  licensing: { type: 'boolean', description: 'RDS-Licensing is installed.' },
  webAccess: { type: 'boolean', description: 'RDS-Web-Access is installed.' },
  wideRules: {
    type: 'array',
    items: reference,
    description: 'Rules that open one of the ports to more than listed addresses for certain.',
  },
  gatewayRules: {
    type: 'array',
    items: opener,
    description: 'Those of them that open a port which a gateway should not show (FW-014).',
  },
  backEndRules: {
    type: 'array',
    items: opener,
    description:
      'Rules that open a port of a back-end role that is installed here further than it may be: on Public to more than listed addresses, else to any (FW-016).',
  },
  ports: {
    type: 'array',
    description: 'https://learn.microsoft.com/troubleshoot/windows-server/networking/service-overview-and-network-port-requirements',
    items: {
      type: 'object',
      required: ['name', 'protocol', 'port', 'backEnd', 'openTo', 'openBeyondListed', 'openToAny', 'rules'],
      additionalProperties: false,
      properties: {
        name: {
          enum: ['rdp', 'rpc', 'rpc-dynamic', 'netbios', 'smb', 'winrm', 'winrm-https', 'broker', 'gateway-farm'],
        },
        protocol: { enum: ['tcp', 'udp'] },
        port: { type: 'integer', description: 'First port of a dynamic range.' },
        backEnd: {
          type: 'boolean',
          description: 'A port of a back-end role that is installed here.',
        },
        openTo: REACH,
        openBeyondListed: {
          type: 'boolean',
          description: 'Open to the local subnet or to any address.',
        },
        openToAny: { type: 'boolean', description: 'Open to any address of the Internet.' },
        rules: {
          type: 'array',
          items: reference,
          description: 'Rules that let it in for certain.',
        },
      },
    },
  },
});

/** Rules of a gateway farm on a gateway. */
export const GATEWAY_FARM_RULES = defineKind('windows.gatewayFarmRules', 'Firewall rules of a gateway farm', {
  host: HOST_MEMBER,
  farm: {
    type: 'boolean',
    description: 'The gateway has members of a farm (Win32_TSGatewayLoadBalancer.Servers).',
  },
  enabledRules: {
    type: 'array',
    items: reference,
    description: 'Enabled rules that only a farm needs.',
  },
});

export const FIREWALL_KINDS: readonly FactKind[] = [
  RDP_FIREWALL_RULE,
  NETWORK_INTERFACE,
  FIREWALL_LOCAL_RULES,
  FIREWALL_SERVICE,
  RDP_PORT,
  FIREWALL_PORTS,
  GATEWAY_FARM_RULES,
];
