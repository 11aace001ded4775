import { rawInteger, rawText } from '../../../lib/raw.ts';
import { readRegistryValue } from '../../../lib/snapshot-read.ts';
import type { InstallationType } from '../../../model/known-updates.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { memberOf } from '../drivers/parts.ts';

export interface Build {
  readonly build: number | undefined;
  readonly revision: number | undefined;
  readonly installation: InstallationType | undefined;
}

/** The build, and whether it is a server's: 26100 is both Windows Server 2025 and Windows 11. */
export function buildOf(input: SnapshotInput): Build {
  const type = rawText(memberOf(input, 'os', 'installationType'))
    ?.trim()
    .toLowerCase();
  const product = rawInteger(memberOf(input, 'os', 'productType'));
  const installation = type === undefined ? (product === undefined ? undefined : product === 1 ? 'client' : 'server') : type === 'client' ? 'client' : 'server';
  return { build: rawInteger(memberOf(input, 'os', 'build')), revision: rawInteger(memberOf(input, 'os', 'ubr')), installation };
}

export function buildText({ build, revision }: Build): string | null {
  return build === undefined || revision === undefined ? null : `${build}.${revision}`;
}

/** First builds that can take hotpatches: Windows Server 2022 Azure Edition, Windows 11 24H2. */
const FIRST_HOTPATCHED: Readonly<Record<InstallationType, number>> = { server: 20348, client: 26100 };
const ENROLMENT = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Update\\TargetingInfo\\DynamicInstalled\\Hotpatch.amd64';
const CLIENT_POLICY = 'HKLM\\SOFTWARE\\Microsoft\\PolicyManager\\current\\device\\Update';

/** Whether revisions of hotpatches are to be expected; null when nobody looked. A package enrols servers, a pushed policy clients. */
export function isHotpatched(input: SnapshotInput, { build, installation }: Build): boolean | null {
  if (build !== undefined && build < FIRST_HOTPATCHED[installation ?? 'server']) return false;
  if (installation === undefined) return null;
  if (installation === 'client') {
    const policy = readRegistryValue(input.snapshot, CLIENT_POLICY, 'AllowRebootlessUpdates');
    return policy.known ? rawInteger(policy.value) === 1 : null;
  }
  const name = readRegistryValue(input.snapshot, ENROLMENT, 'Name');
  return name.known ? (rawText(name.value) ?? '') !== '' : null;
}
