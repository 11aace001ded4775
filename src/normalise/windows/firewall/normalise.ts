import type { Fact } from '../../../model/fact.ts';
import type { Normalised, SnapshotInput } from '../../../model/normalise.ts';
import type { Problem } from '../../../model/problem.ts';
import { placeholderOf } from './draft.ts';
import { interfaceFacts, localRulesFacts, portFact, serviceFacts } from './host-facts.ts';
import { reachabilityFacts } from './reachability-fact.ts';
import { farmFacts, PORTS_OF_ROLES, portsFacts } from './role-facts.ts';
import { ruleFacts } from './rule-facts.ts';
import { readFirewall } from './state.ts';

/** The Windows Firewall of one host: who reaches Remote Desktop on which profile, through which rule. */
export function normaliseFirewall(input: SnapshotInput): Normalised {
  const state = readFirewall(input.snapshot, PORTS_OF_ROLES);
  const blind = state.profiles.unread && state.stopped !== true;
  const facts: Fact[] = [
    ...(blind ? [placeholderOf(input, 'windows.rdpReachability')] : reachabilityFacts(input, state)),
    ...ruleFacts(input, state),
    ...interfaceFacts(input, state),
    ...localRulesFacts(input, state),
    ...serviceFacts(input),
    portFact(input, state),
    ...portsFacts(input, state),
    ...farmFacts(input, state),
  ];
  return { facts, problems: state.profiles.wrongStore ? [wrongStore(input)] : [] };
}

function wrongStore(input: SnapshotInput): Problem {
  return {
    level: 'warning',
    code: 'firewall.persistent-store',
    message: `The firewall profiles of '${input.target.name}' were read from the store PersistentStore, which holds nothing of Group Policy.`,
    hint: 'Collect with -PolicyStore ActiveStore, from an elevated session.',
    target: input.target.id,
  };
}
