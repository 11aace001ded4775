import type { JsonObject, Json } from './json.ts';
import type { Dialect, Place } from './location.ts';
import type { Pointer } from './pointer.ts';

/** Stands, by identity, for a value that an input does not resolve (an expression, a Pulumi output, a secret). */
export const UNRESOLVED: JsonObject = Object.freeze({ $unresolved: true });

export function isUnresolved(value: Json | undefined): boolean {
  return value === UNRESOLVED;
}

/**
 * One Azure resource as an input states it, whatever the input: `properties` bags flattened away at every depth, member
 * names in camelCase, child resources (security rules, subnets, NAT rules, …) merged into their parent's list.
 */
export interface CloudResource {
  /**
   * Lower-cased, without the leading `/`. A full ARM id where the input has one, else what can be known of it: type and
   * names interleaved, `microsoft.network/virtualnetworks/vnet-a/subnets/hosts`. References (`{ id: … }`) in `body` are
   * resolved to the same form, so that `sameResource(a, b)` can compare them.
   */
  readonly id: string;
  /** Lower-cased, `microsoft.network/networksecuritygroups`. */
  readonly type: string;
  /** As written; the last segment only. */
  readonly name: string;
  readonly apiVersion: string | null;
  /**
   * Members beside and below `properties`, without `id`, `name`, `type` and what only steers a deployment. An extension
   * resource has `scope`, the id of what it extends. When the whole bag is one expression, the members that are judged for
   * its type are unresolved.
   */
  readonly body: JsonObject;
  readonly file: string;
  readonly dialect: Dialect;
  /** The resource's own node in the parsed file. */
  readonly pointer: Pointer;
  /** Canonical pointer of a merged child (`/securityRules/3`) to the file pointer of the child resource's own node. */
  readonly children: Readonly<Record<Pointer, Pointer>>;
  /** The id or URN as the input spells it, for people. */
  readonly displayId: string;
  /** True for a reference that the input holds only for context (`existing`, `external`). Never judged on its own. */
  readonly context: boolean;
  /**
   * What decides whether the resource is there, where the input does not show it (a condition, a loop of unknown length): the
   * same text wherever the same decides, several joined by ` and `.
   */
  readonly conditional?: string;
  /** The same of a merged child, by its canonical pointer, where it is not its parent's; `''` for one that certainly is there. */
  readonly conditions?: Readonly<Record<Pointer, string>>;
}

/** Something that may be there or not: a resource, or a part of one. */
export type Conditional = { readonly conditional?: string | undefined };

/** Resources of a type (lower-cased) that a snapshot does not show: all of them (`scope` `''`), or those below one resource. */
export interface UnreadPart {
  readonly type: string;
  /** Canonical id; `''` for the whole subscription. */
  readonly scope: string;
}

/** What one file, stack or resource list holds. */
export interface CloudInventory {
  readonly resources: readonly CloudResource[];
  /** True when the list is known to be everything there is (a live or exported subscription), false for a template. */
  readonly complete: boolean;
  /** How many resources of types that are not looked at it holds besides. */
  readonly others?: number;
  /**
   * Of a live snapshot: what it does not show of all that the collector reads. Left out by documents and by lists of resources,
   * of which nobody knows what was asked.
   */
  readonly unread?: readonly UnreadPart[];
}

/** The place of a canonical pointer of a resource: below the merged child that holds it, else below the resource. */
export function placeOf(resource: CloudResource, canonical: Pointer): Place {
  for (let end = canonical.length; end > 0; end = canonical.lastIndexOf('/', end - 1)) {
    const prefix = canonical.slice(0, end);
    const base = Object.hasOwn(resource.children, prefix) ? resource.children[prefix] : undefined;
    if (base !== undefined) return { base, at: canonical.slice(end) };
  }
  return { base: resource.pointer, at: canonical };
}

/** What decides whether a part of a resource is there; undefined where it certainly is. */
export function conditionAt({ conditional, conditions }: CloudResource, canonical: Pointer): string | undefined {
  if (conditions === undefined) return conditional;
  for (let end = canonical.length; end > 0; end = canonical.lastIndexOf('/', end - 1)) {
    const prefix = canonical.slice(0, end);
    if (Object.hasOwn(conditions, prefix)) return conditions[prefix] === '' ? undefined : conditions[prefix];
  }
  return conditional;
}

/** Whether what hangs on one condition is there whenever what hangs on another is: it asks for nothing beyond that. */
export function isImplied(condition: string | undefined, given: string | undefined): boolean {
  if (condition === undefined || condition === given) return true;
  const known = new Set(given?.split(' and '));
  return condition.split(' and ').every((one) => known.has(one));
}
