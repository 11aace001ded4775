import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import { assemble, type CloudDocument } from '../cloud/assemble.ts';
import { canonicalBody, plainReader, type Reader } from '../cloud/canonical.ts';
import { type CloudReading, identityOf, identityOfId, isOther, newReading, shownId, textMember } from '../cloud/declared.ts';
import { elementsOf, isCut, isPrediction, type ResourceNames, resourceNames } from './shape.ts';

/**
 * Reads resources as the API, Resource Graph, the Azure CLI and Azure PowerShell list them. Such a list is taken for
 * everything there is: what it does not hold does not exist. One that says that it goes on is not.
 */
export function readResourceList(value: Json, file: string): CloudDocument {
  const reading = newReading();
  const reader = plainReader();
  const seen = new Set<string>();
  let strange = 0;
  let repeated = 0;
  for (const { node, pointer } of elementsOf(value)) {
    const named = resourceNames(node);
    if (named === undefined || !isObject(node)) strange++;
    else if (!declare(reading, node, named, pointer, reader, seen)) repeated++;
  }
  if (strange > 0) {
    const count = strange === 1 ? 'One element' : `${strange} elements`;
    const message = `${count} of '${file}' could not be read as Azure resources, since the id, or the type and the name, is missing.`;
    reading.problems.push({ level: 'warning', code: 'resource-list.element', message, hint: 'Export whole resources, with id, name and type.', file });
  }
  if (repeated > 0) {
    const message = `${repeated === 1 ? 'One resource' : `${repeated} resources`} of '${file}' stand there more than once; the first of each counts.`;
    reading.problems.push({ level: 'warning', code: 'resource-list.repeated', message, hint: 'Export the list once.', file });
  }
  const cut = isCut(value);
  if (cut) {
    reading.problems.push({
      level: 'warning',
      code: 'resource-list.cut',
      message: `The list in '${file}' goes on elsewhere, so what it leaves out was not judged.`,
      hint: 'Export all pages.',
      file,
    });
  }
  return assemble(reading, file, 'read-only', !cut && !(isObject(value) && isPrediction(value)));
}

/** What names the resource, and lists of children in their older, separate form. */
const STEERING: ReadonlySet<string> = new Set(['id', 'name', 'type', 'resourceType', 'resourceId', 'apiVersion']);

/** False when the list has stated the resource before. */
function declare(reading: CloudReading, node: JsonObject, { id, type, name }: ResourceNames, pointer: Pointer, reader: Reader, seen: Set<string>): boolean {
  if (isOther(type, reading)) return true;
  const identity = (id === null ? null : identityOfId(id)) ?? identityOf(type, name.split('/'), null);
  if (id !== null && seen.has(identity.id)) return false;
  seen.add(identity.id);
  const { body, whole } = canonicalBody(node, reader, STEERING);
  reading.declared.push({
    ...identity,
    body,
    // `az resource list` names resources and says nothing of them.
    whole: whole && node['properties'] !== null,
    apiVersion: textMember(node, 'apiVersion', 'ApiVersion'),
    pointer,
    displayId: id ?? shownId(type, name.split('/')),
    context: false,
    condition: null,
  });
  return true;
}
