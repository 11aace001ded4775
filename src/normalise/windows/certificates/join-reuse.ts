import { type Fact } from '../../../model/fact.ts';
import { WINDOWS_CERTIFICATE_REUSE } from '../../../model/facts/windows-certificate-joins.ts';
import { settle } from './draft.ts';
import { hostOf, joinedFact, type JoinView, textOf, textsOf } from './joined.ts';
import { NO_CERTIFICATE } from './thumbprint.ts';

const KIND = WINDOWS_CERTIFICATE_REUSE.kind;
const SHOWN = 20;

/** One use of a key: by a binding of a host, or by a role of a deployment. */
interface Use {
  readonly fact: Fact;
  readonly role: string;
  readonly thumbprint: string;
}

/** CERT-015: one fact for each key that a gateway uses or that a wildcard certificate spreads. */
export function reuses(view: JoinView): Fact[] {
  const uses = usesOf(view);
  const keys = keysOf(uses);
  const groups = Map.groupBy(uses, (use) => keys.get(use.thumbprint) ?? use.thumbprint);
  const blind = isBlind(view);
  return [...groups].flatMap(([key, group]) => reuse(key, group, blind) ?? []);
}

function usesOf(view: JoinView): Use[] {
  const bound = ['gateway', 'http', 'iis', 'listener'].flatMap((role) => (view.bindings.get(role) ?? []).map((fact) => ({ fact, role })));
  const configured = view.certificates
    .map((fact) => ({ fact, role: textOf(fact, 'role') ?? '' }))
    .filter(({ role }) => role === 'redirector' || role === 'publishing');
  return [...bound, ...configured].flatMap(({ fact, role }) => {
    const thumbprint = textOf(fact, 'thumbprint');
    return thumbprint === undefined || thumbprint === NO_CERTIFICATE ? [] : [{ fact, role, thumbprint }];
  });
}

/** Thumbprint to key, where a host had the certificate: a renewed certificate may keep its key. */
function keysOf(uses: readonly Use[]): ReadonlyMap<string, string> {
  return new Map(
    uses.flatMap(({ fact, thumbprint }) => {
      const key = textOf(fact, 'keyId');
      return key === undefined ? [] : [[thumbprint, key] as const];
    }),
  );
}

/** True when some listener's or broker's certificate could not be read: it may be any. */
function isBlind(view: JoinView): boolean {
  return (
    (view.bindings.get('listener') ?? []).some((fact) => textOf(fact, 'thumbprint') === undefined) ||
    view.certificates.some((fact) => textOf(fact, 'thumbprint') === undefined)
  );
}

function reuse(key: string, group: readonly Use[], blind: boolean): Fact | undefined {
  const sorted = group.toSorted((a, b) => (hostOf(a.fact) < hostOf(b.fact) ? -1 : hostOf(a.fact) > hostOf(b.fact) ? 1 : 0));
  const gateways = sorted.filter((use) => use.role === 'gateway');
  const wildcard = sorted.some(({ fact }) => textsOf(fact, 'names')?.some((name) => name.startsWith('*.')) === true);
  const first = gateways[0] ?? sorted[0];
  if (first === undefined || (gateways.length === 0 && !wildcard)) return undefined;
  const edge = new Set(gateways.map(({ fact }) => hostOf(fact)));
  const inside =
    gateways.length === 0 ? [] : sorted.filter(({ fact, role }) => ['listener', 'redirector', 'publishing'].includes(role) && !edge.has(hostOf(fact)));
  const hosts = [...new Set(sorted.map(({ fact }) => hostOf(fact)))];
  const { data, unknown } = settle({
    host: textOf(first.fact, 'host'),
    thumbprint: first.thumbprint,
    subject: textOf(first.fact, 'subject'),
    gateway: gateways.length > 0,
    wildcard,
    hosts: hosts.slice(0, SHOWN),
    hostCount: hosts.length,
    insideUses: inside.slice(0, SHOWN).map(({ fact, role }) => `${hostOf(fact)} ${role}`),
    crossesTiers: inside.length > 0 ? true : gateways.length > 0 && blind ? undefined : false,
  });
  return joinedFact(first.fact, KIND, [key], `${first.thumbprint} on ${hosts.length} hosts`, data, unknown);
}
