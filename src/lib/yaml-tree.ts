import type { Json } from '../model/json.ts';

/** A YAML document as nodes that know where they stand: offsets into the text; ends are exclusive. */
export type YamlNode = YamlScalar | YamlMap | YamlList | YamlAlias;

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
