import { parentId } from '../../lib/azure-id.ts';
import { isThere } from './coverage.ts';
import type { NicAddress } from './interface.ts';
import { conditionOf, REFERRING } from './load-balancer.ts';
import { findChild, findResource, listOf, memberOf, referenceOf, type Resources } from './resources.ts';

/** Load balancers of which the input does not hold what leads to an interface address, and how it is so; `''` for one that is unresolved. */
export function unseenBalancers(resources: Resources, { node, nic }: NicAddress): ReadonlyMap<string, 'not-in-input' | 'conditional'> {
  const unseen = new Map<string, 'not-in-input' | 'conditional'>();
  for (const [name, collection] of REFERRING) {
    for (const item of listOf(memberOf(node, name))) {
      const reference = referenceOf(item);
      if (typeof reference !== 'string') {
        if (reference.is === 'unresolved') unseen.set('', 'not-in-input');
        continue;
      }
      const balancer = findResource(resources, parentId(reference));
      const isShown = balancer !== null && !balancer.context;
      // A NAT rule is a way of its own, whatever else its load balancer has.
      const rule = collection === 'inboundNatRules' ? findChild(resources, reference, collection) : null;
      const name = balancer?.name ?? parentId(reference).split('/').pop() ?? '';
      // Where one is not deployed, another of the name that was there before stays.
      if (rule === null ? isShown && !isThere(balancer, nic.resource) : !isThere(conditionOf(rule), nic.resource)) unseen.set(name, 'conditional');
      else if (!isShown && rule === null) unseen.set(name, 'not-in-input');
    }
  }
  return unseen;
}
