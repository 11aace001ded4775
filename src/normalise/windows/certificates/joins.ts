import { type Fact, UNREAD } from '../../../model/fact.ts';
import { RDS_CERTIFICATE_NAME, RDS_ROLE_CERTIFICATE, RDS_WEB_CLIENT_CERTIFICATE } from '../../../model/facts/rds-deployment-certificate.ts';
import { WINDOWS_CERTIFICATE_AGREEMENT, WINDOWS_CERTIFICATE_REUSE } from '../../../model/facts/windows-certificate-joins.ts';
import type { Join } from '../../../model/normalise.ts';
import { settle } from './draft.ts';
import { agreements } from './join-agreement.ts';
import { certificateNames } from './join-names.ts';
import { reuses } from './join-reuse.ts';
import { configured, hostOf, JOINED_KINDS, joinedFact, type JoinView, joinView, numberOf, serves, textOf, textsOf, valueOf } from './joined.ts';
import { NO_CERTIFICATE } from './thumbprint.ts';

/** What only several targets together show: bindings that disagree, names that no certificate covers, keys that are reused. */
export const CERTIFICATE_JOINS: readonly Join[] = [
  {
    kinds: JOINED_KINDS,
    makes: [WINDOWS_CERTIFICATE_AGREEMENT, RDS_CERTIFICATE_NAME, WINDOWS_CERTIFICATE_REUSE, RDS_ROLE_CERTIFICATE, RDS_WEB_CLIENT_CERTIFICATE].map(
      ({ kind }) => kind,
    ),
    join: (facts, estate, context) => {
      const view = joinView(facts, estate);
      const intended = context.intent.gatewayFqdn;
      return [...agreements(view, intended), ...certificateNames(view, intended), ...roleCertificates(view), ...webClients(view), ...reuses(view)];
    },
  },
];

/** CERT-010: what a deployment has configured, with the dates of that certificate wherever a host has it. */
function roleCertificates(view: JoinView): Fact[] {
  const dated = new Map<string, Fact>();
  for (const fact of [...view.bindings.values()].flat()) {
    const thumbprint = textOf(fact, 'thumbprint');
    if (thumbprint !== undefined && numberOf(fact, 'daysLeft') !== undefined && !dated.has(thumbprint)) dated.set(thumbprint, fact);
  }
  return view.certificates.map((certificate) => {
    const own = numberOf(certificate, 'daysLeft');
    const from = own === undefined ? dated.get(textOf(certificate, 'thumbprint') ?? '') : certificate;
    const role = textOf(certificate, 'role');
    const { data, unknown } = settle({
      host: textOf(certificate, 'host'),
      role,
      level: textOf(certificate, 'level'),
      thumbprint: textOf(certificate, 'thumbprint'),
      names: textsOf(certificate, 'names'),
      notAfter: from === undefined ? undefined : textOf(from, 'notAfter'),
      daysLeft: from === undefined ? undefined : numberOf(from, 'daysLeft'),
      used: role === undefined ? undefined : isUsed(role, certificate, view),
      datesFrom: own === undefined ? ((from === undefined ? undefined : textOf(from, 'host')) ?? NO_CERTIFICATE) : 'deployment',
    });
    return joinedFact(certificate, RDS_ROLE_CERTIFICATE.kind, [role ?? UNREAD], certificate.name, data, unknown);
  });
}

/** A deployment without a gateway or without RD Web Access needs no certificate for it. */
function isUsed(role: string, certificate: Fact, view: JoinView): boolean | undefined {
  const deployment = view.deployments.find((fact) => fact.target === certificate.target);
  if (role === 'gateway') {
    const mode = deployment === undefined ? undefined : textOf(deployment, 'gatewayMode');
    return mode === undefined ? undefined : mode !== 'do-not-use';
  }
  if (role !== 'web-access') return true;
  const servers = deployment === undefined ? undefined : textsOf(deployment, 'webServers');
  return servers === undefined ? undefined : servers.length > 0;
}

/** CERT-014: a web server's imported broker certificate beside the one of the deployment that it serves. */
function webClients(view: JoinView): Fact[] {
  return (view.bindings.get('web-client') ?? []).flatMap((client) =>
    view.deployments.flatMap((deployment): Fact[] => {
      const member = serves(deployment, 'webServers', hostOf(client));
      const redirector = configured(view, deployment, 'redirector');
      if (member === false || redirector === undefined) return [];
      return [webClient(client, redirector, member)];
    }),
  );
}

function webClient(client: Fact, redirector: Fact, member: boolean | undefined): Fact {
  const thumbprint = textOf(client, 'thumbprint');
  const theirs = textOf(redirector, 'thumbprint');
  const same = thumbprint === undefined || theirs === undefined ? undefined : thumbprint === theirs && thumbprint !== NO_CERTIFICATE;
  const broker = textOf(redirector, 'host') ?? '';
  const { data, unknown } = settle({
    host: valueOf(client, 'host'),
    broker,
    thumbprint,
    redirectorThumbprint: theirs,
    agrees: member === undefined && same === false ? undefined : same,
  });
  return joinedFact(client, RDS_WEB_CLIENT_CERTIFICATE.kind, [broker], `${textOf(client, 'host') ?? ''} web client`, data, unknown);
}
