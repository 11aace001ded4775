import { defineKind, HOST_MEMBER } from './define.ts';

const REACH = {
  enum: ['nobody', 'listed', 'local-subnet', 'any'],
  description: 'Ordered: nobody, listed addresses (private ranges too, and peers that IPsec authenticates), the local subnet, any address of the Internet.',
};
const VIA = {
  enum: [
    'services-stopped',
    'firewall-off',
    'interface-excluded',
    'default-allow',
    'rules',
    'authenticated-rules',
    'shields-up',
    'blocked',
    'local-rules-ignored',
    'wrong-profile',
    'rule-disabled',
    'rule-not-loaded',
    'no-rule',
  ],
  description: 'Why it is open, or, when it is open to nobody, what shuts it.',
};
const RULE = { type: 'string', description: 'InstanceID of the rule.' };
const STORE = {
  type: 'string',
  description: 'PersistentStore, or the name of the Group Policy object.',
};
const SOURCE = { enum: ['local', 'gpo', 'other'], description: 'Kind of the store.' };

const reference = {
  type: 'object',
  required: ['rule', 'store', 'source'],
  additionalProperties: false,
  properties: { rule: RULE, store: STORE, source: SOURCE },
};
const protocol = {
  type: 'object',
  required: ['open', 'openTo', 'via'],
  additionalProperties: false,
  properties: {
    open: { type: 'boolean', description: 'Open to anybody at all.' },
    openTo: REACH,
    via: VIA,
  },
};

/**
 * Who reaches the Remote Desktop listener through the host firewall on one network profile, whether or not an interface is
 * on that profile now. Firewalls in front of the host are not seen. Semantics: https://learn.microsoft.com/openspecs/windows_protocols/ms-fasp/
 */
export const RDP_REACHABILITY = defineKind('windows.rdpReachability', 'Reach of Remote Desktop through the host firewall, for one profile', {
  host: HOST_MEMBER,
  profile: {
    enum: ['Domain', 'Private', 'Public'],
    description: 'Profile of the Windows Firewall.',
  },
  active: {
    type: 'boolean',
    description: 'An interface is on the profile now; several profiles can be active at a time.',
  },
  interfaces: {
    type: 'array',
    items: { type: 'string' },
    description: 'Aliases of the interfaces that are on it.',
  },
  globalAddress: { type: 'boolean', description: 'One of them has a global unicast address.' },
  rdpEnabled: {
    type: 'boolean',
    description: 'Remote Desktop is on (fDenyTSConnections is 0, policy first).',
  },
  port: { type: 'integer', description: 'Port of the listener RDP-Tcp.' },
  openTo: { ...REACH, description: `Over TCP or UDP, whichever is wider. ${REACH.description}` },
  open: {
    type: 'boolean',
    description: 'Open to anybody at all. Known even where openTo is not, when both its bounds agree.',
  },
  openBeyondListed: {
    type: 'boolean',
    description: 'Open to the local subnet or to any address.',
  },
  openToAny: { type: 'boolean', description: 'Open to any address of the Internet.' },
  via: VIA,
  tcp: { ...protocol, description: 'Over TCP, which every connection needs.' },
  udp: { ...protocol, description: 'Over UDP, which a connection may use beside TCP.' },
  transport: {
    enum: ['not-configured', 'both', 'tcp-only', 'either'],
    description: 'Policy Select RDP transport protocols (SelectTransport): 0 both, 1 only TCP, 2 either.',
  },
  openedBy: {
    type: 'array',
    description: 'Rules that let it in for certain (or would, were the firewall filtering), without what block rules take.',
    items: {
      type: 'object',
      required: ['rule', 'store', 'source', 'scope', 'protocol', 'remoteAddresses'],
      additionalProperties: false,
      properties: {
        rule: RULE,
        store: STORE,
        source: SOURCE,
        scope: REACH,
        protocol: { enum: ['tcp', 'udp', 'any'], description: 'What the rule opens of the two.' },
        remoteAddresses: {
          type: 'array',
          items: { type: 'string' },
          description: 'As the rule states them.',
        },
      },
    },
  },
  mayOpen: {
    type: 'array',
    items: reference,
    description: 'Rules that may open it further, were what could not be read the worst.',
  },
  shadowed: {
    type: 'array',
    description: 'Allow rules over which a block rule lies.',
    items: {
      type: 'object',
      required: ['rule', 'store', 'source', 'by', 'fully'],
      additionalProperties: false,
      properties: {
        rule: RULE,
        store: STORE,
        source: SOURCE,
        by: { type: 'array', items: reference, description: 'The block rules.' },
        fully: { type: 'boolean', description: 'Nothing of what the rule lets in is left.' },
      },
    },
  },
  blockedBy: {
    type: 'array',
    items: {
      ...reference,
      required: [...reference.required, 'alone'],
      properties: { ...reference.properties, alone: { type: 'boolean', description: 'It blocks no port but that of the listener RDP-Tcp.' } },
    },
    description: 'The block rules that lie over an allow rule.',
  },
  mayBeShadowed: {
    type: 'boolean',
    description: 'False; unknown when a block rule that could not be read may lie over an allow rule.',
  },
  ignoredLocalRules: {
    type: 'array',
    items: reference,
    description: 'Local rules that would open it, but only rules of Group Policy count.',
  },
  openOnActive: {
    type: 'boolean',
    description: 'TCP is open to anybody on at least one profile that is active.',
  },
});
