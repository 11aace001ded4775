import { rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { DEPLOYMENT_NAME, type DeploymentName } from '../../../model/facts/windows-names.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput, SnapshotNormaliser } from '../../../model/normalise.ts';
import { hostFact, memberOf, unreadFact } from '../drivers/parts.ts';
import { addressKey, nameKey } from './addresses.ts';
import { addressesOf } from './registration.ts';

/** The names of a deployment in DNS, as its broker sees them. */
export const normaliseDeploymentNames: SnapshotNormaliser = (input, context) => {
  if (input.snapshot.target.kind !== 'rds-deployment' || context.wanted?.has(DEPLOYMENT_NAME.kind) === false) return { facts: [], problems: [] };
  const table = readRows(input.snapshot, 'deployment.names');
  if (table.state === 'absent') return { facts: [], problems: [] };
  if (table.state === 'unread') return { facts: [unreadFact(input, DEPLOYMENT_NAME.kind)], problems: [] };
  const known = new Map(table.rows.map((row) => [nameKey(rawText(member(row, 'Name')) ?? ''), answerOf(row)]));
  const seen = new Set<string>();
  const facts = table.rows.flatMap((row): Fact[] => {
    const name = rawText(member(row, 'Name'))?.trim() ?? '';
    const of = kindOf(row);
    const key = `${of ?? ''} ${nameKey(name)}`;
    if (name === '' || seen.has(key)) return [];
    seen.add(key);
    const addresses = answerOf(row);
    const data: DeploymentName = {
      host: input.target.name,
      name,
      of,
      addresses,
      resolves: addresses === null ? null : addresses.length > 0,
      missingBrokers: of === 'client-access-name' ? missingBrokers(input, addresses, known) : of === null ? null : [],
    };
    return [hostFact(input, DEPLOYMENT_NAME.kind, [of ?? '', name], name, data)];
  });
  return { facts, problems: [] };
};

const KINDS = ['server', 'client-access-name', 'gateway'];

function kindOf(row: JsonObject): string | null {
  const kind = rawText(member(row, 'Kind'))?.trim().toLowerCase() ?? '';
  return KINDS.includes(kind) ? kind : null;
}

function answerOf(row: JsonObject): string[] | null {
  return addressesOf(member(row, 'Addresses'), rawInteger(member(row, 'Status')));
}

/** Round robin reaches only the brokers whose addresses the name has. */
function missingBrokers(input: SnapshotInput, addresses: readonly string[] | null, known: ReadonlyMap<string, readonly string[] | null>): string[] | null {
  const raw = memberOf(input, 'deployment.clientAccessName', 'ConnectionBroker');
  if (raw === undefined || raw === null || addresses === null) return null;
  const keys = new Set(addresses.map(addressKey));
  const brokers = rawList(raw).flatMap((item) => rawText(item)?.trim() ?? []);
  const answers = brokers.map((broker) => {
    const own = known.get(nameKey(broker));
    return own === undefined || own === null ? null : own.some((address) => keys.has(addressKey(address)));
  });
  const missing = brokers.filter((_, index) => answers[index] === false);
  return missing.length === 0 && answers.includes(null) ? null : missing;
}
