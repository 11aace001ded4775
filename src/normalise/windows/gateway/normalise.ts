import { rawEnum, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import {
  DEPLOYMENT_GATEWAY,
  type DeploymentGateway,
  GATEWAY_CONNECTION_ACCESS,
  GATEWAY_RESOURCE_ACCESS,
  GATEWAY_SERVER,
} from '../../../model/facts/windows-gateway.ts';
import { member } from '../../../model/json.ts';
import type { SnapshotInput, SnapshotNormaliser } from '../../../model/normalise.ts';
import { hostFact, unreadFact } from '../drivers/parts.ts';
import { connectionAccess } from './connection.ts';
import { flagOf } from './parts.ts';
import { resourceAccess } from './resource.ts';
import { gatewayServer } from './server.ts';

/** The RD Gateway service of a host, whom it lets in and what it lets them reach. */
export const normaliseGateway: SnapshotNormaliser = (input, context) => {
  if (input.snapshot.target.kind !== 'windows-host') return { facts: [], problems: [] };
  const wanted = Object.entries(MAKERS).filter(([kind]) => context.wanted?.has(kind) !== false);
  return { facts: wanted.flatMap(([, make]) => make(input)), problems: [] };
};

const MAKERS: Readonly<Record<string, (input: SnapshotInput) => readonly Fact[]>> = {
  [GATEWAY_SERVER.kind]: gatewayServer,
  [GATEWAY_CONNECTION_ACCESS.kind]: connectionAccess,
  [GATEWAY_RESOURCE_ACCESS.kind]: resourceAccess,
};

const MODES: Readonly<Record<number, string>> = { 0: 'none', 2: 'custom', 3: 'automatic' };
const MODE_NAMES: Readonly<Record<string, string>> = { donotuse: 'none', custom: 'custom', automatic: 'automatic' };

/** The gateway that a deployment names to its clients, held against the one that the estate intends. */
export const normaliseDeploymentGateway: SnapshotNormaliser = (input, context) => {
  if (input.snapshot.target.kind !== 'rds-deployment' || context.wanted?.has(DEPLOYMENT_GATEWAY.kind) === false) return { facts: [], problems: [] };
  const table = readRows(input.snapshot, 'deployment.gateway');
  if (table.state === 'absent') return { facts: [], problems: [] };
  const row = table.state === 'read' ? table.rows[0] : undefined;
  if (row === undefined) return { facts: [unreadFact(input, DEPLOYMENT_GATEWAY.kind)], problems: [] };
  const raw = member(row, 'GatewayMode');
  const name = rawText(raw)?.trim().toLowerCase() ?? '';
  const mode = (Object.hasOwn(MODE_NAMES, name) ? MODE_NAMES[name] : rawEnum(raw, MODES)) ?? null;
  const intended = context.intent.gatewayFqdn ?? '';
  const external = mode === 'custom' ? (rawText(member(row, 'GatewayExternalFqdn')) ?? null) : mode === null ? null : '';
  const data: DeploymentGateway = {
    host: input.target.name,
    intended,
    mode,
    externalFqdn: external,
    agrees: agreement(intended, mode, external),
    bypassLocal: mode === 'custom' ? flagOf(member(row, 'BypassLocal')) : mode === null ? null : false,
  };
  return { facts: [hostFact(input, DEPLOYMENT_GATEWAY.kind, [], `gateway of ${input.target.name}`, data)], problems: [] };
};

function agreement(intended: string, mode: string | null, external: string | null): boolean | null {
  if (intended === '') return true;
  if (mode === null || (mode === 'custom' && external === null)) return null;
  // Automatic lets each client find out for itself, which names no gateway.
  return mode === 'custom' && plain(external ?? '') === plain(intended);
}

function plain(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '');
}
