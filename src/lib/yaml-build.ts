import { isAlias, isCollection, isMap, isScalar, isSeq, type CST, type Document, type ParsedNode, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Json } from '../model/json.ts';
import { documentErrorAt, MAX_DEPTH, TOO_DEEP } from './document-error.ts';
import type { YamlAlias, YamlItem, YamlList, YamlMap, YamlMember, YamlNode, YamlScalar } from './yaml-tree.ts';

/** Aliases may add this much to a document: ten times what is written, and a little for small ones. */
const ALIAS_ALLOWANCE = 100_000;
const ALIAS_FACTOR = 10;

const TAGS: ReadonlyMap<string, (value: Json) => boolean> = new Map<string, (value: Json) => boolean>([
  ['!', () => true],
  ['tag:yaml.org,2002:str', (value) => typeof value === 'string'],
  ['tag:yaml.org,2002:int', (value) => Number.isInteger(value)],
  ['tag:yaml.org,2002:float', (value) => typeof value === 'number'],
  ['tag:yaml.org,2002:bool', (value) => typeof value === 'boolean'],
  ['tag:yaml.org,2002:null', (value) => value === null],
  ['tag:yaml.org,2002:map', () => true],
  ['tag:yaml.org,2002:seq', () => true],
]);

/** Recursion is bounded: `tokens` has refused what is too deep. */
export function treeOf(text: string, document: Document.Parsed<ParsedNode, true>): YamlNode {
  /** The node that an anchor means from here on; null while it is still open. */
  const anchors = new Map<string, YamlNode | null>();
  let written = 0;
  let borrowed = 0;

  const fail = (offset: number, message: string): never => {
    throw documentErrorAt(text, offset, message);
  };

  function borrow(offset: number, size: number): void {
    borrowed += size;
    if (borrowed > ALIAS_ALLOWANCE + ALIAS_FACTOR * written) fail(offset, 'Aliases make the document far larger than it is written.');
  }

  function node(parsed: unknown, emptyAt: number): YamlNode {
    written++;
    if (isAlias(parsed)) return aliasOf(parsed.source, parsed.range?.[0] ?? emptyAt, parsed.range?.[1] ?? emptyAt);
    if (!isScalar(parsed) && !isCollection(parsed)) return emptyNode(emptyAt);
    const start = parsed.range?.[0] ?? emptyAt;
    const anchor = parsed.anchor;
    if (anchor !== undefined) anchors.set(anchor, null);
    const marked = anchor !== undefined || parsed.tag !== undefined;
    if (parsed.tag !== undefined && !TAGS.has(parsed.tag)) fail(start, `The tag '${shorten(parsed.tag)}' is not supported.`);
    const made = isMap(parsed)
      ? mapOf(parsed, marked)
      : isSeq(parsed)
        ? listOf(parsed, marked)
        : isScalar(parsed)
          ? scalarOf(parsed, marked, emptyAt)
          : emptyNode(emptyAt);
    if (made.height > MAX_DEPTH) fail(start, TOO_DEEP);
    if (anchor !== undefined) anchors.set(anchor, made);
    return made;
  }

  function emptyNode(at: number): YamlScalar {
    return { kind: 'scalar', style: 'empty', start: at, end: at, value: null, marked: false, height: 0, size: 1 };
  }

  function aliasOf(name: string, start: number, end: number): YamlAlias {
    const target = anchors.get(name);
    if (target === null) return fail(start, `The alias '*${shorten(name)}' stands inside of what it names.`);
    if (target === undefined) return fail(start, `The alias '*${shorten(name)}' has no anchor before it.`);
    borrow(start, target.size);
    return { kind: 'alias', target, start, end, value: target.value, marked: false, height: target.height, size: target.size };
  }

  function scalarOf(scalar: Scalar, marked: boolean, emptyAt: number): YamlScalar {
    const [start, rangeEnd] = scalar.range ?? [emptyAt, emptyAt];
    const value = jsonOf(scalar);
    if (value === undefined) return fail(start, `'${shorten(scalar.source ?? '')}' is a number that JSON does not have.`);
    if (scalar.tag !== undefined && TAGS.get(scalar.tag)?.(value) !== true) return fail(start, `'${shorten(scalar.source ?? '')}' does not fit its tag.`);
    const style = styleOf(scalar, start === rangeEnd);
    if (style === 'empty') return { ...emptyNode(emptyAt), value, marked };
    return { kind: 'scalar', style, start, end: style === 'block' ? blockScalarEnd(text, start, rangeEnd) : rangeEnd, value, marked, height: 0, size: 1 };
  }

  function keyOf(key: unknown, at: number): { name: string; start: number; end: number; style: YamlScalar['style']; marked: boolean } {
    const scalar = isScalar(key) ? node(key, at) : fail(at, 'A name in a mapping must be plain text, not a list, mapping or alias.');
    if (scalar.kind !== 'scalar' || !isScalar(key)) return fail(at, 'A name in a mapping must be plain text.');
    const name = typeof scalar.value === 'string' ? scalar.value : (key.source ?? '');
    if (scalar.style === 'empty') fail(at, "A name is missing before ':'.");
    return { name, start: scalar.start, end: scalar.end, style: scalar.style, marked: scalar.marked };
  }

  function mapOf(map: YAMLMap, marked: boolean): YamlMap {
    const members: YamlMember[] = [];
    const byName = new Map<string, YamlMember>();
    const merges: YamlMember[] = [];
    let height = 0;
    let size = 1;
    for (const pair of map.items) {
      const source = pair.srcToken;
      const at = offsetOf(pair.key) ?? source?.start[0]?.offset ?? map.range?.[0] ?? 0;
      const key = keyOf(pair.key, at);
      const mark = source?.start.find((token) => token.type === 'explicit-key-ind');
      const colon = source?.sep?.find((token) => token.type === 'map-value-ind');
      const colonEnd = colon === undefined ? undefined : colon.offset + colon.source.length;
      const merge = key.name === '<<' && key.style === 'plain' && !key.marked;
      const member: YamlMember = {
        name: key.name,
        start: mark?.offset ?? key.start,
        keyStart: key.start,
        keyEnd: key.end,
        keyStyle: key.style,
        colonEnd,
        unusual: mark !== undefined || key.marked || key.style === 'block',
        merge,
        node: node(pair.value, colonEnd ?? key.end),
      };
      members.push(member);
      if (merge) {
        if (merges.length > 0) fail(key.start, "The merge key '<<' is here twice; give it a list.");
        merges.push(member);
      } else {
        if (byName.has(key.name)) fail(key.start, `The name '${shorten(key.name)}' is here twice.`);
        byName.set(key.name, member);
      }
      if (!merge) height = Math.max(height, member.node.height);
      size += member.node.size;
    }
    const merged = new Set<string>();
    for (const merge of merges) {
      for (const from of mergedMaps(merge)) {
        borrow(merge.keyStart, from.byName.size);
        for (const [name, member] of from.byName) {
          if (byName.has(name)) continue;
          byName.set(name, member);
          merged.add(name);
          height = Math.max(height, member.node.height);
          size += member.node.size;
        }
      }
    }
    const value = Object.fromEntries([...byName].map(([name, member]) => [name, member.node.value]));
    const flow = map.flow === true;
    const last = members.at(-1);
    const lastEnd = last === undefined ? undefined : Math.max(last.node.end, last.colonEnd ?? last.keyEnd);
    const bare = flow && text.charAt(map.range?.[0] ?? 0) !== '{';
    const start = flow ? (map.range?.[0] ?? 0) : (members[0]?.start ?? map.range?.[0] ?? 0);
    const end = flow && !bare ? (map.range?.[1] ?? start) : (lastEnd ?? start);
    return { kind: 'map', flow, bare, members, byName, merged, start, end, value, marked, height: height + 1, size };
  }

  function mergedMaps(merge: YamlMember): YamlMap[] {
    const named = merge.node.kind === 'list' ? merge.node.items.map((item) => item.node) : [merge.node];
    return named.map((from) => {
      const target = from.kind === 'alias' ? from.target : from;
      return target.kind === 'map' ? target : fail(from.start, "The merge key '<<' can take in mappings only.");
    });
  }

  function listOf(list: YAMLSeq, marked: boolean): YamlList {
    const flow = list.flow === true;
    const dashes = flow ? [] : dashesOf(list.srcToken);
    let height = 0;
    let size = 1;
    const items = list.items.map((parsed, index): YamlItem => {
      const dash = dashes[index];
      const emptyAt = dash === undefined ? (offsetOf(parsed) ?? 0) : dash + 1;
      const made = node(parsed, emptyAt);
      height = Math.max(height, made.height);
      size += made.size;
      return { start: dash ?? made.start, dashEnd: dash === undefined ? made.start : dash + 1, node: made };
    });
    const start = flow ? (list.range?.[0] ?? 0) : (items[0]?.start ?? list.range?.[0] ?? 0);
    const last = items.at(-1);
    const end = flow ? (list.range?.[1] ?? start) : last === undefined ? start : Math.max(last.dashEnd, last.node.end);
    return { kind: 'list', flow, items, start, end, value: items.map((item) => item.node.value), marked, height: height + 1, size };
  }

  return node(document.contents, 0);
}

function offsetOf(parsed: unknown): number | undefined {
  return isScalar(parsed) || isCollection(parsed) || isAlias(parsed) ? (parsed.range?.[0] ?? undefined) : undefined;
}

function dashesOf(source: CST.Token | undefined): number[] {
  if (source?.type !== 'block-seq') return [];
  return source.items.flatMap((item) => item.start.find((token) => token.type === 'seq-item-ind')?.offset ?? []);
}

function jsonOf(scalar: Scalar): Json | undefined {
  const value = scalar.value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  return undefined;
}

function styleOf(scalar: Scalar, isEmpty: boolean): YamlScalar['style'] {
  if (scalar.type === 'QUOTE_SINGLE') return 'single';
  if (scalar.type === 'QUOTE_DOUBLE') return 'double';
  if (scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED') return 'block';
  return isEmpty ? 'empty' : 'plain';
}

/** Where the text of a block scalar ends: with `+` its blank lines are part of it, else not. */
function blockScalarEnd(text: string, start: number, end: number): number {
  const header = /[|>][-+0-9]*/y;
  header.lastIndex = start;
  const keeps = header.exec(text)?.[0].includes('+') === true;
  let last = end;
  do {
    const before = last;
    if (text.charAt(last - 1) === '\n') last--;
    if (text.charAt(last - 1) === '\r') last--;
    if (last === before) break;
  } while (!keeps && last > start);
  return last;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
