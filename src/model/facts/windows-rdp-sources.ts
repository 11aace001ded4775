import { defineKind, HOST_MEMBER } from './define.ts';

const PROFILE = { enum: ['Domain', 'Private', 'Public'], description: 'Profile of the Windows Firewall.' } as const;
const TEXTS = { type: 'array', items: { type: 'string' } } as const;
const RULES = {
  type: 'array',
  items: {
    type: 'object',
    required: ['rule', 'store', 'source', 'addresses'],
    additionalProperties: false,
    properties: {
      rule: { type: 'string', description: 'InstanceID of the rule.' },
      store: { type: 'string', description: 'PersistentStore, or the name of the Group Policy object.' },
      source: { enum: ['local', 'gpo', 'other'], description: 'Kind of the store.' },
      addresses: TEXTS,
    },
  },
} as const;
const VIA = { type: 'string', description: 'Why it is open, or what shuts it, as in windows.rdpReachability.' } as const;

/** A rule with addresses that it lets in. */
export type SourceRule = { readonly rule: string; readonly store: string; readonly source: string | null; readonly addresses: readonly string[] };

/** Address for address who gets through the firewall to Remote Desktop on one profile. */
export type RdpSources = {
  readonly host: string;
  readonly profile: string;
  readonly active: boolean | null;
  readonly via: string | null;
  readonly certain: readonly string[];
  readonly possible: readonly string[];
  readonly rules: readonly SourceRule[];
};

export const RDP_SOURCES = defineKind('windows.rdpSources', 'Addresses that the host firewall lets reach Remote Desktop, for one profile', {
  host: HOST_MEMBER,
  profile: PROFILE,
  active: { type: 'boolean', description: 'An interface is on the profile now.' },
  via: VIA,
  certain: { ...TEXTS, description: 'Ranges that get in for certain, block rules taken away; LocalSubnet stands for the subnets of the host.' },
  possible: { ...TEXTS, description: 'Ranges that cannot be ruled out.' },
  rules: { ...RULES, description: 'What each rule lets in of the certain ones.' },
});

/** Where a host is, and which roles make others listen to it. */
export type HostPlace = {
  readonly host: string;
  readonly addresses: readonly string[] | null;
  readonly sessionHost: boolean | null;
  readonly gateway: boolean | null;
  readonly broker: boolean | null;
};

export const HOST_PLACE = defineKind('windows.hostPlace', 'Addresses and Remote Desktop roles of a host', {
  host: HOST_MEMBER,
  addresses: { ...TEXTS, description: 'Addresses of the connected interfaces, without loopback and link-local ones.' },
  sessionHost: { type: 'boolean', description: 'The session host role is installed.' },
  gateway: { type: 'boolean', description: 'RDS-Gateway is installed.' },
  broker: { type: 'boolean', description: 'RDS-Connection-Broker is installed.' },
});

/** Who reaches a session host without coming through its gateway. */
export type GatewayBypass = {
  readonly host: string;
  readonly profile: string | null;
  readonly active: boolean | null;
  readonly sessionHost: boolean | null;
  readonly gateways: readonly string[];
  readonly via: string | null;
  readonly allowed: readonly string[];
  readonly unplaced: readonly string[];
  readonly beyond: boolean | null;
  readonly extra: readonly string[] | null;
  readonly rules: readonly SourceRule[] | null;
};

export const GATEWAY_BYPASS = defineKind('windows.gatewayBypass', 'Ways to a session host past its gateway, for one profile', {
  host: HOST_MEMBER,
  profile: PROFILE,
  active: { type: 'boolean', description: 'An interface is on the profile now.' },
  sessionHost: { type: 'boolean', description: 'It has the role, or a collection names it.' },
  gateways: { ...TEXTS, description: 'Gateways of the estate and of its deployments; none: nothing to come through.' },
  via: VIA,
  allowed: {
    ...TEXTS,
    description: 'Addresses of the gateways, the brokers, the jump hosts (role workstation in the estate) and intent.adminNetworks, as far as they are known.',
  },
  unplaced: { ...TEXTS, description: 'Gateways, brokers and jump hosts whose addresses no snapshot shows.' },
  beyond: { type: 'boolean', description: 'Others get in too. Unknown while one of them may be what is unplaced.' },
  extra: { ...TEXTS, description: 'The ranges that get in beyond those, for certain.' },
  rules: { ...RULES, description: 'The rules that let them in, with what each lets in too much; none where no rule filters.' },
});

export const RDP_SOURCE_KINDS = [RDP_SOURCES, HOST_PLACE, GATEWAY_BYPASS];
