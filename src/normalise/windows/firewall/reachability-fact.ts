import { rawList } from '../../../lib/raw.ts';
import type { Fact } from '../../../model/fact.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { type Pointer, pointerOf } from '../../../model/pointer.ts';
import { factOf, placeholderOf, referenceOf, ruleSetting, settingsOf, textsOf, unknownSources } from './draft.ts';
import { activeProfiles, hasGlobalAddress, isActive } from './interfaces.ts';
import { narrowed, ownedByTermService } from './match.ts';
import type { Protocol } from './ports.ts';
import { reach, type Reachability, type Via } from './reach.ts';
import { remoteDesktopEnabled, transportPolicy } from './remote-desktop.ts';
import { type FirewallRule, type Profile, PROFILES } from './rules.ts';
import { narrower, type Reach, REACHES, wider } from './scope.ts';
import type { FirewallState } from './state.ts';
import { or, type Tri } from './tri.ts';
import type { Shadow } from './views.ts';

const KIND = 'windows.rdpReachability';

/** One fact for each profile, whether or not an interface is on it. */
export function reachabilityFacts(input: SnapshotInput, state: FirewallState): Fact[] {
  if (state.profiles.unread && state.stopped !== true) return [placeholderOf(input, KIND)];
  const tcp = overPorts(state, 'tcp');
  const udp = overPorts(state, 'udp');
  const found = PROFILES.map((profile) => ({ profile, tcp: tcp(profile), udp: udp(profile) }));
  const active = activeProfiles(state.interfaces);
  const onActive = or(
    ...found.map(({ profile, tcp }): Tri => (active.includes(profile) ? isBeyond(tcp, 'nobody') : isActive(state.interfaces, profile) === null ? null : false)),
  );
  return found.map((each) => reachabilityFact(input, state, { ...each, onActive }));
}

/** All listeners together: the widest counts. Mostly there is one. */
function overPorts(state: FirewallState, protocol: Protocol): (profile: Profile) => Reachability {
  const listeners = state.listener.all.map((port) => {
    const endpoint = { protocol, port, owner: ownedByTermService };
    return { endpoint, state: narrowed(state, endpoint) };
  });
  return (profile) => listeners.map((each) => reach(each.state, each.endpoint, profile)).reduce((a, b) => merge(a, b));
}

function merge(a: Reachability, b: Reachability): Reachability {
  const openedBy = new Map([...a.openedBy, ...b.openedBy].map((opening) => [opening.rule, opening]));
  for (const { rule, reach: far } of a.openedBy) openedBy.set(rule, { rule, reach: wider(far, openedBy.get(rule)?.reach ?? far) });
  return {
    least: wider(a.least, b.least),
    most: wider(a.most, b.most),
    via: mergeVia(a, b),
    openedBy: [...openedBy.values()],
    mayOpen: [...new Set([...a.mayOpen, ...b.mayOpen])],
    shadowed: mergeShadows([...a.shadowed, ...b.shadowed]),
    mayBeShadowed: a.mayBeShadowed === null || b.mayBeShadowed === null ? null : false,
    ignored: a.ignored === null || b.ignored === null ? null : [...new Set([...a.ignored, ...b.ignored])],
  };
}

/** That of the wider; why nobody gets in is not to be said where one of them may let somebody in. */
function mergeVia(a: Reachability, b: Reachability): Via | null {
  const isOpen = a.least !== 'nobody' || b.least !== 'nobody';
  if (!isOpen && a.via !== b.via && (a.most !== 'nobody' || b.most !== 'nobody')) return null;
  return REACHES.indexOf(b.least) > REACHES.indexOf(a.least) ? b.via : a.via;
}

function mergeShadows(shadows: readonly Shadow[]): readonly Shadow[] {
  const found = new Map<FirewallRule, Shadow>();
  for (const shadow of shadows) {
    const before = found.get(shadow.rule);
    found.set(
      shadow.rule,
      before === undefined
        ? shadow
        : {
            rule: shadow.rule,
            by: [...new Set([...before.by, ...shadow.by])],
            fully: before.fully && shadow.fully,
          },
    );
  }
  return [...found.values()];
}

interface Found {
  readonly profile: Profile;
  readonly tcp: Reachability;
  readonly udp: Reachability;
  readonly onActive: Tri;
}

function reachabilityFact(input: SnapshotInput, state: FirewallState, { profile, tcp, udp, onActive }: Found): Fact {
  const both = merge(tcp, udp);
  const unread = state.rules === null;
  const connected = state.interfaces.connected;
  const setting = settingBehind(profile, both);
  const rules = both.openedBy.map((opening) => opening.rule);
  const overTcp = new Set(tcp.openedBy.map((opening) => opening.rule));
  const overUdp = new Set(udp.openedBy.map((opening) => opening.rule));
  const blockers = [...new Set(both.shadowed.flatMap((shadow) => shadow.by))];
  return factOf(input, {
    kind: KIND,
    instance: [profile],
    name: `${input.target.name} ${profile}`,
    members: {
      profile,
      active: isActive(state.interfaces, profile),
      interfaces: connected === null ? null : connected.filter((each) => each.profile === profile).map((each) => each.alias),
      globalAddress: hasGlobalAddress(state.interfaces, profile),
      rdpEnabled: remoteDesktopEnabled(input.snapshot),
      port: state.listener.port,
      openTo: same(both),
      open: isBeyond(both, 'nobody'),
      openBeyondListed: isBeyond(both, 'listed'),
      openToAny: isBeyond(both, 'local-subnet'),
      via: both.via,
      tcp: protocolOf(tcp),
      udp: protocolOf(udp),
      transport: transportPolicy(input.snapshot),
      openedBy: unread
        ? null
        : both.openedBy.map(({ rule, reach: far }) => ({
            ...referenceOf(rule),
            scope: far,
            protocol: overTcp.has(rule) ? (overUdp.has(rule) ? 'any' : 'tcp') : 'udp',
            remoteAddresses: addressesOf(rule),
          })),
      mayOpen: unread ? null : both.mayOpen.map(referenceOf),
      shadowed: unread
        ? null
        : both.shadowed.map(({ rule, by, fully }) => ({
            ...referenceOf(rule),
            by: by.map(referenceOf),
            fully,
          })),
      blockedBy: unread ? null : blockers.map((rule) => ({ ...referenceOf(rule), alone: isAlone(rule, state.listener.port) })),
      mayBeShadowed: unread ? null : both.mayBeShadowed,
      ignoredLocalRules: unread || both.ignored === null ? null : both.ignored.map(referenceOf),
      openOnActive: onActive,
    },
    unknown: [
      ...protocolUnknowns('/tcp', tcp),
      ...protocolUnknowns('/udp', udp),
      ...(unread
        ? []
        : [
            ...unknownSources('/openedBy', rules),
            ...unknownSources('/mayOpen', both.mayOpen),
            ...unknownSources('/ignoredLocalRules', both.ignored ?? []),
            ...unknownSources('/blockedBy', blockers),
            ...blockers.flatMap((rule, index) => (isAlone(rule, state.listener.port) === null ? [`/blockedBy/${index}/alone`] : [])),
          ]),
      ...(unread ? [] : both.shadowed.flatMap((shadow, index) => shadowUnknowns(`/shadowed/${index}`, shadow))),
    ],
    settings: {
      ...(setting === undefined
        ? {}
        : settingsOf(['/openTo', '/open', '/openBeyondListed', '/openToAny', '/tcp', '/udp', '/openOnActive', '/openedBy'], setting)),
      ...(blockers[0] === undefined ? {} : settingsOf(['/shadowed', '/blockedBy'], ruleSetting(blockers[0].name, 'enabled'))),
      '/ignoredLocalRules': pointerOf(['firewall', 'profiles', profile, 'allowLocalFirewallRules']),
    },
  });
}

/** Whether a rule is for one port alone: turning it off opens nothing else. */
function isAlone({ localPorts: { any, ranges, words, complete } }: FirewallRule, port: number | null): Tri {
  if (any || words.length > 0) return false;
  if (port === null) return null;
  if (!ranges.every(([low, high]) => port <= low && high <= port + 1)) return false;
  return complete ? true : null;
}

function shadowUnknowns(at: Pointer, { rule, by }: Shadow): Pointer[] {
  return [...(rule.source === null ? [`${at}/source`] : []), ...unknownSources(`${at}/by`, by)];
}

function same({ least, most }: Reachability): Reach | null {
  return least === most ? least : null;
}

/** Certainly wider than `bound`, certainly not, or not to be said. */
function isBeyond({ least, most }: Reachability, bound: Reach): Tri {
  if (narrower(least, bound) !== least) return true;
  return narrower(most, bound) === most ? false : null;
}

function protocolOf(found: Reachability): JsonObject {
  return { open: isBeyond(found, 'nobody'), openTo: same(found), via: found.via };
}

function protocolUnknowns(at: Pointer, found: Reachability): Pointer[] {
  return Object.entries(protocolOf(found))
    .filter(([, value]) => value === null)
    .map(([name]) => `${at}/${name}`);
}

function addressesOf(rule: FirewallRule): string[] {
  const list = textsOf(rawList(member(rule.row, 'RemoteAddress')));
  return list.length === 0 ? ['Any'] : list;
}

/** Where a finding is shown: the setting that lets it in, or that shuts it. */
function settingBehind(profile: Profile, found: Reachability): Pointer | undefined {
  const ofProfile = (setting: string): Pointer => pointerOf(['firewall', 'profiles', profile, setting]);
  const settings: Partial<Record<Via, Pointer>> = {
    'services-stopped': pointerOf(['services', 'mpssvc', 'startType']),
    'firewall-off': ofProfile('enabled'),
    'interface-excluded': ofProfile('disabledInterfaceAliases'),
    'default-allow': ofProfile('defaultInboundAction'),
    'shields-up': ofProfile('allowInboundRules'),
    'local-rules-ignored': ofProfile('allowLocalFirewallRules'),
  };
  const setting = found.via === null ? undefined : settings[found.via];
  if (setting !== undefined) return setting;
  const widest = found.openedBy.toSorted((a, b) => REACHES.indexOf(b.reach) - REACHES.indexOf(a.reach))[0]?.rule ?? found.mayOpen[0];
  return widest === undefined ? undefined : ruleSetting(widest.name, 'profiles');
}
