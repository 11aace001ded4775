import type { Fact } from '../../../model/fact.ts';
import type { NormaliseContext, Normalised, SnapshotInput } from '../../../model/normalise.ts';
import type { Problem } from '../../../model/problem.ts';
import { interfaceFacts, localRulesFacts, portFacts, serviceFacts } from './host-facts.ts';
import { reachabilityFacts } from './reachability-fact.ts';
import { farmFacts, portsFacts } from './role-facts.ts';
import { PORTS_OF_ROLES } from './role-ports.ts';
import { ruleFacts } from './rule-facts.ts';
import { hostPlace, rdpSourceFacts } from './source-facts.ts';
import { type FirewallState, readFirewall } from './state.ts';

/** Makers of facts by kind; each makes a placeholder where it cannot look. */
const MAKERS: Readonly<Record<string, (input: SnapshotInput, state: FirewallState) => readonly Fact[]>> = {
  'windows.rdpReachability': reachabilityFacts,
  'windows.rdpFirewallRule': ruleFacts,
  'windows.networkInterface': interfaceFacts,
  'windows.firewallLocalRules': localRulesFacts,
  'windows.firewallService': serviceFacts,
  'windows.rdpPort': portFacts,
  'windows.firewallPorts': portsFacts,
  'windows.gatewayFarmRules': farmFacts,
  'windows.rdpSources': rdpSourceFacts,
  'windows.hostPlace': hostPlace,
};

/** The Windows Firewall of one host: who reaches Remote Desktop on which profile, through which rule. */
export function normaliseFirewall(input: SnapshotInput, context: Pick<NormaliseContext, 'wanted'>): Normalised {
  const wanted = Object.entries(MAKERS).filter(([kind]) => context.wanted?.has(kind) !== false);
  if (wanted.length === 0) return { facts: [], problems: [] };
  const state = readFirewall(input.snapshot, PORTS_OF_ROLES);
  return { facts: wanted.flatMap(([, make]) => make(input, state)), problems: state.profiles.wrongStore ? [wrongStore(input)] : [] };
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
