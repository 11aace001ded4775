import { rawEnum } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import {
  LICENSE_CONFIGURATION,
  LICENSE_KEY_ACCESS,
  LICENSE_KEY_PACK,
  LICENSE_SERVER,
  type LicenseConfiguration,
  LICENSING_EVENTS,
  SESSION_HOST_LICENSING,
} from '../../../model/facts/windows-licensing.ts';
import { member } from '../../../model/json.ts';
import type { NormaliseContext, SnapshotInput, SnapshotNormaliser } from '../../../model/normalise.ts';
import { hostFact } from '../drivers/parts.ts';
import { keyPacks } from './key-packs.ts';
import { keyAccess, licenseServer } from './license-server.ts';
import { licensingEvents, sessionHostLicensing, textsOf } from './session-host.ts';

/** Licenses: whether session hosts get them, license servers have them, and nobody tampers. */
export const normaliseLicensing: SnapshotNormaliser = (input, context) => {
  if (input.snapshot.target.kind !== 'windows-host') return { facts: [], problems: [] };
  const wanted = Object.entries(MAKERS).filter(([kind]) => context.wanted?.has(kind) !== false);
  return { facts: wanted.flatMap(([, make]) => make(input, context)), problems: [] };
};

const MAKERS: Readonly<Record<string, (input: SnapshotInput, context: NormaliseContext) => readonly Fact[]>> = {
  [SESSION_HOST_LICENSING.kind]: sessionHostLicensing,
  [LICENSE_SERVER.kind]: licenseServer,
  [LICENSE_KEY_PACK.kind]: keyPacks,
  [LICENSE_KEY_ACCESS.kind]: keyAccess,
  [LICENSING_EVENTS.kind]: licensingEvents,
};

const MODES = { 2: 'PerDevice', 4: 'PerUser', 5: 'NotConfigured' } as const;
const NAMES: Readonly<Record<string, string>> = { PerDevice: 'per-device', PerUser: 'per-user', NotConfigured: 'not-configured' };

/** What the deployment says, for the join with its session hosts. */
export const normaliseDeploymentLicensing: SnapshotNormaliser = (input, context) => {
  if (input.snapshot.target.kind !== 'rds-deployment' || context.wanted?.has(LICENSE_CONFIGURATION.kind) === false) return { facts: [], problems: [] };
  const table = readRows(input.snapshot, 'deployment.licensing');
  if (table.state === 'absent') return { facts: [], problems: [] };
  const row = table.state === 'read' ? table.rows[0] : undefined;
  const data: LicenseConfiguration = {
    host: input.target.name,
    mode: NAMES[rawEnum(member(row, 'Mode'), MODES) ?? ''] ?? null,
    servers: textsOf(member(row, 'LicenseServer')),
  };
  return { facts: [hostFact(input, LICENSE_CONFIGURATION.kind, [], `licensing of ${input.target.name}`, data)], problems: [] };
};
