import { dirname } from 'node:path';
import { globMatches } from '../lib/glob.ts';
import { nearest } from '../lib/schema-check.ts';
import type { Estate } from '../model/estate.ts';
import { UserError } from '../model/problem.ts';
import type { Contacts } from './contacts.ts';
import { targetsOf } from './live-targets.ts';

/** Something of the estate that can be named. */
export interface Wanted {
  /** `windows-host:NAME`, `rds-deployment:BROKER`, `endpoint:NAME`; names lower-cased. */
  readonly id: string;
  readonly name: string;
  readonly over: string;
}

interface Known extends Wanted {
  readonly groups: readonly string[];
}

/** Targets and endpoints that names, ids, groups and patterns mean, in the order of the estate; all when nothing is named. What is named elsewhere is passed over. */
export function wantedOf(estate: Estate, estateFile: string, names: readonly string[], isElsewhere: (name: string) => boolean): Wanted[] {
  const known = knownOf(estate, estateFile);
  for (const name of names) if (!isElsewhere(name) && !known.some((entry) => isNamed(entry, name))) throw unknownTarget(name, known);
  return names.length === 0 ? known : known.filter((entry) => names.some((name) => isNamed(entry, name)));
}

/** The listener of a host is an endpoint of the same name, and so may be a gateway. */
function knownOf(estate: Estate, estateFile: string): Known[] {
  const endpoint = (name: string, over: string, groups: readonly string[]): Known => ({ id: `endpoint:${name.toLowerCase()}`, name, over, groups });
  const all: Known[] = [
    ...targetsOf(estate, dirname(estateFile)).map(({ target: { id, name, over }, groups }) => ({ id, name, over, groups })),
    ...estate.gateways.map(({ name, over }) => endpoint(name, over, [])),
    ...estate.hosts.filter(({ connect }) => connect?.wire === true).map(({ name, groups }) => endpoint(name, 'wire', groups)),
  ];
  return [...new Map(all.map((entry) => [entry.id, entry])).values()];
}

function isNamed({ id, name, groups }: Known, pattern: string): boolean {
  return [name, id, ...groups].some((text) => globMatches(pattern, text));
}

function unknownTarget(name: string, known: readonly Known[]): UserError {
  const near = nearest(
    name,
    known.map((entry) => entry.name),
  );
  return new UserError(
    'doctor.unknown-target',
    `The estate has no target '${name}'.`,
    near === undefined ? 'Name a host, a broker, a gateway or a group.' : `Did you mean '${near}'?`,
  );
}

/** Of what may be contacted, what is wanted. */
export function narrowed(contacts: Contacts, wanted: readonly Wanted[]): Contacts {
  const ids = new Set(wanted.map(({ id }) => id));
  const names = new Set(wanted.map(({ name }) => name.toLowerCase()));
  return {
    targets: contacts.targets.filter(({ id }) => ids.has(id)),
    probes: { ...contacts.probes, only: new Set([...contacts.probes.only].filter((name) => ids.has(`endpoint:${name}`))) },
    strangers: contacts.strangers.filter((name) => names.has(name.toLowerCase())),
  };
}
