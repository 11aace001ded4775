import { POLICY_ASSIGNMENTS, RESOURCE_READS, SERVICE_TAGS, SUBSCRIPTION_LISTS, VAULT_CERTIFICATES } from './arm-sources.ts';
import { GRAPH_TABLES, NAMESPACES } from './graph-sources.ts';
import type { JsonObject } from '../../model/json.ts';
import { READER } from './source-words.ts';

/**
 * What is read of a subscription, and with what right: one table for whoever reads, judges or documents it, made of what
 * `graph-sources.ts` and `arm-sources.ts` list. Types are lower-cased. Everything becomes a resource in the shape in which
 * Azure Resource Manager gives it: `id`, `name`, `type`, `properties`, and what stands beside these.
 *
 * Tables and types: https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources
 * Roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */

export interface SourceEntry {
  /** What it yields. */
  readonly types: readonly string[];
  /** Types of the resources that it is read of, one by one; none: of the whole subscription. */
  readonly of: readonly string[];
  readonly opens: string;
  readonly optional: boolean;
  /** The source whose list says what Resource Graph leaves out of this one too. */
  readonly within?: string;
  /** Resources without which there is nothing in it: where there are none, nothing is hidden. */
  readonly heldBy?: (resource: JsonObject) => boolean;
}

const entry = (yields: readonly string[], opens: string, of: readonly string[] = [], optional = false): SourceEntry => ({ types: yields, of, opens, optional });

const ofReads = (optional: boolean): [string, SourceEntry][] =>
  RESOURCE_READS.filter((source) => (source.optional === true) === optional).map((source) => [
    source.name,
    entry(
      source.levels.map(({ type }) => type.toLowerCase()),
      source.opens,
      source.of,
      optional,
    ),
  ]);

/** Every source by its name in a snapshot. */
export const SOURCES: ReadonlyMap<string, SourceEntry> = new Map([
  ...NAMESPACES.map((source): [string, SourceEntry] => [source.name, entry(source.types, READER)]),
  ...GRAPH_TABLES.map((source): [string, SourceEntry] => [
    source.name,
    { ...entry(source.types, READER, [], true), within: source.namespace, ...(source.heldBy === undefined ? {} : { heldBy: source.heldBy }) },
  ]),
  ...SUBSCRIPTION_LISTS.map((source): [string, SourceEntry] => [source.name, entry(source.types, source.opens)]),
  ...ofReads(false),
  [VAULT_CERTIFICATES.name, entry([VAULT_CERTIFICATES.type.toLowerCase()], VAULT_CERTIFICATES.opens, [VAULT_CERTIFICATES.of])],
  [POLICY_ASSIGNMENTS.name, entry([POLICY_ASSIGNMENTS.assignments.type.toLowerCase()], POLICY_ASSIGNMENTS.opens, [], true)],
  [SERVICE_TAGS.name, entry([SERVICE_TAGS.type.toLowerCase()], SERVICE_TAGS.opens, [], true)],
  ...ofReads(true),
]);
