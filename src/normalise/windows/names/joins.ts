import { type Fact, factId } from '../../../model/fact.ts';
import { DEPLOYMENT_NAME, HOSTS_FILE, NAME_OVERRIDES, type HostsFile, type NameOverrides } from '../../../model/facts/windows-names.ts';
import type { Join, JoinEstate, NormaliseContext } from '../../../model/normalise.ts';
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
  const full = [
    ...estate.hosts.map(({ name }) => name),
    ...estate.deployments.map(({ broker }) => broker),
    ...estate.gateways.map(({ name }) => name),
    ...(context.intent.gatewayFqdn === null ? [] : [context.intent.gatewayFqdn]),
    ...files.map(({ data }) => String(data['host'] ?? '')),
    ...facts.filter((fact) => fact.kind === DEPLOYMENT_NAME.kind).map(({ data }) => String(data['name'] ?? '')),
  ]
    .map(nameKey)
    .filter((name) => name !== '');
  return new Set(full.flatMap((name) => [name, name.split('.', 1)[0] ?? name]));
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

export const NAME_JOINS: readonly Join[] = [NAME_OVERRIDES_JOIN];
