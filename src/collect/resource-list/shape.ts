import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import { lastSegment, tailOf, typeOfId } from '../cloud/ids.ts';
import { canonicalType } from '../cloud/types.ts';

/** How a resource names itself. */
export interface Identity {
  readonly id: string | null;
  readonly type: string;
  /** Of a child without an id: `parent/child`. */
  readonly name: string;
  readonly apiVersion: string | null;
}

const ID = ['id', 'Id', 'ID', 'resourceId', 'ResourceId'];
const TYPE = ['type', 'Type', 'resourceType', 'ResourceType'];
const NAME = ['name', 'Name'];

/** Undefined for what is no resource. A type that is not stated is told from the id. */
export function identityOf(node: JsonObject): Identity | undefined {
  const id = textOf(node, ID);
  const stated = textOf(node, TYPE);
  const fromId = id === null ? undefined : typeOfId(id);
  const type = stated !== null && canonicalType(stated) !== undefined ? stated : fromId;
  if (type === undefined || (type === fromId && id !== null && !looksLikeId(id))) return undefined;
  const name = textOf(node, NAME) ?? (id === null ? null : lastSegment(id));
  if (name === null) return undefined;
  return { id: id !== null && fromId !== undefined && looksLikeId(id) ? id : null, type, name, apiVersion: textOf(node, ['apiVersion', 'ApiVersion']) };
}

function looksLikeId(id: string): boolean {
  return id.includes('/') && tailOf(id.toLowerCase()) !== id.toLowerCase();
}

function textOf(node: JsonObject, names: readonly string[]): string | null {
  for (const name of names) {
    const value = member(node, name);
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

export interface Element {
  readonly node: Json;
  readonly pointer: Pointer;
}

/** Members that hold the list: of the APIs, of Resource Graph, and of PowerShell around either. */
const WRAPPERS = ['value', 'data', 'Value', 'Data'];

/** The resources of a list, a page of an API, several pages, or the one resource that the document is. */
export function elementsOf(value: Json): readonly Element[] {
  const found: Element[] = [];
  collect(found, value, '', 0);
  return found;
}

function collect(found: Element[], value: Json, pointer: Pointer, depth: number): void {
  if (Array.isArray(value)) {
    for (const [index, node] of (value as readonly Json[]).entries()) {
      if (depth < 2 && (Array.isArray(node) || wrapped(node) !== undefined)) collect(found, node, `${pointer}/${index}`, depth + 1);
      else found.push({ node, pointer: `${pointer}/${index}` });
    }
    return;
  }
  const wrapper = wrapped(value);
  if (wrapper === undefined) found.push({ node: value, pointer });
  else collect(found, member(value, wrapper) ?? null, `${pointer}/${wrapper}`, depth + 1);
}

function wrapped(value: Json): string | undefined {
  if (!isObject(value) || identityOf(value) !== undefined) return undefined;
  return WRAPPERS.find((name) => Array.isArray(member(value, name)));
}

/** Whether a document is a list of resources: one of its first elements names itself as one. */
export function isResourceList(value: Json): boolean {
  if (!isObject(value) && !Array.isArray(value)) return false;
  return elementsOf(value)
    .slice(0, 100)
    .some(({ node }) => isObject(node) && identityOf(node) !== undefined);
}
