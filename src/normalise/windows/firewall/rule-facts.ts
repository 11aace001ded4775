import { rawList } from '../../../lib/raw.ts';
import type { Fact } from '../../../model/fact.ts';
import { type Json, member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { factOf, placeholderOf, referenceOf, ruleSetting, settingsOf, textsOf } from './draft.ts';
import { candidatesFor, covers, ownedByTermService } from './match.ts';
import { holdsPort, type Protocol } from './ports.ts';
import { shadowingOf } from './remote-desktop.ts';
import { type FirewallRule, PROFILE_BITS, type Profile, PROFILES } from './rules.ts';
import { reachOf } from './scope.ts';
import { type FirewallState, STANDARD_PORT } from './state.ts';
import { and, not, or, type Tri } from './tri.ts';

const KIND = 'windows.rdpFirewallRule';
const PROTOCOLS: readonly Protocol[] = ['tcp', 'udp'];

type Role = 'listener' | 'shadow' | 'websocket' | 'other';

/** By id, never by the localised name; the WebSocket rules are of the group with resource -28782. */
function roleOf(rule: FirewallRule, coversListener: Tri): Role {
  if (/^RemoteDesktop(Services)?-Shadow-In-TCP$/i.test(rule.name)) return 'shadow';
  if (/^RemoteDesktop-In-TCP-WSS?$/i.test(rule.name) || rule.group?.toLowerCase().includes(',-28782') === true) return 'websocket';
  return coversListener === false ? 'other' : 'listener';
}

/** Does the rule cover the listener, over TCP or UDP? */
export function coversListener(rule: FirewallRule, state: FirewallState): Tri {
  return or(...PROTOCOLS.flatMap((protocol) => state.listener.all.map((port) => covers(rule, { protocol, port, owner: ownedByTermService }))));
}

/** Meant for 3389 by an explicit port, and of no use to the listener. */
function isStale(rule: FirewallRule, state: FirewallState): Tri {
  const { port, all } = state.listener;
  if (all.includes(STANDARD_PORT) || rule.localPorts.any) return false;
  const left = all.includes(null) ? null : true;
  const meant = or(...PROTOCOLS.map((protocol) => covers(rule, { protocol, port: STANDARD_PORT, owner: ownedByTermService })));
  return and(left, meant, not(holdsPort(rule.localPorts, port)));
}

export function profilesOf(rule: FirewallRule): readonly Profile[] | null {
  const bits = rule.profiles;
  return bits === null ? null : PROFILES.filter((profile) => (bits & PROFILE_BITS[profile]) !== 0);
}

/** Enabled, loaded, and of a store that counts on one of its profiles. */
export function countsAnywhere(rule: FirewallRule, state: FirewallState): Tri {
  const endpoint = { protocol: 'tcp', port: null, owner: (): Tri => true } as const;
  const bare = {
    ...rule,
    protocol: 'any',
    localPorts: { any: true, ranges: [], words: [], complete: true },
  } as const;
  return or(...PROFILES.flatMap((profile) => candidatesFor([bare], endpoint, profile, state.profiles.states[profile]).map(({ match }) => match)));
}

export function ruleFacts(input: SnapshotInput, state: FirewallState): Fact[] {
  if (state.rules === null) return [placeholderOf(input, KIND)];
  const shadowing = shadowingOf(input.snapshot);
  const seen = new Map<string, number>();
  const facts: Fact[] = [];
  for (const rule of state.rules) {
    const covered = coversListener(rule, state);
    const role = roleOf(rule, covered);
    const stale = role === 'other' || role === 'listener' ? isStale(rule, state) : false;
    const named = role === 'shadow' || role === 'websocket';
    if (!named && (rule.enabled === false || (covered === false && stale === false))) continue;
    const key = `${rule.name}\0${rule.store}`.toLowerCase();
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    facts.push(
      ruleFact(input, state, rule, {
        covered,
        role,
        stale,
        shadowing,
        again: times > 1 ? [`#${times}`] : [],
      }),
    );
  }
  return facts;
}

interface Judged {
  readonly covered: Tri;
  readonly role: Role;
  readonly stale: Tri;
  readonly shadowing: string | null;
  readonly again: readonly string[];
}

function ruleFact(input: SnapshotInput, state: FirewallState, rule: FirewallRule, judged: Judged): Fact {
  const least = reachOf(rule.remote.least);
  const most = reachOf(rule.remote.most);
  const handMade = rule.group === null ? null : rule.group === '';
  const anyProgram = rule.program === null ? null : rule.program === 'any';
  const anyService = rule.service === null ? null : rule.service === 'any' || rule.service === '*';
  const anyPort = rule.localPorts.any ? true : rule.localPorts.complete ? false : null;
  const anyProtocol = rule.protocol === null ? null : rule.protocol === 'any';
  const path = (setting: string): Pointer => ruleSetting(rule.name, setting);
  const protocol: Json = rule.protocol === 'other' ? null : rule.protocol;
  return factOf(input, {
    kind: KIND,
    instance: [rule.name, rule.store, ...judged.again],
    name: `${input.target.name} ${rule.name}`,
    members: {
      ...referenceOf(rule),
      group: rule.group,
      enabled: rule.enabled,
      counts: countsAnywhere(rule, state),
      action: rule.action === 'allow-or-bypass' ? null : rule.action,
      profiles: profilesOf(rule),
      protocol,
      role: judged.role,
      coversListener: judged.covered,
      stale: judged.stale,
      broad: or(and(handMade, anyProgram, anyService), anyPort, anyProtocol),
      handMade,
      anyProgram,
      anyService,
      anyPort,
      anyProtocol,
      edgeTraversal: rule.edgeTraversal,
      scope: least === most ? least : null,
      remoteAddresses: member(rule.row, 'RemoteAddress') == null ? null : textsOf(rawList(member(rule.row, 'RemoteAddress'))),
      shadowing: judged.shadowing,
    },
    settings: {
      ...settingsOf(['/enabled', '/counts', '/action', '/broad', '/stale', '/anyProgram', '/anyPort'], path('enabled')),
      ...settingsOf(['/profiles'], path('profiles')),
      ...settingsOf(['/remoteAddresses', '/scope'], path('remoteAddresses')),
      ...settingsOf(['/edgeTraversal'], path('edgeTraversal')),
    },
  });
}
