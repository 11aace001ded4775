import { type Fact, UNREAD } from '../../../model/fact.ts';
import { RDS_CERTIFICATE_NAME } from '../../../model/facts/rds-deployment-certificate.ts';
import { listsHost } from '../../rds/host-names.ts';
import { settle } from './draft.ts';
import { configured, hostOf, joinedFact, type JoinView, serves, textOf, textsOf } from './joined.ts';
import { covers } from './names.ts';
import { NO_CERTIFICATE } from './thumbprint.ts';

const KIND = RDS_CERTIFICATE_NAME.kind;

export type NameFrom = 'estate' | 'intent' | 'gateway-configuration' | 'client-access-name' | 'broker' | 'binding';

export interface NameInPlay {
  /** Undefined when there is a name that could not be read. */
  readonly name: string | undefined;
  readonly from: NameFrom;
  /** False when it could not be read whether the name is in play here at all. */
  readonly sure: boolean;
}

/**
 * Names under which clients reach a gateway host: of the estate's gateways that list it, of the deployments that send clients
 * to it, else the intended name.
 */
export function gatewayNames(gateway: Fact, view: JoinView, intended: string | null): NameInPlay[] {
  const host = hostOf(gateway);
  const declared = view.estate.gateways
    .filter((entry) => listsHost(entry.hosts, host))
    .map((entry): NameInPlay => ({ name: entry.name, from: 'estate', sure: true }));
  const used = view.deployments.flatMap((deployment): NameInPlay[] => {
    const name = textOf(deployment, 'gatewayFqdn');
    const member = serves(deployment, 'gateways', host);
    return name === NO_CERTIFICATE || member === false ? [] : [{ name, from: 'gateway-configuration', sure: member === true }];
  });
  const names = [...declared, ...used];
  if (names.length === 0 && intended !== null) return [{ name: intended, from: 'intent', sure: true }];
  // Of two that say one name the surer counts.
  const ordered = names.toSorted((a, b) => Number(a.sure) - Number(b.sure));
  return [...new Map(ordered.map((entry) => [entry.name?.toLowerCase() ?? UNREAD, entry])).values()];
}

/** CERT-002 and CERT-011: one fact for each name and each certificate that has to answer for it. */
export function certificateNames(view: JoinView, intended: string | null): Fact[] {
  const bound = (view.bindings.get('gateway') ?? []).flatMap((gateway) =>
    gatewayNames(gateway, view, intended).map((name) => nameFact(gateway, 'gateway', 'bound', textOf(gateway, 'binding') ?? NO_CERTIFICATE, name)),
  );
  return [...bound, ...(view.bindings.get('iis') ?? []).flatMap(webName), ...view.deployments.flatMap((deployment) => configuredNames(deployment, view))];
}

/** A site that answers for one name only has to have it in its certificate. */
function webName(binding: Fact): Fact[] {
  const serverName = textOf(binding, 'serverName');
  if (serverName === undefined || serverName === 'any') return [];
  return [nameFact(binding, 'web', 'bound', textOf(binding, 'binding') ?? '', { name: serverName, from: 'binding', sure: true })];
}

/** What the deployment has configured: the gateway's name, and the name that the broker redirects to. */
function configuredNames(deployment: Fact, view: JoinView): Fact[] {
  const gateway = configured(view, deployment, 'gateway');
  const redirector = configured(view, deployment, 'redirector');
  const fqdn = textOf(deployment, 'gatewayFqdn');
  const access = textOf(deployment, 'clientAccessName');
  const facts: Fact[] = [];
  if (gateway !== undefined && fqdn !== NO_CERTIFICATE)
    facts.push(nameFact(gateway, 'gateway', 'configured', 'RDGateway', { name: fqdn, from: 'gateway-configuration', sure: true }));
  if (redirector !== undefined) {
    const alone = access === NO_CERTIFICATE;
    const name = alone ? textOf(deployment, 'host') : access;
    facts.push(nameFact(redirector, 'redirector', 'configured', 'RDRedirector', { name, from: alone ? 'broker' : 'client-access-name', sure: true }));
  }
  return facts;
}

function nameFact(certificate: Fact, role: string, seen: 'bound' | 'configured', binding: string, { name, from, sure }: NameInPlay): Fact {
  const thumbprint = textOf(certificate, 'thumbprint');
  const names = thumbprint === NO_CERTIFICATE ? [] : textsOf(certificate, 'names');
  const covered = names === undefined || name === undefined ? undefined : covers({ dns: names, addresses: textsOf(certificate, 'addresses') ?? [] }, name);
  const { data, unknown } = settle({
    host: textOf(certificate, 'host'),
    role,
    seen,
    binding,
    name,
    nameFrom: from,
    thumbprint,
    names,
    covered: covered === false && !sure ? undefined : covered,
  });
  return joinedFact(
    certificate,
    KIND,
    [role, seen, binding, name ?? UNREAD],
    `${textOf(certificate, 'host') ?? ''} ${name ?? '(name not read)'}`,
    data,
    unknown,
  );
}
