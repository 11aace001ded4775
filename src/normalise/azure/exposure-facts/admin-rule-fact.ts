import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { atLeast } from '../exposure.ts';
import { makeFact } from '../fact.ts';
import { RDP_PORT } from '../group-fact.ts';
import { clientExposure } from '../ingress.ts';
import { contains } from '../interval-set.ts';
import type { Network } from '../network.ts';
import { ofType, resourceGroupOf } from '../resources.ts';
import { asSecurityRule, readRule, TCP } from '../rule.ts';
import { sideText } from '../side.ts';
import { known, wordAt } from '../values.ts';

const RULE_TYPE = 'microsoft.network/networkmanagers/securityadminconfigurations/rulecollections/rules';

/** Each inbound rule of a network manager: whether it delivers RDP from the Internet past every network security group. */
export function adminRuleFacts(target: Target, network: Network): Fact[] {
  return ofType(network.resources, RULE_TYPE).flatMap((resource) => (resource.context ? [] : adminRuleFact(target, network, resource)));
}

function adminRuleFact(target: Target, network: Network, resource: CloudResource): Fact[] {
  const unknown: Pointer[] = [];
  const access = wordAt(resource.body['access'], ['Allow', 'AlwaysAllow', 'Deny'], 'not-stated', '/access', unknown);
  const rule = readRule(asSecurityRule(resource.body, 'Allow'), '', network.interner);
  if (rule.direction === 'outbound') return [];
  const internet = atLeast(clientExposure(network.unknownSpaces, rule.source), 'internet');
  const isTcp = rule.protocols === null ? null : (rule.protocols & TCP) !== 0;
  // Without ports it is for all of them.
  const hits = rule.ports.length === 0 && !rule.portsUnknown ? true : contains(rule.ports, RDP_PORT) ? true : rule.portsUnknown ? null : false;
  const all = [internet, isTcp, hits, access === null ? null : access === 'AlwaysAllow', rule.direction === null ? null : true];
  const opens = all.includes(false) ? false : all.includes(null) ? null : true;
  const [manager = ''] = resource.id.split('/networkmanagers/').slice(1);
  return [
    makeFact(target, {
      kind: 'azure.securityAdminRule',
      name: resource.name,
      resource,
      data: {
        label: resource.name,
        manager: manager.split('/')[0] ?? '',
        resourceGroup: resourceGroupOf(resource),
        access,
        sources: sideText(rule.source),
        opensRdp: known(opens, '/opensRdp', unknown),
      },
      unknown,
      members: [{ at: '/opensRdp', resource, pointer: '/access' }],
    }),
  ];
}
