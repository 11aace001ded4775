import { isId, typeOfId } from '../../lib/azure-id.ts';
import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import { textMember } from '../cloud/declared.ts';

/** How a resource names itself. */
export interface ResourceNames {
  /** A full id; null when none is stated. */
  readonly id: string | null;
  readonly type: string;
  /** Of a child without an id: `parent/child`. */
  readonly name: string;
}

/** `Microsoft.Network/virtualNetworks`; the documents of some APIs show a leading `/`. */
const TYPE = /^\/?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/[a-z0-9._-]+)+$/i;

/** Undefined for what is no resource. The type in an id counts before the one beside it, which clients rename. */
export function resourceNames(node: Json): ResourceNames | undefined {
  if (!isObject(node)) return undefined;
  const stated = textMember(node, 'id', 'Id', 'ID', 'resourceId', 'ResourceId');
  const id = stated !== null && stated.length < 2000 && isId(stated) && typeOfId(stated) !== null ? stated : null;
  const beside = textMember(node, 'type', 'Type', 'resourceType', 'ResourceType');
  const type = (id === null ? null : typeOfId(id)) ?? (beside !== null && beside.length < 300 && TYPE.test(beside) ? beside : null);
  const name = textMember(node, 'name', 'Name') ?? (id === null ? null : id.slice(id.lastIndexOf('/') + 1));
  return type === null || name === null ? undefined : { id, type: type.startsWith('/') ? type.slice(1) : type, name };
}

export interface Element {
  readonly node: Json;
  readonly pointer: Pointer;
}

/** Members that hold the list: of the APIs, of Resource Graph, of Bicep's snapshots. */
const WRAPPERS = ['value', 'data', 'Value', 'Data', 'predictedResources'];

/** The resources of a list, a page of an API, several pages, or the one resource that the document is. */
export function elementsOf(value: Json): readonly Element[] {
  const found: Element[] = [];
  collect(found, value, '', 0);
  return found;
}

function collect(found: Element[], value: Json, pointer: Pointer, depth: number): void {
  if (Array.isArray(value)) {
    for (const [index, node] of (value as readonly Json[]).entries()) {
      if (depth < 2 && (Array.isArray(node) || wrapperOf(node) !== undefined)) collect(found, node, `${pointer}/${index}`, depth + 1);
      else found.push({ node, pointer: `${pointer}/${index}` });
    }
    return;
  }
  const wrapper = wrapperOf(value);
  if (wrapper === undefined) found.push({ node: value, pointer });
  else collect(found, member(value, wrapper) ?? null, `${pointer}/${wrapper}`, depth + 1);
}

function wrapperOf(value: Json): string | undefined {
  if (!isObject(value)) return undefined;
  const wrapper = WRAPPERS.find((name) => Array.isArray(member(value, name)));
  return wrapper === undefined || resourceNames(value) !== undefined ? undefined : wrapper;
}

/** Whether a document is a list of resources: one of its first elements names itself as one. */
export function isResourceList(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return elementsOf(value)
    .slice(0, 100)
    .some(({ node }) => resourceNames(node) !== undefined);
}

/** A list that says what will be there, not all that is. */
export function isPrediction(value: JsonObject): boolean {
  return Array.isArray(member(value, 'predictedResources'));
}

/** What answers say when they are one page of several. */
const NEXT = ['nextLink', '$skipToken', 'skipToken', 'skip_token', 'SkipToken', '@odata.nextLink'];

/** A list that goes on elsewhere: an answer with a link to the next page, of several pages the last one, or one that was cut. */
export function isCut(value: Json): boolean {
  const page = Array.isArray(value) ? (value as readonly Json[]).at(-1) : value;
  if (!isObject(page) || wrapperOf(page) === undefined) return false;
  const truncated = member(page, 'resultTruncated') ?? member(page, 'result_truncated');
  return textMember(page, ...NEXT) !== null || truncated === true || (typeof truncated === 'string' && truncated.toLowerCase() === 'true');
}
