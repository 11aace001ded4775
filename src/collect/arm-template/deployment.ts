import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import { symbol } from '../cloud/symbol.ts';
import { evaluateValue } from './evaluate.ts';
import { type Place, problemAt, readResources } from './resources.ts';
import { newScope, type Scope } from './scope.ts';

/**
 * A template in a template. By default its expressions are evaluated with the names of the template around it, with
 * `expressionEvaluationOptions.scope` `inner` with its own: azure-resource-manager/templates/linked-templates.
 */
export function readDeployment(resource: JsonObject, pointer: Pointer, place: Place): void {
  const properties = resource['properties'];
  const template = member(properties, 'template');
  if (!isObject(template)) {
    const hint = 'Scan the linked template too, or build it into one file.';
    place.reading.problems.push(problemAt(place, pointer, 'warning', 'template.linked', 'deploys a template that is not in this file, so nothing of it was read', hint));
    return;
  }
  const at = `${pointer}/properties/template/resources`;
  const scope = isInner(properties) ? innerScope(template, properties, pointer, place.scope) : place.scope;
  readResources(template['resources'], at, { ...place, scope, parent: null, depth: place.depth + 1 });
}

function isInner(properties: Json | undefined): boolean {
  const scope = member(member(properties, 'expressionEvaluationOptions'), 'scope');
  return typeof scope === 'string' && scope.toLowerCase() === 'inner';
}

function innerScope(template: JsonObject, properties: Json | undefined, pointer: Pointer, outer: Scope): Scope {
  const turns = outer.loops.map((loop) => loop.index ?? '?').join('.');
  const label = turns === '' ? pointer : `${pointer} ${turns}`;
  return newScope(template, givenParameters(member(properties, 'parameters'), label, (value) => evaluateValue(value, outer, 0)), label, outer.shared);
}

/** Values by lower-cased name: `{ value: … }` is one, a reference to a vault hides it. */
export function givenParameters(parameters: Json | undefined, label: string, valueOf: (value: Json) => Json): Map<string, Json> {
  const given = new Map<string, Json>();
  if (!isObject(parameters)) return given;
  for (const [name, entry] of Object.entries(parameters)) {
    const value = member(entry, 'value');
    given.set(name.toLowerCase(), value === undefined ? symbol(`${label === '' ? '' : `${label} `}parameters('${name}')`) : valueOf(value));
  }
  return given;
}
