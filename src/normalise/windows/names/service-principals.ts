import { rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import type { Fact } from '../../../model/fact.ts';
import { SERVICE_PRINCIPALS, type ServicePrincipals } from '../../../model/facts/windows-names.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { hostFact, memberOf } from '../drivers/parts.ts';
import { remoteDesktopEnabled } from '../firewall/remote-desktop.ts';

const SECTION = 'directory.termsrv';

export function servicePrincipals(input: SnapshotInput): Fact {
  const joined = rawInteger(memberOf(input, 'computer', 'PartOfDomain'));
  const [wanted, registered, others] = ['Wanted', 'Registered', 'Others'].map((name) => namesOf(input, name));
  const held = new Set(registered?.map((name) => name.toLowerCase()));
  const data: ServicePrincipals = {
    host: input.target.name,
    domainMember: joined === undefined ? null : joined === 1,
    rdpEnabled: remoteDesktopEnabled(input.snapshot),
    missing:
      registered === null || wanted === undefined || wanted === null || wanted.length === 0 ? null : wanted.filter((name) => !held.has(name.toLowerCase())),
    others: others ?? null,
  };
  return hostFact(input, SERVICE_PRINCIPALS.kind, [], `service principal names of ${input.target.name}`, data);
}

/** Null is what the directory did not show, which is not the same as an empty list. */
function namesOf(input: SnapshotInput, name: string): string[] | null {
  const raw = memberOf(input, SECTION, name);
  if (raw === undefined || raw === null) return null;
  const list = rawList(raw).map((item) => rawText(item));
  return list.every((item) => item !== undefined) ? list : null;
}
