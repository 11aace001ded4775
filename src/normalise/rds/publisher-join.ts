import type { Fact } from '../../model/fact.ts';
import { RDS_DEPLOYMENT_CERTIFICATE } from '../../model/facts/rds-deployment-certificate.ts';
import { PUBLISHER_TRUST, type PublisherTrust, TRUSTED_PUBLISHERS } from '../../model/facts/windows-sessions.ts';
import type { Join } from '../../model/normalise.ts';
import { booleanAt, hostOf, isPlaceholder, joinedFact, namesAt, textAt } from './join-parts.ts';

/** Computer that people connect from × deployment: does it trust the certificate that the deployment's files are signed with? */
export const PUBLISHER_JOIN: Join = {
  kinds: [TRUSTED_PUBLISHERS.kind, RDS_DEPLOYMENT_CERTIFICATE.kind],
  makes: [PUBLISHER_TRUST.kind],
  join: (facts) => {
    // A placeholder stands for every role.
    const publishers = facts.filter((fact) => fact.kind === RDS_DEPLOYMENT_CERTIFICATE.kind && (isPlaceholder(fact) || textAt(fact, 'role') === 'publishing'));
    return facts.filter((fact) => fact.kind === TRUSTED_PUBLISHERS.kind).flatMap((computer) => publishers.map((publisher) => trustOf(computer, publisher)));
  },
};

function trustOf(computer: Fact, publisher: Fact): Fact {
  const trusted = namesAt(computer, 'trusted');
  const thumbprint = textAt(publisher, 'thumbprint');
  const data: PublisherTrust = {
    host: hostOf(computer),
    workstation: booleanAt(computer, 'workstation'),
    broker: hostOf(publisher),
    thumbprint,
    trusted,
    trusts: trusted === null || thumbprint === null ? null : trusted.includes(thumbprint),
  };
  return joinedFact({
    kind: PUBLISHER_TRUST.kind,
    of: computer,
    instance: [data.broker],
    name: `publisher of ${data.broker} on ${data.host}`,
    data,
    unknown: Object.entries(data).flatMap(([name, value]) => (value === null ? [`/${name}`] : [])),
  });
}
