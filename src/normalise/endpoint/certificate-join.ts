import type { Fact } from '../../model/fact.ts';
import { ENDPOINT_CERTIFICATE, ENDPOINT_TLS } from '../../model/facts/endpoint.ts';
import { WINDOWS_CERTIFICATE_BINDING } from '../../model/facts/windows-certificate-binding.ts';
import { type Json, member } from '../../model/json.ts';
import type { Join, JoinEstate } from '../../model/normalise.ts';
import { indexByHost } from '../rds/host-names.ts';
import { booleanAt, hostOf, isKnown, joinedFact, textAt } from '../rds/join-parts.ts';
import { settle } from '../windows/certificates/draft.ts';

const LISTENER = 'rdp-tcp';

/**
 * A presented certificate beside those that the hosts behind it have bound: of the host of that name for a listener, of the
 * hosts that the estate puts behind a gateway for HTTPS. No fact where nobody knows what is bound.
 */
export const PRESENTED_CERTIFICATE_JOIN: Join = {
  kinds: [WINDOWS_CERTIFICATE_BINDING.kind, ENDPOINT_TLS.kind],
  makes: [ENDPOINT_CERTIFICATE.kind],
  join: (facts, estate) => {
    const hosts = indexByHost([...Map.groupBy(bindingsIn(facts), hostOf)], ([host]) => host);
    const of = (name: string): readonly Fact[] => hosts.find(name)?.[1] ?? [];
    return facts
      .filter((fact) => fact.kind === ENDPOINT_TLS.kind && booleanAt(fact, 'presented') !== false)
      .flatMap((fact) => {
        const bindings =
          textAt(fact, 'service') === 'rdp' ? listenersOf(of(hostOf(fact))) : gatewaysOf(fact, estate).flatMap((host) => of(host).filter(isGateway));
        return bindings.length === 0 ? [] : [presentedFact(fact, bindings)];
      });
  },
};

function bindingsIn(facts: readonly Fact[]): Fact[] {
  return facts.filter((fact) => fact.kind === WINDOWS_CERTIFICATE_BINDING.kind);
}

const roleOf = (fact: Fact): string | null => textAt(fact, 'role');
const isGateway = (fact: Fact): boolean => roleOf(fact) === 'gateway';

/** The listener that a client reaches: RDP-Tcp, or the only one. A placeholder stands for those that could not be read. */
function listenersOf(bindings: readonly Fact[]): readonly Fact[] {
  const listeners = bindings.filter((fact) => roleOf(fact) === 'listener');
  const named = listeners.filter((fact) => (textAt(fact, 'binding') ?? LISTENER).toLowerCase() === LISTENER);
  return named.length > 0 ? named : listeners.length === 1 ? listeners : [];
}

function gatewaysOf(fact: Fact, estate: JoinEstate): readonly string[] {
  const name = hostOf(fact).toLowerCase();
  return estate.gateways.find((gateway) => gateway.name.toLowerCase() === name)?.hosts ?? [];
}

function presentedFact(fact: Fact, bindings: readonly Fact[]): Fact {
  const presented = textAt(fact, 'thumbprint') ?? undefined;
  const bound = bindings.map((binding) => textAt(binding, 'thumbprint'));
  const at = presented === undefined ? -1 : bound.indexOf(presented);
  const service = textAt(fact, 'service') ?? '';
  const { data, unknown } = settle({
    host: hostOf(fact),
    service,
    address: textAt(fact, 'address') ?? undefined,
    port: isKnown(fact, '/port') ? (fact.data['port'] ?? undefined) : undefined,
    presented,
    bound: bindings.flatMap((binding, index) =>
      bound[index] === null ? [] : [`${bound[index] ?? ''} (${hostOf(binding)} ${textAt(binding, 'binding') ?? ''})`],
    ),
    agrees: presented === undefined ? undefined : at >= 0 ? true : bound.includes(null) ? undefined : false,
    notSent: at < 0 ? undefined : notSent(fact, bindings[at]),
  });
  return joinedFact({ kind: ENDPOINT_CERTIFICATE.kind, of: fact, instance: [service], name: `${hostOf(fact)} ${service}`, data, unknown });
}

/** Only where the host knows its whole chain, and every certificate that was sent could be placed. */
function notSent(fact: Fact, binding: Fact | undefined): number | undefined {
  const known = binding === undefined || !isKnown(binding, '/issuers') ? undefined : listOf(member(binding.data, 'issuers'));
  const sent = fact.unknown.includes('/issuers') ? undefined : listOf(member(fact.data, 'issuers'));
  return known === undefined || sent === undefined ? undefined : Math.max(0, known.length - sent.length);
}

function listOf(value: Json | undefined): readonly Json[] | undefined {
  return Array.isArray(value) ? (value as readonly Json[]) : undefined;
}
