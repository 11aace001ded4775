import type { Fact } from '../../../model/fact.ts';
import { ADDRESS_LITERALS, DNS_FAILURES, DNS_SERVERS, HOSTS_FILE, NAME_REGISTRATION, SERVICE_PRINCIPALS } from '../../../model/facts/windows-names.ts';
import type { SnapshotInput, SnapshotNormaliser } from '../../../model/normalise.ts';
import { addressLiterals, dnsFailures, dnsServers, hostsFile } from './host.ts';
import { nameRegistration } from './registration.ts';
import { servicePrincipals } from './service-principals.ts';

/** How a host finds others by name, and how it is found. */
export const normaliseNames: SnapshotNormaliser = (input, context) => {
  if (input.snapshot.target.kind !== 'windows-host') return { facts: [], problems: [] };
  const wanted = Object.entries(MAKERS).filter(([kind]) => context.wanted?.has(kind) !== false);
  return { facts: wanted.map(([, make]) => make(input)), problems: [] };
};

const MAKERS: Readonly<Record<string, (input: SnapshotInput) => Fact>> = {
  [NAME_REGISTRATION.kind]: nameRegistration,
  [DNS_SERVERS.kind]: dnsServers,
  [HOSTS_FILE.kind]: hostsFile,
  [DNS_FAILURES.kind]: dnsFailures,
  [SERVICE_PRINCIPALS.kind]: servicePrincipals,
  [ADDRESS_LITERALS.kind]: addressLiterals,
};
