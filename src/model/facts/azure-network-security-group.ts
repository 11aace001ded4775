import { choice, closed, exposure, flag, list, MANAGEMENT, RESOURCE_GROUP, text, textOrNone, texts } from './azure-schema.ts';
import type { FactKind } from './kind.ts';

export const AZURE_NETWORK_SECURITY_GROUP: FactKind = {
  kind: 'azure.networkSecurityGroup',
  title: 'What a network security group lets in by itself, to whatever the input attaches it to, else to any address',
  schema: closed({
    name: text('Name of the group.'),
    resourceGroup: RESOURCE_GROUP,
    attached: choice(
      ['attached', 'unattached', 'not-in-input'],
      'Whether a subnet or interface uses it: unattached only where the input is known to be complete.',
    ),
    attachedTo: texts('Subnets and interfaces of the input that use it.'),
    rdpTcp: exposure('Who reaches TCP 3389.'),
    rdpUdp: exposure('Who reaches UDP 3389, or UDP 3390 of Shortpath for managed networks; the wider of the two.'),
    management: MANAGEMENT,
    networkTagMayBeAny: flag(
      'A default route leads into the virtual network, so that the tag VirtualNetwork may hold every address (https://learn.microsoft.com/azure/virtual-network/service-tags-overview).',
    ),
    shadowed: list(
      closed({
        rule: text('Name of the rule that no packet reaches.'),
        priority: { type: ['integer', 'null'], description: 'Its priority.' },
        access: choice(['allow', 'deny'], 'What it would do.'),
        by: text('Rules before it that take all that it could match, joined with commas.'),
      }),
      'Rules that have no effect, because rules of lower numbers take all their packets.',
    ),
    duplicatePriorities: list(
      closed({
        direction: choice(['inbound', 'outbound'], 'Direction of the rules.'),
        priority: { type: 'integer', description: 'The priority that they share.' },
        rules: text('Their names, joined with commas.'),
      }),
      'Priorities that two rules of one direction share, which Azure refuses.',
    ),
    malformed: list(
      closed({ rule: text('Name of the rule.'), note: textOrNone('What is wrong with it.') }),
      'Rules with values that Azure refuses or reads otherwise than written.',
    ),
  }),
};
