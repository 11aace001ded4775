import { rawEnum, rawInteger, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { pointerOf } from '../../../model/pointer.ts';
import { factOf, placeholderOf, referenceOf, ruleSetting, settingsOf, unknownSources } from './draft.ts';
import { isGlobal } from './addresses.ts';
import { activeProfiles, isActive } from './interfaces.ts';
import { covers, ownedByTermService } from './match.ts';
import { holdsPort } from './ports.ts';
import { reach } from './reach.ts';
import { countsAnywhere } from './rule-facts.ts';
import { PROFILES } from './rules.ts';
import { type FirewallState, STANDARD_PORT } from './state.ts';
import { and, not, or, type Tri } from './tri.ts';
import { serviceRow, serviceStatus } from '../services.ts';

export function partOfDomain(input: SnapshotInput): Tri {
  const section = Object.hasOwn(input.snapshot.sections, 'computer') ? input.snapshot.sections['computer'] : undefined;
  if (section?.status !== 'ok') return null;
  const raw = member(section.data, 'PartOfDomain');
  const number = rawInteger(raw);
  if (number !== undefined) return number !== 0;
  const text = rawText(raw)?.trim().toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : null;
}

/** One fact for each connected interface. */
export function interfaceFacts(input: SnapshotInput, state: FirewallState): Fact[] {
  const kind = 'windows.networkInterface';
  const { connected } = state.interfaces;
  if (connected === null) return [placeholderOf(input, kind)];
  return connected.map((each, index) => {
    const others = connected.filter((other) => other !== each);
    const elsewhere: Tri = others.some((other) => other.profile === 'Domain') ? true : others.some((other) => other.profile === null) ? null : false;
    const again = connected.findIndex((other) => other.alias.toLowerCase() === each.alias.toLowerCase()) !== index;
    return factOf(input, {
      kind,
      instance: [each.alias, ...(again ? [`#${index}`] : [])],
      name: `${input.target.name} ${each.alias}`,
      members: {
        interface: each.alias,
        profile: each.profile,
        identified: each.identified,
        partOfDomain: partOfDomain(input),
        domainElsewhere: elsewhere,
        addresses: each.addresses,
        globalAddress: each.addresses === null ? null : each.addresses.some(isGlobal),
      },
    });
  });
}

export function localRulesFacts(input: SnapshotInput, state: FirewallState): Fact[] {
  const kind = 'windows.firewallLocalRules';
  if (state.profiles.unread) return [placeholderOf(input, kind)];
  return PROFILES.map((profile) => {
    const { allowLocalRules, allowLocalIPsecRules } = state.profiles.states[profile];
    const path = (setting: string): string => pointerOf(['firewall', 'profiles', profile, setting]);
    return factOf(input, {
      kind,
      instance: [profile],
      name: `${input.target.name} ${profile}`,
      members: {
        profile,
        partOfDomain: partOfDomain(input),
        localRules: allowLocalRules,
        localIPsecRules: allowLocalIPsecRules,
      },
      settings: {
        '/localRules': path('allowLocalFirewallRules'),
        '/localIPsecRules': path('allowLocalIPsecRules'),
      },
    });
  });
}

const START_TYPE = { 0: 'Boot', 1: 'System', 2: 'Automatic', 3: 'Manual', 4: 'Disabled' } as const;

export function serviceFacts(input: SnapshotInput): Fact[] {
  const kind = 'windows.firewallService';
  const table = readRows(input.snapshot, 'services');
  if (table.state !== 'read') return [placeholderOf(input, kind)];
  return ['mpssvc', 'BFE'].map((known) => {
    const row = serviceRow(table.rows, known);
    const service = rawText(member(row, 'Name')) ?? known;
    const status = serviceStatus(row);
    const path = pointerOf(['services', service, 'startType']);
    return factOf(input, {
      kind,
      instance: [service],
      name: `${input.target.name} ${service}`,
      members: {
        service,
        running: status === undefined ? null : status === 'Running',
        startType: rawEnum(member(row, 'StartType'), START_TYPE)?.toLowerCase() ?? null,
      },
      settings: settingsOf(['/running', '/startType'], path),
    });
  });
}

/** The listener's port against the rules: after it was moved, rules for 3389 are left over, and its own may be missing. */
export function portFacts(input: SnapshotInput, state: FirewallState): Fact[] {
  return [portFact(input, state)];
}

function portFact(input: SnapshotInput, state: FirewallState): Fact {
  const { port, all } = state.listener;
  const moved: Tri = all.includes(STANDARD_PORT) ? false : all.includes(null) ? null : true;
  const meant = (state.rules ?? []).map((rule) => ({ rule, stale: isStaleAllow(rule, state, port) })).filter(({ stale }) => stale !== false);
  const stale = meant.filter(({ stale: sure }) => sure === true).map(({ rule }) => rule);
  const any: Tri = state.rules === null ? null : stale.length > 0 ? true : meant.length > 0 ? null : false;
  // Rules agree with a port, and which one that is has to be known.
  const mismatch = port === null ? null : and(moved, any);
  const shut = moved === false ? false : and(mismatch, not(openOnActive(state)));
  const first = stale[0];
  return factOf(input, {
    kind: 'windows.rdpPort',
    instance: [],
    name: input.target.name,
    members: {
      port,
      mismatch: mismatch === false ? 'none' : mismatch === null || shut === null ? null : shut ? 'unreachable' : 'stale-rule',
      staleRules: moved === false ? [] : any === null || moved === null ? null : stale.map(referenceOf),
    },
    unknown: any === null || moved !== true ? [] : unknownSources('/staleRules', stale),
    ...(first === undefined ? {} : { settings: settingsOf(['/mismatch', '/staleRules'], ruleSetting(first.name, 'enabled')) }),
  });
}

function isStaleAllow(rule: NonNullable<FirewallState['rules']>[number], state: FirewallState, port: number | null): Tri {
  if (rule.localPorts.any) return false;
  const allow = rule.action === null ? null : rule.action !== 'block';
  return and(
    allow,
    covers(rule, { protocol: 'tcp', port: STANDARD_PORT, owner: ownedByTermService }),
    not(holdsPort(rule.localPorts, port)),
    countsAnywhere(rule, state),
  );
}

function openOnActive(state: FirewallState): Tri {
  if (state.interfaces.connected === null) return null;
  const unsure = PROFILES.some((profile) => isActive(state.interfaces, profile) === null);
  const open = activeProfiles(state.interfaces).flatMap((profile) =>
    state.listener.all.map((port): Tri => {
      const found = reach(state, { protocol: 'tcp', port, owner: ownedByTermService }, profile);
      return found.least !== 'nobody' ? true : found.most === 'nobody' ? false : null;
    }),
  );
  return or(...open, unsure ? null : false);
}
