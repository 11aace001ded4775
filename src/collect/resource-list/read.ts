import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Problem } from '../../model/problem.ts';
import { assemble, type CloudRead, type Draft } from '../cloud/assemble.ts';
import { canonicalObject } from '../cloud/canonical.ts';
import { canonicalId, interleave, lastSegment } from '../cloud/ids.ts';
import type { Names } from '../cloud/names.ts';
import { canonicalType, isKept } from '../cloud/types.ts';
import { elementsOf, identityOf, type Identity } from './shape.ts';

/**
 * Reads resources as the API, Resource Graph, the Azure CLI and Azure PowerShell list them. Such a list is taken for
 * everything there is: what it does not hold does not exist.
 */
export function readResourceList(value: Json, file: string): CloudRead {
  const names: Names = new Map();
  const problems: Problem[] = [];
  const drafts: Draft[] = [];
  let strange = 0;
  for (const { node, pointer } of elementsOf(value)) {
    const identity = isObject(node) ? identityOf(node) : undefined;
    if (!isObject(node) || identity === undefined) strange++;
    else {
      const draft = draftOf(node, identity, pointer, file, names);
      if (draft !== undefined) drafts.push(draft);
    }
  }
  if (strange > 0) {
    const count = strange === 1 ? 'One element' : `${strange} elements`;
    problems.push({ level: 'warning', code: 'resource-list.element', message: `${count} of '${file}' could not be read as Azure resources: type, name or id is missing.`, hint: 'Export whole resources, with id, name and type.', file });
  }
  return { inventory: assemble(drafts, true), problems };
}

/** Undefined for a resource of a provider that nothing judges. */
function draftOf(node: JsonObject, identity: Identity, pointer: Pointer, file: string, names: Names): Draft | undefined {
  const type = canonicalType(identity.type);
  if (type === undefined || !isKept(type)) return undefined;
  const name = lastSegment(identity.name);
  const id = identity.id === null ? (interleave(type, identity.name.toLowerCase().split('/')) ?? `${type}/${identity.name.toLowerCase()}`) : canonicalId(identity.id);
  return {
    id,
    type,
    name,
    apiVersion: identity.apiVersion,
    body: bodyOf(node, name, names),
    file,
    dialect: 'read-only',
    pointer,
    displayId: identity.id ?? `${identity.type}/${identity.name}`,
    context: false,
  };
}

const ENVELOPE: ReadonlySet<string> = new Set(['id', 'type', 'resourceType', 'resourceId', 'apiVersion', 'name', 'tag']);

function bodyOf(node: JsonObject, name: string, names: Names): JsonObject {
  const canonical = canonicalObject(node, names);
  const body: Record<string, Json> = { name };
  for (const key of Object.keys(canonical)) if (!ENVELOPE.has(key)) body[key] = canonical[key] as Json;
  // Azure PowerShell calls them `Tag`.
  const tags = canonical['tag'];
  if (tags !== undefined && body['tags'] === undefined) body['tags'] = tags;
  return body;
}

