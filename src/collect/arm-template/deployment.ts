import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { escapeStep, type Pointer } from '../../model/pointer.ts';
import { symbol } from '../cloud/symbol.ts';
import { evaluateValue, nameIn } from './evaluate.ts';
import { groupScope } from './resource-ids.ts';
import { type Place, problemAt } from './place.ts';
import { deploymentKey, newScope, type Scope } from './scope.ts';

/**
 * A template in a template. By default its expressions are evaluated with the names of the template around it, with
 * `expressionEvaluationOptions.scope` `inner` with its own: azure-resource-manager/templates/linked-templates.
 */
export function deploymentIn(
  resource: JsonObject,
  pointer: Pointer,
  place: Place,
): { readonly resources: Json | undefined; readonly pointer: Pointer; readonly place: Place } | undefined {
  const template = member(resource['properties'], 'template');
  if (!isObject(template)) {
    const hint = 'Scan the linked template too, or build it into one file.';
    place.reading.problems.push(
      problemAt(place, pointer, 'warning', 'template.linked', 'deploys a template that is not in this file, so nothing of it was read', hint),
    );
    return undefined;
  }
  const scope = scopeIn(resource, template, pointer, place);
  return {
    resources: template['resources'],
    pointer: `${pointer}/properties/template/resources`,
    place: { ...place, scope, group: groupOf(resource, place), parent: null, depth: place.depth + 1 },
  };
}

/** Remembers the templates of a list of resources by their names, since others may use their outputs. */
export function registerDeployments(resources: JsonObject, pointer: Pointer, symbolic: boolean, place: Place): void {
  for (const [key, resource] of Object.entries(resources)) {
    const type = member(resource, 'type');
    const template = member(member(resource, 'properties'), 'template');
    if (
      !isObject(resource) ||
      typeof type !== 'string' ||
      type.toLowerCase() !== 'microsoft.resources/deployments' ||
      !isObject(template) ||
      Object.hasOwn(resource, 'copy')
    )
      continue;
    let made: Scope | undefined;
    let busy = false;
    const scope = (): Scope | undefined => {
      if (made !== undefined || busy) return made;
      busy = true;
      made = scopeIn(resource, template, `${pointer}/${escapeStep(key)}`, place);
      busy = false;
      return made;
    };
    const name = nameIn(resource['name'] ?? null, place.scope);
    const { deployments } = place.scope.shared;
    if (name !== null) deployments.set(deploymentKey(place.scope, name), { outputs: template['outputs'], scope });
    if (symbolic) deployments.set(deploymentKey(place.scope, key), { outputs: template['outputs'], scope });
  }
}

function scopeIn(resource: JsonObject, template: JsonObject, pointer: Pointer, place: Place): Scope {
  const properties = resource['properties'];
  return isInner(properties) ? innerScope(template, properties, pointer, groupOf(resource, place), place.scope) : place.scope;
}

function isInner(properties: Json | undefined): boolean {
  const scope = member(member(properties, 'expressionEvaluationOptions'), 'scope');
  return typeof scope === 'string' && scope.toLowerCase() === 'inner';
}

/** Where a template in a template deploys to: the group around it unless it names another. */
function groupOf(resource: JsonObject, place: Place): string | null {
  const group = nameIn(resource['resourceGroup'] ?? null, place.scope);
  const subscription = nameIn(resource['subscriptionId'] ?? null, place.scope);
  if (group === null && subscription === null) return place.group;
  return groupScope([subscription, group ?? '{group}'], place.scope.group);
}

function innerScope(template: JsonObject, properties: Json | undefined, pointer: Pointer, group: string | null, outer: Scope): Scope {
  const turns = outer.loops.map((loop) => loop.index ?? '?').join('.');
  const label = turns === '' ? pointer : `${pointer} ${turns}`;
  return newScope(
    template,
    givenParameters(member(properties, 'parameters'), label, (value) => evaluateValue(value, outer, 0)),
    label,
    group,
    outer.shared,
  );
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
