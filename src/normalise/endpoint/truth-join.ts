import type { Fact } from '../../model/fact.ts';
import { ENDPOINT_RDP_LISTENER, LISTENER_TRUTH, LISTENER_VALUES } from '../../model/facts/endpoint.ts';
import type { Join } from '../../model/normalise.ts';
import { pointerOf } from '../../model/pointer.ts';
import { factsByHost, hostOf, isPlaceholder, joinedFact, textAt, unreadJoin } from '../rds/join-parts.ts';
import { settle } from '../windows/certificates/draft.ts';

type Setting = 'userAuthentication' | 'securityLayer' | 'encryptionLevel';
const SETTINGS: readonly Setting[] = ['userAuthentication', 'securityLayer', 'encryptionLevel'];

/** From weakest to strongest. A security layer of `none` refuses everything, which no setting means. */
const ORDER: Readonly<Record<Setting, readonly string[]>> = {
  userAuthentication: ['not-required', 'required'],
  securityLayer: ['rdp', 'negotiate', 'tls'],
  encryptionLevel: ['none', 'low', 'client-compatible', 'high', 'fips'],
};

const NOT_PROBED = 'not-probed';
const NOT_SHOWN = 'not-shown';

/** Host × listener × setting: the policy's value, the value in effect, and what the wire shows of the host of that name. */
export const LISTENER_TRUTH_JOIN: Join = {
  kinds: [LISTENER_VALUES.kind, ENDPOINT_RDP_LISTENER.kind],
  makes: [LISTENER_TRUTH.kind],
  join: (facts) => {
    const seen = factsByHost(facts, ENDPOINT_RDP_LISTENER.kind);
    const values = facts.filter((fact) => fact.kind === LISTENER_VALUES.kind);
    const perTarget = Map.groupBy(values, (fact) => fact.target);
    return values.flatMap((fact) => {
      const listener = textAt(fact, 'listener');
      if (isPlaceholder(fact) || listener === null) return [unreadJoin(LISTENER_TRUTH.kind, fact)];
      const endpoint = seen.find(hostOf(fact));
      const isSeen = endpoint !== undefined && isAt(fact, endpoint, (perTarget.get(fact.target) ?? []).length);
      return SETTINGS.map((setting) => truthOf(fact, listener, setting, isSeen ? endpoint : undefined));
    });
  },
};

/** The wire shows the listener on its port; behind a translated port it can only be the one that there is. */
function isAt(fact: Fact, endpoint: Fact, listeners: number): boolean {
  const [own, theirs] = [fact.data['port'] ?? null, endpoint.data['port'] ?? null];
  return listeners === 1 || own === null || theirs === null || own === theirs;
}

function truthOf(fact: Fact, listener: string, setting: Setting, endpoint: Fact | undefined): Fact {
  const policy = textAt(fact, `${setting}Policy`) ?? undefined;
  const effective = textAt(fact, `${setting}Effective`) ?? undefined;
  const observed = endpoint === undefined ? NOT_PROBED : observedOf(endpoint, setting);
  const observedIs = comparison(setting, effective, observed, endpoint);
  const { data, unknown } = settle({
    host: hostOf(fact),
    listener,
    setting,
    policy,
    effective,
    observed,
    agrees: agreement(policy, isOverridden(setting, effective) ? policy : effective, observedIs),
    observedIs,
  });
  const path = pointerOf(['rdp', listener, setting]);
  return joinedFact({
    kind: LISTENER_TRUTH.kind,
    of: fact,
    instance: [listener, setting],
    name: `${hostOf(fact)} ${listener}: ${setting}`,
    data,
    unknown,
    origin: { at: 'setting', members: { '/agrees': path, '/effective': path } },
  });
}

function observedOf(endpoint: Fact, setting: Setting): string | undefined {
  if (setting === 'securityLayer') return textAt(endpoint, 'securityLayer') ?? undefined;
  if (setting === 'encryptionLevel') {
    const level = textAt(endpoint, 'encryptionLevel') ?? undefined;
    return level === 'not-offered' ? NOT_SHOWN : level;
  }
  const nla = textAt(endpoint, 'nla');
  return nla === null ? undefined : nla === 'required' ? 'required' : 'not-required';
}

/** The switch of the whole system for FIPS overrides the level of every listener, whose own settings stay what they were. */
function isOverridden(setting: Setting, level: string | undefined): boolean {
  return setting === 'encryptionLevel' && level === 'fips';
}

type Comparison = 'same' | 'weaker' | 'stronger' | 'not-probed' | 'not-shown';

function comparison(setting: Setting, effective: string | undefined, observed: string | undefined, endpoint: Fact | undefined): Comparison | undefined {
  if (observed === NOT_PROBED || observed === NOT_SHOWN) return observed;
  if (effective === undefined || observed === undefined) return undefined;
  if (setting === 'securityLayer' && observed === 'none') return 'stronger';
  if (isOverridden(setting, observed)) return 'same';
  // With Network Level Authentication required the wire shows TLS, whether the layer is negotiated or fixed.
  const hidden =
    setting === 'securityLayer' && effective === 'negotiate' && observed === 'tls' && endpoint !== undefined && textAt(endpoint, 'nla') === 'required';
  const [has, shows] = [ORDER[setting].indexOf(effective), ORDER[setting].indexOf(observed)];
  return hidden || has === shows ? 'same' : shows < has ? 'weaker' : 'stronger';
}

/** False as soon as two of them differ, whatever the third one is; true when all that speak are known and say the same. */
function agreement(policy: string | undefined, effective: string | undefined, observedIs: Comparison | undefined): boolean | undefined {
  const applied = policy === 'none' ? true : policy === undefined || effective === undefined ? undefined : policy === effective;
  const shown = observedIs === undefined ? undefined : observedIs === 'same' || observedIs === NOT_PROBED || observedIs === NOT_SHOWN;
  if (applied === false || shown === false) return false;
  return applied === undefined || shown === undefined || effective === undefined ? undefined : true;
}
