import { rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import type { Fact } from '../../../model/fact.ts';
import {
  CREDENTIAL_THEFT,
  type CredentialTheft,
  RDP_WORKSTATION,
  type RdpWorkstation,
  TRUSTED_PUBLISHERS,
  type TrustedPublishers,
} from '../../../model/facts/windows-sessions.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { readRegistryValue } from '../../../lib/snapshot-read.ts';
import { hostFact, isDomainController, memberOf } from '../drivers/parts.ts';
import { NO_CERTIFICATE, thumbprintOf } from '../certificates/thumbprint.ts';
import { DELEGATION, LSA, POLICIES, registryFlag, registryNumber } from './values.ts';

const WDIGEST = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\WDigest';
const SYSTEM_POLICIES = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\System';

export function credentialTheft(input: SnapshotInput): Fact {
  const running = memberOf(input, 'deviceGuard', 'SecurityServicesRunning');
  const data: CredentialTheft = {
    host: input.target.name,
    wdigest: wdigest(input),
    lsaProtection: lsaProtection(input),
    lsaWithoutLock: knowsLsaWithoutLock(input),
    credentialGuard: running === undefined || running === null ? null : rawList(running).some((service) => rawInteger(service) === 1),
    domainController: isDomainController(input),
  };
  return hostFact(input, CREDENTIAL_THEFT.kind, [], `credentials in memory of ${input.target.name}`, data, {
    '/wdigest': '/credentialProtection/wdigest',
    '/lsaProtection': '/credentialProtection/lsaProtection',
  });
}

/** Off without a value since Windows 8.1 and Windows Server 2012 R2. */
function wdigest(input: SnapshotInput): boolean | null {
  const number = registryNumber(input, WDIGEST, 'UseLogonCredential');
  if (number !== undefined) return number === null ? null : number !== 0;
  const build = rawInteger(memberOf(input, 'os', 'build'));
  return build === undefined || build < 9600 ? null : false;
}

const LSA_PROTECTION = ['disabled', 'enabled-with-uefi-lock', 'enabled'] as const;
/** Windows 11 22H2: earlier releases ignore the policy and the value 2, and know only the lock in the firmware. */
const WITHOUT_LOCK = 22_621;

function knowsLsaWithoutLock(input: SnapshotInput): boolean | null {
  const build = rawInteger(memberOf(input, 'os', 'build'));
  return build === undefined ? null : build >= WITHOUT_LOCK;
}

/** New clients of Windows 11 22H2 turn it on by themselves, and no value shows it. Servers do not. */
function lsaProtection(input: SnapshotInput): CredentialTheft['lsaProtection'] {
  const isNewer = knowsLsaWithoutLock(input);
  const policy = isNewer === false ? undefined : registryNumber(input, SYSTEM_POLICIES, 'RunAsPPL');
  if (isNewer === null && policy !== undefined) return null;
  const number = policy === undefined ? registryNumber(input, LSA, 'RunAsPPL') : policy;
  if (number === 2 && isNewer !== true) return isNewer === false ? 'disabled' : null;
  if (number !== undefined) return number === null ? null : (LSA_PROTECTION[number] ?? null);
  const product = rawInteger(memberOf(input, 'os', 'productType'));
  if (product === 2 || product === 3) return 'disabled';
  return isNewer === false ? 'disabled' : null;
}

export function rdpWorkstation(input: SnapshotInput): Fact {
  const data: RdpWorkstation = {
    host: input.target.name,
    workstation: isWorkstation(input),
    outgoing: outgoing(input),
    unsignedFiles: registryFlag(input, POLICIES, 'AllowUnsignedFiles', true),
    signedFiles: registryFlag(input, POLICIES, 'AllowSignedFiles', true),
    promptsOnClient: registryFlag(input, POLICIES, 'PromptForCredsOnClient', false),
  };
  return hostFact(input, RDP_WORKSTATION.kind, [], `client side of ${input.target.name}`, data, {
    '/outgoing': '/credentialProtection/restrictsOutgoing',
    '/unsignedFiles': '/client/unsignedFiles',
    '/signedFiles': '/client/signedFiles',
    '/promptsOnClient': '/client/promptsOnClient',
  });
}

/** A list with commas between; what is no thumbprint trusts nobody, so it is left out. */
export function trustedPublishers(input: SnapshotInput): Fact {
  const reading = readRegistryValue(input.snapshot, POLICIES, 'TrustedCertThumbprints');
  const text = reading.known ? (reading.value === undefined ? '' : rawText(reading.value)) : undefined;
  const thumbprints = text?.slice(0, 20_000).split(/[,;]/).map(thumbprintOf);
  const data: TrustedPublishers = {
    host: input.target.name,
    workstation: isWorkstation(input),
    trusted: thumbprints?.filter((each) => each !== undefined).filter((each) => each !== NO_CERTIFICATE) ?? null,
  };
  return hostFact(input, TRUSTED_PUBLISHERS.kind, [], `publishers that ${input.target.name} trusts`, data);
}

/** A jump host is a server, so the estate says it; a client of Windows is one anyway. */
function isWorkstation(input: SnapshotInput): boolean | null {
  if (input.host?.roles.includes('workstation') === true) return true;
  const product = rawInteger(memberOf(input, 'os', 'productType'));
  return product === undefined ? null : product === 1;
}

const MODES = [null, 'restricted-admin', 'remote-credential-guard', 'prefer-remote-credential-guard'] as const;

/** The type counts only while the switch is on; older templates wrote the switch alone. */
function outgoing(input: SnapshotInput): RdpWorkstation['outgoing'] {
  const restricts = registryFlag(input, DELEGATION, 'RestrictedRemoteAdministration', false);
  if (restricts !== true) return restricts === null ? null : 'not-restricted';
  const type = registryNumber(input, DELEGATION, 'RestrictedRemoteAdministrationType');
  return type === undefined ? 'restricted-admin' : type === null ? null : (MODES[type] ?? null);
}
