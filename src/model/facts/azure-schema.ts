import type { JsonObject } from '../json.ts';

/** A closed object whose every member is required and described. */
export function closed(properties: Readonly<Record<string, JsonObject>>, description?: string): JsonObject {
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    required: Object.keys(properties),
    additionalProperties: false,
    properties,
  };
}

export const text = (description: string): JsonObject => ({ type: 'string', description });
export const flag = (description: string): JsonObject => ({ type: 'boolean', description });
export const choice = (values: readonly string[], description: string): JsonObject => ({
  enum: [...values],
  description,
});
export const texts = (description: string): JsonObject => ({
  type: 'array',
  items: { type: 'string' },
  description,
});
export const list = (items: JsonObject, description: string): JsonObject => ({
  type: 'array',
  items,
  description,
});
/** Null where the input has no such thing; it is known to have none. */
export const textOrNone = (description: string): JsonObject => ({
  type: ['string', 'null'],
  description,
});

const NSG_PAGE = 'https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview';

export const RESOURCE_GROUP = textOrNone('Name of the resource group, as the id spells it; null when the input does not name one.');

/** What packets pass, in order, each with the rules that let them on. */
export const hops = (what: string): JsonObject =>
  closed(
    {
      entry: text('Public address, load-balancer rule or DNAT rule.'),
      adminRules: text('Security admin rules of a network manager that are about it.'),
      subnet: text('Network security group of the subnet, and its rules.'),
      interface: text('Network security group of the interface, and its rules.'),
    },
    what,
  );

const WIDTH = choice(
  ['nobody', 'private', 'restricted', 'broad', 'internet'],
  'How wide the sources are, public ones first: internet (from 2^24 IPv4 addresses or 65,536 IPv6 networks of a /48), broad (more than 256 addresses, more than one /48, or the tag AzureCloud), restricted (fewer), private (none that is public), nobody.',
);

const OPENER = closed({
  networkSecurityGroup: textOrNone('Name of the group that holds the rule.'),
  resourceGroup: RESOURCE_GROUP,
  rule: text('Name of the security rule.'),
  priority: {
    type: ['integer', 'null'],
    description: 'Its priority, 100 to 4096; null when it is unresolved.',
  },
  source: text('Its sources as written, joined with commas.'),
  form: choice(['single', 'list', 'mixed'], 'Which members state the sources: sourceAddressPrefix, sourceAddressPrefixes, or several.'),
  from: WIDTH,
  certain: flag('True when the rule certainly matches; false when something in it is unresolved.'),
});

export const OPENERS = list(OPENER, 'Allow rules through which public sources come, also those that only open once the rules before them are narrowed.');

/** Who reaches a port. */
export function exposure(what: string): JsonObject {
  return closed(
    {
      from: WIDTH,
      internet: flag('Whether it is as wide as the Internet.'),
      addresses: {
        type: 'number',
        minimum: 0,
        description: 'Public IPv4 addresses that are let in, without those of the virtual network itself.',
      },
      sites: {
        type: 'number',
        minimum: 0,
        description: 'Public IPv6 networks of a /48 that are let in, rounded up.',
      },
      cloudWide: flag('Whether the tag AzureCloud, all public addresses of Azure, is let in.'),
      serviceTags: texts('Service tags that are, or may be, let in; lower case.'),
      openedBy: OPENERS,
    },
    `${what} (${NSG_PAGE})`,
  );
}

export const MANAGEMENT = closed(
  {
    internet: flag('Whether one of the ports is open to as much as the Internet.'),
    ports: text('Those that certainly are, joined with commas.'),
    openedBy: OPENERS,
  },
  'TCP ports that manage Windows and RDS roles: 135, 139, 445, 1433, 5504, 5985, 5986 and 47001.',
);
