import { type Json, type JsonObject, member } from '../../model/json.ts';
import { pooled } from '../live/pool.ts';
import { armGet } from './arm.ts';
import type { Client } from './client.ts';
import type { Outcome } from './failure.ts';
import { failed } from './failure.ts';
import { type Parts, partsOf } from './parts.ts';
import { AT_ONCE, pathOf } from './resource-reads.ts';
import { typeOf } from './snapshot.ts';
import { POLICY_ASSIGNMENTS } from './arm-sources.ts';

/**
 * What the exemptions of a subscription are of: an exemption names an assignment, that one a definition or an initiative, and
 * only an initiative's definition says which definitions its references mean. Parameters are left out.
 * https://learn.microsoft.com/azure/governance/policy/concepts/exemption-structure
 */
export async function readAssignments(job: { readonly client: Client; readonly until: number }, resources: readonly JsonObject[]): Promise<Parts> {
  const exemptions = resources.filter((resource) => typeOf(resource) === 'microsoft.authorization/policyexemptions');
  const assigned = await readAll(job, textsOf(exemptions, 'policyAssignmentId'), POLICY_ASSIGNMENTS.assignments, assignmentOf);
  const sets = textsOf(assigned.resources, 'policyDefinitionId').filter((id) => /\/policySetDefinitions\//i.test(id));
  const defined = await readAll(job, sets, POLICY_ASSIGNMENTS.initiatives, initiativeOf);
  return { resources: [...assigned.resources, ...defined.resources], unread: [...assigned.unread, ...defined.unread] };
}

function textsOf(resources: readonly JsonObject[], name: string): string[] {
  const texts = resources.map((resource) => member(member(resource, 'properties'), name)).filter((text) => typeof text === 'string');
  return [...new Map(texts.map((text) => [text.toLowerCase(), text])).values()];
}

async function readAll(
  job: { readonly client: Client; readonly until: number },
  ids: readonly string[],
  { type, apiVersion }: { readonly type: string; readonly apiVersion: string },
  kept: (properties: Json | undefined) => JsonObject,
): Promise<Parts> {
  const resources: JsonObject[] = [];
  const unread: Parts['unread'][number][] = [];
  const work = pooled(ids, AT_ONCE, async (id) => {
    const path = pathOf(id);
    const read: Outcome<JsonObject> =
      path === null ? failed('malformed', `'${id}' is no id of a resource.`) : await armGet(job.client, path, apiVersion, job.until);
    return { id, read };
  });
  for await (const { id, read } of work) {
    if ('failure' in read) unread.push(...partsOf(id.toLowerCase(), read).unread);
    else resources.push({ id, name: id.slice(id.lastIndexOf('/') + 1), type, properties: kept(member(read.value, 'properties')) });
  }
  return { resources, unread };
}

function assignmentOf(properties: Json | undefined): JsonObject {
  return { displayName: member(properties, 'displayName') ?? null, policyDefinitionId: member(properties, 'policyDefinitionId') ?? null };
}

function initiativeOf(properties: Json | undefined): JsonObject {
  const list = member(properties, 'policyDefinitions');
  const kept = (Array.isArray(list) ? (list as readonly Json[]) : []).map((item) => ({
    policyDefinitionId: member(item, 'policyDefinitionId') ?? null,
    policyDefinitionReferenceId: member(item, 'policyDefinitionReferenceId') ?? null,
  }));
  return { displayName: member(properties, 'displayName') ?? null, policyDefinitions: kept };
}
