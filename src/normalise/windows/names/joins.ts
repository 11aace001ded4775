import { type Fact, factId } from '../../../model/fact.ts';
import {
  DEPLOYMENT_NAME,
  DNS_FAILURES,
  FAILED_NAMES,
  type FailedNames,
  HOSTS_FILE,
  type HostsFile,
  NAME_OVERRIDES,
  type NameOverrides,
} from '../../../model/facts/windows-names.ts';
import type { Join, JoinEstate, NormaliseContext } from '../../../model/normalise.ts';
import { booleanAt, namesAt } from '../../rds/join-parts.ts';
import { nameKey } from './addresses.ts';

/** Hosts files that speak for names of the estate: what somebody wrote there once hides what DNS says today. */
export const NAME_OVERRIDES_JOIN: Join = {
  kinds: [HOSTS_FILE.kind, DEPLOYMENT_NAME.kind],
  makes: [NAME_OVERRIDES.kind],
  join: (facts, estate, context) => {
    const files = facts.filter((fact) => fact.kind === HOSTS_FILE.kind);
    const names = namesOf(facts, estate, context, files);
    return files.map((file) => overridesOf(file, names));
  },
};

/** Full names, and short ones where they are the first label of one. */
function namesOf(facts: readonly Fact[], estate: JoinEstate, context: NormaliseContext, files: readonly Fact[]): Set<string> {
  return new Set(fullNames(facts, estate, context, files).flatMap((name) => [name, name.split('.', 1)[0] ?? name]));
}

function fullNames(facts: readonly Fact[], estate: JoinEstate, context: NormaliseContext, ofHosts: readonly Fact[]): string[] {
  return [
    ...estate.hosts.map(({ name }) => name),
    ...estate.deployments.map(({ broker }) => broker),
    ...estate.gateways.map(({ name }) => name),
    ...(context.intent.gatewayFqdn === null ? [] : [context.intent.gatewayFqdn]),
    ...ofHosts.map(({ data }) => String(data['host'] ?? '')),
    ...facts.filter((fact) => fact.kind === DEPLOYMENT_NAME.kind).map(({ data }) => String(data['name'] ?? '')),
  ]
    .map(nameKey)
    .filter((name) => name !== '');
}

function overridesOf(file: Fact, names: ReadonlySet<string>): Fact {
  const host = String(file.data['host'] ?? '');
  const entries = file.data['entries'] as HostsFile['entries'];
  const data: NameOverrides = { host, overrides: entries === null ? null : entries.filter(({ name }) => names.has(nameKey(name))) };
  return {
    kind: NAME_OVERRIDES.kind,
    id: factId(file.target, NAME_OVERRIDES.kind),
    name: file.name,
    target: file.target,
    data,
    unknown: data.overrides === null ? ['/overrides'] : [],
    origin: { at: 'setting' },
    observedAt: file.observedAt,
  };
}

/** Failed look-ups of names of the estate. A short name fails in every suffix but the right one, so only full names count. */
export const FAILED_NAMES_JOIN: Join = {
  kinds: [DNS_FAILURES.kind, DEPLOYMENT_NAME.kind],
  makes: [FAILED_NAMES.kind],
  join: (facts, estate, context) => {
    const failures = facts.filter((fact) => fact.kind === DNS_FAILURES.kind);
    const names = new Set(fullNames(facts, estate, context, failures));
    return failures.map((fact) => failedOf(fact, names));
  },
};

function failedOf(fact: Fact, names: ReadonlySet<string>): Fact {
  const failed = namesAt(fact, 'names')?.filter((name) => names.has(nameKey(name))) ?? null;
  // Of a list that was cut, what is missing may be one of them.
  const isSure = failed !== null && (failed.length > 0 || booleanAt(fact, 'complete') === true);
  const data: FailedNames = { host: String(fact.data['host'] ?? ''), failed: isSure ? failed : null };
  return {
    kind: FAILED_NAMES.kind,
    id: factId(fact.target, FAILED_NAMES.kind),
    name: fact.name,
    target: fact.target,
    data,
    unknown: data.failed === null ? ['/failed'] : [],
    origin: { at: 'setting' },
    observedAt: fact.observedAt,
  };
}

export const NAME_JOINS: readonly Join[] = [NAME_OVERRIDES_JOIN, FAILED_NAMES_JOIN];
