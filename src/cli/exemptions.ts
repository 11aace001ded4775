import { hash } from 'node:crypto';
import type { AzureSnapshot } from '../collect/azure/snapshot.ts';
import { idOf, typeOf } from '../collect/azure/snapshot.ts';
import { extendedId, normaliseId } from '../lib/azure-id.ts';
import { type Json, type JsonObject, member } from '../model/json.ts';

/**
 * Built-in definitions of Azure Policy that ask for the same as a policy of ours. One that asks for something else besides, such
 * as a guest baseline, is not among them. https://learn.microsoft.com/azure/governance/policy/samples/built-in-policies
 */
const SAME_RISK: Readonly<Record<string, string>> = {
  '22730e10-96f6-4aac-ad84-9383d35b5917': 'NET-001',
  'e372f825-a257-4fb8-9175-797a8a8627d6': 'NET-004',
  '83a86a26-fd1f-447c-b59d-e51f44264114': 'NET-006',
  'f6de0be7-9a8a-4b8a-b349-43cf02d22f7c': 'NET-007',
  '7bca8353-aa3b-429b-904a-9229c4385837': 'NET-016',
  'f772fb64-8e40-40ad-87bc-7706e1949427': 'AZCERT-001',
  '12ef42cb-9903-4e39-9c26-422d29570417': 'AZCERT-002',
  'cee51871-e572-4576-855c-047c820360f0': 'AZCERT-003',
  'c25dcf31-878f-4eba-98eb-0818fdc6a334': 'AVD-008',
  'a22065a3-3b04-46ff-b84c-2d30e5c300d0': 'AVD-008',
  '87ac3038-c07a-4b92-860d-29e270a4f3cd': 'AVD-008',
  'c95b54ad-0614-4633-ab29-104b01235cbf': 'VMH-001',
  'fc4d8e41-e223-45ea-9bf5-eada37891d87': 'VMH-002',
  'b0f33259-77d7-4c9e-aac6-3aabcfae693c': 'VMH-010',
};

/** An exemption as a waiver, or why it cannot be one. */
export type Exempted = { readonly name: string } & ({ readonly entry: JsonObject } | { readonly left: string });

export interface ExemptionOptions {
  /** `YYYY-MM-DD`: of those without an end, and of those that end later; null: none. */
  readonly until: string | null;
  readonly owner: string | null;
  /** Ids that there are. */
  readonly known: readonly string[];
}

const DAY = 86_400_000;
const PLAIN_NAME = /^[A-Za-z0-9_.-]{1,80}$/;

/**
 * The exemptions that a snapshot holds. A waiver never accepts more than its exemption did: not longer, not for other
 * resources, not for other risks. https://learn.microsoft.com/azure/governance/policy/concepts/exemption-structure
 */
export function exemptionsOf(snapshot: AzureSnapshot, options: ExemptionOptions): Exempted[] {
  return snapshot.resources
    .filter((resource) => typeOf(resource) === 'microsoft.authorization/policyexemptions')
    .map((resource) => ({ name: textOf(resource, 'name') ?? idOf(resource), ...exempted(resource, snapshot, options) }));
}

function exempted(resource: JsonObject, snapshot: AzureSnapshot, options: ExemptionOptions): { readonly entry: JsonObject } | { readonly left: string } {
  const properties = member(resource, 'properties');
  const definitions = definitionsOf(properties, snapshot);
  if (typeof definitions === 'string') return { left: definitions };
  const policies = [...new Set(definitions.flatMap((id) => (Object.hasOwn(SAME_RISK, id) ? (SAME_RISK[id] ?? []) : [])))]
    .filter((id) => options.known.includes(id))
    .toSorted();
  if (policies.length === 0) return { left: 'no policy here judges the same risk' };
  const selectors = member(properties, 'resourceSelectors');
  if (Array.isArray(selectors) && selectors.length > 0) return { left: 'it is for selected resources only' };
  const scope = scopeOf(resource, snapshot);
  if (typeof scope === 'string') return { left: scope };
  const until = lastDay(textOf(properties, 'expiresOn'), options.until);
  if (until === null) return { left: 'it has no end; --until DATE gives one' };
  const metadata = member(properties, 'metadata');
  const owner = textOf(metadata, 'requestedBy') ?? options.owner;
  if (owner === null || owner.length < 2) return { left: 'nobody answers for it; --owner NAME says who' };
  const [approver, ticket] = [textOf(metadata, 'approvedBy'), textOf(metadata, 'ticketRef')];
  return {
    entry: {
      id: `azure-${entryName(idOf(resource))}`,
      policy: policies.length === 1 ? (policies[0] ?? '') : policies,
      target: snapshot.target.name,
      ...(scope.name === null ? {} : { name: scope.name }),
      reason: reasonOf(resource, properties),
      owner,
      until,
      ...(ticket === null ? {} : { ticket }),
      ...(approver === null ? {} : { approver }),
    },
  };
}

/** Ids of the definitions that it exempts from. */
function definitionsOf(properties: Json | undefined, snapshot: AzureSnapshot): string[] | string {
  const assignment = resourceOf(snapshot, textOf(properties, 'policyAssignmentId'));
  const assigned = textOf(member(assignment, 'properties'), 'policyDefinitionId');
  if (assigned === null) return 'its assignment could not be read';
  if (!/\/policySetDefinitions\//i.test(assigned)) return [builtIn(assigned)];
  const members = member(member(resourceOf(snapshot, assigned), 'properties'), 'policyDefinitions');
  if (!Array.isArray(members)) return 'the initiative that it is of could not be read';
  const references = member(properties, 'policyDefinitionReferenceIds');
  const wanted = Array.isArray(references) && references.length > 0 ? new Set((references as readonly Json[]).map((one) => String(one).toLowerCase())) : null;
  return (members as readonly Json[])
    .filter((one) => wanted === null || wanted.has((textOf(one, 'policyDefinitionReferenceId') ?? '').toLowerCase()))
    .flatMap((one) => textOf(one, 'policyDefinitionId') ?? [])
    .map(builtIn);
}

/** The id of a built-in definition; anybody may give a definition of his own the same name elsewhere. */
function builtIn(id: string): string {
  const canonical = normaliseId(id);
  const prefix = 'microsoft.authorization/policydefinitions/';
  return canonical.startsWith(prefix) ? canonical.slice(prefix.length) : '';
}

/** The whole subscription, or one resource whose name nothing else of it has. */
function scopeOf(resource: JsonObject, snapshot: AzureSnapshot): { readonly name: string | null } | string {
  const extended = extendedId(idOf(resource)) ?? idOf(resource).split(/\/providers\//i, 1)[0] ?? '';
  const scope = normaliseId(extended);
  if (scope === `subscriptions/${snapshot.target.name}`) return { name: null };
  if (!scope.includes('/providers/')) return 'it is for a resource group, and waivers know subscriptions and resources';
  const name = extended.slice(extended.lastIndexOf('/') + 1);
  if (!PLAIN_NAME.test(name)) return 'the name of its resource could mean others too';
  const same = snapshot.resources.filter((one) => lastOf(idOf(one)) === name.toLowerCase());
  return same.length > 1 ? 'several resources have the name of its resource' : { name };
}

/** A day on which the exemption still counts to its end: a waiver counts to the end of its day. */
function lastDay(expiresOn: string | null, until: string | null): string | null {
  const end = expiresOn === null ? Number.NaN : Date.parse(expiresOn);
  if (Number.isNaN(end)) return until;
  const day = new Date(end - DAY + 60_000).toISOString().slice(0, 10);
  return until !== null && until < day ? until : day;
}

function reasonOf(resource: JsonObject, properties: Json | undefined): string {
  const category = textOf(properties, 'exemptionCategory') === 'Mitigated' ? 'mitigated otherwise' : 'waived';
  const words = [textOf(properties, 'displayName'), textOf(properties, 'description')]
    .filter((text) => text !== null)
    .map((text) => text.replaceAll(/\s+/g, ' ').trim());
  return `${category} by the Azure Policy exemption '${textOf(resource, 'name') ?? ''}'${words.length === 0 ? '' : `: ${words.join(': ')}`}`.slice(0, 500);
}

/** Two exemptions of one name at two places are two. */
function entryName(id: string): string {
  return `${lastOf(id)
    .replaceAll(/[^a-z0-9._-]/g, '-')
    .slice(0, 40)}-${hash('sha256', normaliseId(id)).slice(0, 8)}`;
}

function resourceOf(snapshot: AzureSnapshot, id: string | null): JsonObject | undefined {
  if (id === null) return undefined;
  const wanted = normaliseId(id);
  return snapshot.resources.find((resource) => normaliseId(idOf(resource)) === wanted);
}

function lastOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).toLowerCase();
}

function textOf(value: Json | undefined, name: string): string | null {
  const held = member(value, name);
  return typeof held === 'string' && held.trim() !== '' ? held.slice(0, 500) : null;
}
