import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import { assemble, type CloudDocument } from '../cloud/assemble.ts';
import { canonicalBody, plainReader, type Reader } from '../cloud/canonical.ts';
import { type CloudReading, identityOf, identityOfId, isOther, newReading, shownId, textMember } from '../cloud/declared.ts';
import { elementsOf, isPrediction, type ResourceNames, resourceNames } from './shape.ts';

/**
 * Reads resources as the API, Resource Graph, the Azure CLI and Azure PowerShell list them. Such a list is taken for
 * everything there is: what it does not hold does not exist.
 */
export function readResourceList(value: Json, file: string): CloudDocument {
  const reading = newReading();
  const reader = plainReader();
  let strange = 0;
  for (const { node, pointer } of elementsOf(value)) {
    const named = resourceNames(node);
    if (named === undefined || !isObject(node)) strange++;
    else declare(reading, node, named, pointer, reader);
  }
  if (strange > 0) {
    const count = strange === 1 ? 'One element' : `${strange} elements`;
    const message = `${count} of '${file}' could not be read as Azure resources, since the id, or the type and the name, is missing.`;
    reading.problems.push({ level: 'warning', code: 'resource-list.element', message, hint: 'Export whole resources, with id, name and type.', file });
  }
  return assemble(reading, file, 'read-only', !(isObject(value) && isPrediction(value)));
}

/** What names the resource, and lists of children in their older, separate form. */
const STEERING: ReadonlySet<string> = new Set(['id', 'name', 'type', 'resourceType', 'resourceId', 'apiVersion']);

function declare(reading: CloudReading, node: JsonObject, { id, type, name }: ResourceNames, pointer: Pointer, reader: Reader): void {
  if (isOther(type, reading)) return;
  const identity = (id === null ? null : identityOfId(id)) ?? identityOf(type, name.split('/'), null);
  const { body, whole } = canonicalBody(node, reader, STEERING);
  reading.declared.push({
    ...identity,
    body,
    whole,
    apiVersion: textMember(node, 'apiVersion', 'ApiVersion'),
    pointer,
    displayId: id ?? shownId(type, name.split('/')),
    context: false,
    condition: null,
  });
}
