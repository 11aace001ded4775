import { isUnresolved } from '../../model/cloud-resource.ts';
import type { Fact } from '../../model/fact.ts';
import type { Json } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Target } from '../../model/target.ts';
import type { AdminRulesOf } from './admin-rule.ts';
import { atLeast } from './exposure.ts';
import { makeFact } from './fact.ts';
import { RDP_PORT } from './group-fact.ts';
import { hopsOf, NO_HOPS } from './hops.ts';
import { pathOf, reachAt, unseenOn } from './ingress.ts';
import type { Network } from './network.ts';
import type { PrivateLink } from './private-link.ts';
import { memberOf, resourceGroupOf } from './resources.ts';
import { TCP } from './rule.ts';
import { anyOf, known } from './values.ts';

/** A Private Link service, with who may come through it and whether to RDP. */
export function privateLinkFact(target: Target, network: Network, { service, ways, unseen }: PrivateLink, adminRules: AdminRulesOf): Fact {
  const unknown: Pointer[] = [];
  const reached = ways.flatMap((named) => {
    const path = pathOf(network, named.ingress, adminRules);
    const reach = reachAt(path, TCP, RDP_PORT);
    const delivers = atLeast(reach.exposure, 'private');
    return delivers === false ? [] : [{ named, path, reach, delivers }];
  });
  const first = reached.find(({ delivers }) => delivers === true) ?? reached[0];
  const listed = (member: string, none: 'own-roles' | 'nobody'): string | null => {
    const subscriptions = memberOf(service.body[member], 'subscriptions');
    return known(audienceOf(subscriptions, none), member === 'visibility' ? '/visibleTo' : '/approvedFor', unknown);
  };
  const reachesRdp = anyOf([...reached.map(({ delivers }) => delivers), unseen.length === 0 ? false : null]);
  return makeFact(target, {
    kind: 'azure.privateLinkService',
    name: service.name,
    resource: service,
    data: {
      service: service.name,
      resourceGroup: resourceGroupOf(service),
      visibleTo: listed('visibility', 'own-roles'),
      approvedFor: listed('autoApproval', 'nobody'),
      reachesRdp: known(reachesRdp, '/reachesRdp', unknown),
      leadsTo: [...new Set(reached.map(({ named: { ingress } }) => ingress.address.nic.machine?.name ?? ingress.address.nic.name))],
      through: [...new Set(reached.map(({ named }) => named.through))],
      hops: first === undefined ? NO_HOPS : hopsOf(network, first.named, first.path, TCP, RDP_PORT, first.reach),
    },
    unknown,
    because: [...new Set([...unseen, ...reached.flatMap(({ path }) => unseenOn(path))])],
    members: first === undefined ? [] : [{ at: '/reachesRdp', resource: service, pointer: first.named.pointer }],
  });
}

/** `*` is anyone; a list with something that is not resolved may be. */
function audienceOf(subscriptions: Json | undefined, none: 'own-roles' | 'nobody'): string | null {
  if (subscriptions === undefined || subscriptions === null) return none;
  if (isUnresolved(subscriptions) || !Array.isArray(subscriptions)) return null;
  const texts = (subscriptions as readonly Json[]).map((item) => (typeof item === 'string' ? item.trim() : null));
  if (texts.includes('*')) return 'anyone';
  return texts.includes(null) ? null : texts.length === 0 ? none : 'listed';
}
