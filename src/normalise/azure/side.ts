import { isUnresolved } from '../../model/cloud-resource.ts';
import type { Json } from '../../model/json.ts';
import { NO_V4, NO_V6, parsePrefix, parseV4, type Prefix, V4_ALL, V6_ALL } from './address.ts';
import { type Intervals, intervals } from './interval-set.ts';
import type { PortText } from './port.ts';
import { referenceOf } from './resources.ts';
import { NO_TAGS, type TagAddresses } from './service-tags.ts';

/** The addresses of one side of a rule, before tags get their meaning from a virtual network. */
export interface Side {
  readonly any: boolean;
  readonly v4: Intervals<number>;
  readonly v6: Intervals<bigint>;
  readonly internet: boolean;
  readonly network: boolean;
  readonly loadBalancer: boolean;
  /** Other service tags, lower case, whose addresses nobody gave. Those of a tag that is known are among `v4` and `v6`. */
  readonly opaque: readonly string[];
  /** The side without the tag AzureCloud, whose known addresses are those of any tenant; null when it holds none of them. */
  readonly plain: Side | null;
  /** Ids of application security groups. */
  readonly groups: readonly string[];
  /** Something in it is unresolved or has no certain reading: it may be any address. */
  readonly unknown: boolean;
  readonly notes: readonly string[];
  /** As written, for people. */
  readonly values: readonly Json[];
}

/** Texts met so far: thousands of rules hold the same few prefixes and ports. */
export interface Interner {
  readonly sides: Map<string, Side>;
  readonly prefixes: Map<string, Prefix>;
  readonly ports: Map<string, PortText>;
  readonly tags: TagAddresses;
}

export function newInterner(tags: TagAddresses = NO_TAGS): Interner {
  return { sides: new Map(), prefixes: new Map(), ports: new Map(), tags };
}

export function hasElements(value: Json | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : isUnresolved(value);
}

/** The live API leaves the singular `''` or out when the plural is used; both count when both are stated. */
export function elements(single: Json | undefined, plural: Json | undefined): readonly Json[] {
  const one = single === undefined || single === null || single === '' ? [] : [single];
  if (plural === undefined || plural === null) return one;
  return Array.isArray(plural) ? (one.length === 0 ? (plural as readonly Json[]) : [...one, ...(plural as readonly Json[])]) : [...one, plural];
}

/** One side of a rule; a single text is the same side wherever it stands. */
export function readSide(single: Json | undefined, plural: Json | undefined, groups: Json | undefined, interner: Interner): Side {
  if (typeof single === 'string' && single !== '' && !hasElements(plural) && !hasElements(groups)) {
    let side = interner.sides.get(single);
    if (side === undefined) interner.sides.set(single, (side = oneV4(single) ?? buildSide([single], undefined, interner)));
    return side;
  }
  return buildSide(elements(single, plural), groups, interner);
}

/** The most frequent side by far, one IPv4 prefix, without what the others need; null for anything else. */
function oneV4(text: string): Side | null {
  const first = text.charCodeAt(0);
  const v4 = first >= 0x30 && first <= 0x39 && text !== '0.0.0.0' ? parseV4(text) : null;
  return v4 === null ? null : { ...NO_SIDE, v4, values: [text] };
}

const NO_SIDE: Side = {
  any: false,
  v4: NO_V4,
  v6: NO_V6,
  internet: false,
  network: false,
  loadBalancer: false,
  opaque: [],
  plain: null,
  groups: [],
  unknown: false,
  notes: [],
  values: [],
};

const NO_TEXTS: readonly string[] = [];

export function buildSide(values: readonly Json[], groups: Json | undefined, interner: Interner): Side {
  const v4: number[] = [];
  const v6: bigint[] = [];
  const tags: string[] = [];
  let cloud: Set<Json> | null = null;
  const notes: string[] = [];
  let any = false;
  let unknown = false;
  for (const value of values) {
    if (typeof value !== 'string') {
      unknown = true;
      continue;
    }
    const list = value.includes(',');
    if (list) notes.push('a comma list in one address prefix is refused by Azure; read as a list');
    for (const text of list ? value.split(',').slice(0, 4096) : [value]) {
      const prefix = internPrefix(text, interner);
      if (prefix.note !== '') notes.push(prefix.note);
      if (prefix.kind === 'any') any = true;
      else if (prefix.kind === 'unknown') unknown = true;
      else if (prefix.kind === 'tag') {
        const known = OWN_TAGS.has(prefix.tag) ? null : interner.tags(prefix.tag);
        if (known === null) {
          if (!tags.includes(prefix.tag)) tags.push(prefix.tag);
          continue;
        }
        if (isCloudWide(prefix.tag)) (cloud ??= new Set()).add(text);
        for (const bound of known.v4) v4.push(bound);
        for (const bound of known.v6) v6.push(bound);
      } else {
        for (const bound of prefix.v4) v4.push(bound);
        for (const bound of prefix.v6) v6.push(bound);
      }
    }
  }
  const ids = groups === undefined || groups === null ? NO_TEXTS : groupIds(groups);
  if (ids === null || (values.length === 0 && ids.length === 0)) unknown = true;
  return {
    any,
    v4: any ? V4_ALL : v4.length === 0 ? NO_V4 : intervals(v4),
    v6: any ? V6_ALL : v6.length === 0 ? NO_V6 : intervals(v6),
    internet: tags.includes('internet'),
    network: tags.includes('virtualnetwork'),
    loadBalancer: tags.includes('azureloadbalancer'),
    opaque: tags.length === 0 ? NO_TEXTS : tags.filter((tag) => !OWN_TAGS.has(tag)),
    plain: cloud === null || any ? null : plainSide(values, cloud, groups, interner),
    groups: ids ?? NO_TEXTS,
    unknown,
    notes: notes.length === 0 ? NO_TEXTS : notes,
    values,
  };
}

/** Tags whose addresses the virtual network decides. */
const OWN_TAGS: ReadonlySet<string> = new Set(['internet', 'virtualnetwork', 'azureloadbalancer']);

/** Every public address of Azure, so any tenant's machine (service-tags-overview, AzureCloud). */
export function isCloudWide(tag: string): boolean {
  return tag === 'azurecloud' || tag.startsWith('azurecloud.');
}

function plainSide(values: readonly Json[], cloud: ReadonlySet<Json>, groups: Json | undefined, interner: Interner): Side {
  const texts = values.flatMap((value): readonly Json[] => (typeof value === 'string' ? value.split(',') : [value]));
  const rest = texts.filter((text) => !cloud.has(text));
  const side = buildSide(rest, groups, interner);
  return rest.length === 0 && side.groups.length === 0 ? { ...side, unknown: false } : side;
}

function internPrefix(text: string, interner: Interner): Prefix {
  let prefix = interner.prefixes.get(text);
  if (prefix === undefined) interner.prefixes.set(text, (prefix = parsePrefix(text)));
  return prefix;
}

/** The side in words, as written. */
export function sideText(side: Side): string {
  const shown = side.values.map((value) => (typeof value === 'string' ? value : 'unresolved'));
  return [...shown, ...side.groups.map((id) => id.slice(id.lastIndexOf('/') + 1))].join(', ');
}

/** Null when one of them is unresolved. */
function groupIds(groups: Json): string[] | null {
  if (!Array.isArray(groups)) return null;
  const ids: string[] = [];
  for (const group of groups as readonly Json[]) {
    const reference = referenceOf(group);
    if (typeof reference !== 'string') return null;
    ids.push(reference);
  }
  return ids;
}
