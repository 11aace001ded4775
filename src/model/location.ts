import type { Pointer } from './pointer.ts';

/** 1-based lines and columns in UTF-16 code units; `endColumn` is exclusive. A byte order mark is not counted. */
export interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A place in a file of the repository. `file` is relative to the source root with `/`, or absolute when outside of it. */
export interface Location {
  readonly file: string;
  readonly region: Region;
  /** The lines of the region, at most 3 lines and 300 characters. */
  readonly snippet?: string;
  /** GitHub's line hash of the region's first line, for findings on a line of infrastructure code that it can tell from others. */
  readonly lineHash?: string;
}

/**
 * How a document states cloud resources, which decides how an edit is written:
 * `arm` (members below `properties`), `pulumi-yaml` (flat), `read-only` (exports, state, previews: never edited).
 */
export type Dialect = 'arm' | 'pulumi-yaml' | 'read-only';

/**
 * A place inside a resource of a document: `base` is an RFC 6901 pointer into the parsed file (the resource, or a child
 * resource that was merged into it); `at` is a pointer below it in canonical form, without `properties` bags and in
 * camelCase. The locator walks the file and finds the bags and the spelling that the file really has.
 */
export interface Place {
  readonly base: Pointer;
  readonly at: Pointer;
}

/**
 * Where a fact comes from, kept small: lines are looked up only for facts that end in a finding.
 * - `setting`: a host, deployment or gateway; its line is the declared setting in `estate.yaml`, else the target's own line.
 *   `members` maps a pointer in `data` to the setting path (a JSON Pointer such as `/rdp/RDP-Tcp/userAuthentication`).
 * - `document`: a resource in a file; `members` maps a pointer in `data` to the place it was read from.
 */
export type Origin =
  | { readonly at: 'setting'; readonly members?: Readonly<Record<Pointer, Pointer>> }
  | {
      readonly at: 'document';
      readonly file: string;
      readonly dialect: Dialect;
      readonly place: Place;
      readonly members?: Readonly<Record<Pointer, Place>>;
      /** ARM id, URN or logical name, for people and `logicalLocations`. */
      readonly resourceId?: string;
    };
