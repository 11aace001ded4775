import { excerpt } from '../collect/live/causes.ts';
import { isObject, type Json, member } from '../model/json.ts';
import { SECTIONS } from '../model/sections/index.ts';
import { NOT_VERIFIED } from '../model/sections/rights.ts';
import type { Right, Snapshot } from '../model/snapshot.ts';
import { parseSnapshot, unify } from '../normalise/unify.ts';
import { type Check, counted, listed, type Unread } from './doctor-check.ts';

/** What of a snapshot could be read. */
export interface ReadSections {
  /** How many sections there are for its kind of target, and how many of them hold data or say that there is nothing. */
  readonly all: number;
  readonly read: number;
  /** Whether nobody tried to read some of them. */
  readonly isShort: boolean;
  readonly unread: readonly Unread[];
  readonly notes: readonly string[];
  /** ISO 8601 UTC. */
  readonly collectedAt: string;
}

/** Looks at a snapshot as a scan would read it; a sentence when it is none. */
export function readSections(value: Json): ReadSections | string {
  const parsed = parseSnapshot(value);
  if ('error' in parsed) return parsed.error;
  const { snapshot } = unify(parsed.snapshot, SECTIONS);
  const specs = SECTIONS.filter((spec) => spec.of === snapshot.target.kind);
  const statusOf = (name: string): string => (Object.hasOwn(snapshot.sections, name) ? (snapshot.sections[name]?.status ?? '') : 'not-collected');
  const absent = specs.filter(({ name }) => statusOf(name) === 'absent').map(({ name }) => name);
  const missing = specs.filter(({ name }) => statusOf(name) === 'not-collected').map(({ name }) => name);
  const isPlain = member(member(value, 'collector'), 'elevated') === false;
  return {
    all: specs.length,
    read: specs.filter(({ name }) => ['ok', 'absent'].includes(statusOf(name))).length,
    isShort: missing.length > 0,
    unread: [...unreadSections(snapshot), ...unreadKeys(snapshot)],
    notes: [
      ...(isPlain ? ['The collector ran without the rights of an administrator.'] : []),
      ...(missing.length === 0 ? [] : [`Not collected, by an older or restricted collector: ${listed(missing)}.`]),
      // An endpoint has one half or the other.
      ...(absent.length === 0 || snapshot.target.kind === 'endpoint' ? [] : [`Not there, so nothing to read: ${listed(absent, 2)}.`]),
    ],
    collectedAt: snapshot.collectedAt,
  };
}

/** Denied sections by the right that they need, failed ones by what was said. */
function unreadSections(snapshot: Snapshot): Unread[] {
  const denied = new Map<Right, { names: string[]; said: string }>();
  const failed = new Map<string, string[]>();
  for (const { name, of, right } of SECTIONS) {
    const section = of === snapshot.target.kind && Object.hasOwn(snapshot.sections, name) ? snapshot.sections[name] : undefined;
    const said = excerpt(section?.error ?? '');
    if (section?.status === 'denied') {
      const known = denied.get(right);
      denied.set(right, { names: [...(known?.names ?? []), name], said: known === undefined || known.said === '' ? said : known.said });
    } else if (section?.status === 'error') failed.set(said, [...(failed.get(said) ?? []), name]);
  }
  return [
    ...[...denied].map(([right, { names, said }]): Unread => deniedBy(right, names, said)),
    ...[...failed].map(([said, sections]): Unread => ({ status: 'error', sections, needs: null, grant: null, said })),
  ];
}

function deniedBy(right: Right, sections: readonly string[], said: string): Unread {
  return { status: 'denied', sections, needs: `${right.needs}${right.source === null ? ` ${NOT_VERIFIED}` : ''}`, grant: right.grant, said };
}

/** Keys of the section `registry` have a status each. */
function unreadKeys(snapshot: Snapshot): Unread[] {
  const data = snapshot.sections['registry']?.data;
  const right = SECTIONS.find(({ name }) => name === 'registry')?.right;
  if (!isObject(data) || right === undefined) return [];
  const of = (status: string): string[] =>
    Object.entries(data)
      .filter(([, key]) => member(key, 'status') === status)
      .map(([path]) => excerpt(path));
  const named = (keys: readonly string[]): string => `registry (${counted(keys.length, 'key')}: ${listed(keys, 2)})`;
  const [denied, failed] = [of('denied'), of('error')];
  return [
    ...(denied.length === 0 ? [] : [deniedBy(right, [named(denied)], '')]),
    ...(failed.length === 0 ? [] : [{ status: 'error' as const, sections: [named(failed)], needs: null, grant: null, said: '' }]),
  ];
}

/** The status of what was reached, and how much of it was read. */
export function partsOf(read: ReadSections): Pick<Check, 'status' | 'said' | 'unread' | 'notes'> {
  const { all, unread, notes, isShort } = read;
  const said = unread.length === 0 && !isShort ? `${counted(read.read, 'section')} read` : `${read.read} of ${counted(all, 'section')} read`;
  return { status: unread.length > 0 ? 'partial' : isShort ? 'warning' : 'ok', said, unread, notes };
}
