import {
  Composer,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  Parser,
  type CST,
  type Document,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Json } from '../model/json.ts';
import { DocumentError, MAX_DEPTH, TOO_DEEP } from './document-error.ts';
import { linesOf } from './lines.ts';

/** A YAML text as a value and as a tree whose nodes know where they stand. Offsets; ends are exclusive. */
export interface YamlTree {
  readonly value: Json;
  readonly root: YamlNode;
}

interface YamlBase {
  /** The token itself: no anchor, tag, comment or line break. A block collection ends with its deepest last leaf. */
  readonly start: number;
  readonly end: number;
  readonly value: Json;
  /** Has an anchor or a tag: text that an edit would have to understand. */
  readonly marked: boolean;
  /** Containers below it, itself included. */
  readonly height: number;
  /** Values below it, itself included, aliases counted as if they were written out. */
  readonly size: number;
}

export interface YamlScalar extends YamlBase {
  readonly kind: 'scalar';
  readonly style: 'plain' | 'single' | 'double' | 'block' | 'empty';
}

export interface YamlMap extends YamlBase {
  readonly kind: 'map';
  readonly flow: boolean;
  /** A pair in a flow list (`[a: b]`): it has no braces of its own. */
  readonly bare: boolean;
  /** Own members in the order of the text, merge keys included. */
  readonly members: readonly YamlMember[];
  /** Own members, merge keys excluded, then what is merged in. */
  readonly byName: ReadonlyMap<string, YamlMember>;
  /** Names that only a merge key brings in. */
  readonly merged: ReadonlySet<string>;
}

export interface YamlMember {
  readonly name: string;
  /** Where the member begins: its name, or the `?` before it. */
  readonly start: number;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly keyStyle: YamlScalar['style'];
  /** One past the `:`; undefined when there is none. */
  readonly colonEnd: number | undefined;
  /** `? name`, or a name with an anchor or tag. */
  readonly unusual: boolean;
  readonly merge: boolean;
  readonly node: YamlNode;
}

export interface YamlList extends YamlBase {
  readonly kind: 'list';
  readonly flow: boolean;
  readonly items: readonly YamlItem[];
}

export interface YamlItem {
  /** The `-`, or in a flow list the element itself. */
  readonly start: number;
  /** One past the `-`; in a flow list as `start`. */
  readonly dashEnd: number;
  readonly node: YamlNode;
}

export interface YamlAlias extends YamlBase {
  readonly kind: 'alias';
  readonly target: YamlNode;
}

export type YamlNode = YamlScalar | YamlMap | YamlList | YamlAlias;

/** YAML 1.2, core schema, with merge keys; one document. Throws `DocumentError`. */
export function parseYaml(text: string): YamlTree {
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.exec(text);
  if (control !== null) {
    const shown = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    throw errorAt(text, control.index, `The document holds the control character U+${shown}.`);
  }
  const document = compose(text);
  const [fault] = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (fault !== undefined) throw errorAt(text, fault.pos[0], plainWords(fault.code, fault.message));
  const root = treeOf(text, document);
  return { value: root.value, root };
}

function errorAt(text: string, offset: number, message: string): DocumentError {
  const { line, column } = linesOf(text).position(Math.min(offset, text.length));
  return new DocumentError(message, line, column);
}

function plainWords(code: string, message: string): string {
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return "A second ': ' stands on the line; a text that holds ': ' must be quoted.";
  if (code === 'TAB_AS_INDENT') return 'A line is indented with a tab; YAML wants spaces.';
  if (code === 'MISSING_CHAR' && message.startsWith('Implicit map keys')) return "A name is not followed by ':'.";
  const short = message.length > 200 ? `${message.slice(0, 199)}…` : message;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

/** The parser's stack is watched, because what comes after it (and the parser's own end) recurses. */
function* tokens(text: string): Generator<CST.Token, void> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    // The document and a scalar are on the stack too.
    if (parser.stack.length > MAX_DEPTH + 2) throw errorAt(text, parser.offset, TOO_DEEP);
  }
  yield* parser.end();
}

function compose(text: string): Document.Parsed<ParsedNode, true> {
  // Not `uniqueKeys`: it compares every two keys of a mapping; duplicates are found below. Not the known tags: none is executed.
  const composer = new Composer<ParsedNode, true>({ keepSourceTokens: true, schema: 'core', resolveKnownTags: false, uniqueKeys: false, version: '1.2' });
  let found: Document.Parsed<ParsedNode, true> | undefined;
  for (const document of composer.compose(tokens(text), true, text.length)) {
    if (found !== undefined) {
      if (found.errors.length > 0) break;
      throw errorAt(text, document.range[0], 'The file holds more than one YAML document; only one is read.');
    }
    found = document;
  }
  if (found === undefined) throw new DocumentError('The document is empty.', 1, 1);
  return found;
}

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
function treeOf(text: string, document: Document.Parsed<ParsedNode, true>): YamlNode {
  /** The node that an anchor means from here on; null while it is still open. */
  const anchors = new Map<string, YamlNode | null>();
  let written = 0;
  let borrowed = 0;

  const fail = (offset: number, message: string): never => {
    throw errorAt(text, offset, message);
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
    const made = isMap(parsed) ? mapOf(parsed, marked) : isSeq(parsed) ? listOf(parsed, marked) : isScalar(parsed) ? scalarOf(parsed, marked, emptyAt) : emptyNode(emptyAt);
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
