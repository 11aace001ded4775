import { normaliseId } from '../../lib/azure-id.ts';
import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { escapeStep, type Pointer } from '../../model/pointer.ts';
import { canonicalBody } from '../cloud/canonical.ts';
import { identityOf, isOther, shownId } from '../cloud/declared.ts';
import { textOf } from '../cloud/symbol.ts';
import { evaluateText, nameIn } from './evaluate.ts';
import { deploymentIn, registerDeployments } from './deployment.ts';
import { groupScope } from './resource-ids.ts';
import { type Place, problemAt } from './place.ts';
import { inLoop, type Scope } from './scope.ts';
import { templateReader } from './reader.ts';

/** Templates in templates, and resources in resources. */
const MAX_NESTING = 12;

/** Resources of a template: a list, or an object of symbolic names (languageVersion 2.0). */
export function readResources(value: Json | undefined, pointer: Pointer, place: Place): void {
  if (value === undefined || value === null) return;
  if (!Array.isArray(value) && !isObject(value)) {
    place.reading.problems.push(
      problemAt(
        place,
        pointer,
        'error',
        'template.resources',
        'is not a list of resources, so nothing in it was read',
        'Write resources as a list, or as an object of symbolic names.',
      ),
    );
    return;
  }
  if (place.depth > MAX_NESTING) {
    place.reading.problems.push(problemAt(place, pointer, 'warning', 'template.too-deep', 'is nested too deep to be read', 'Nest templates less deep.'));
    return;
  }
  registerDeployments(value as JsonObject, pointer, !Array.isArray(value), place);
  for (const [key, resource] of Object.entries(value as JsonObject)) readResource(resource, `${pointer}/${escapeStep(key)}`, place);
}

function readResource(resource: Json, pointer: Pointer, place: Place): void {
  if (!isObject(resource)) {
    place.reading.problems.push(problemAt(place, pointer, 'warning', 'template.resource', 'is not a resource', 'Write it as an object with type and name.'));
    return;
  }
  const type = nameIn(resource['type'] ?? null, place.scope);
  if (type === null || (place.parent === null && !type.includes('/'))) {
    place.reading.problems.push(
      problemAt(
        place,
        pointer,
        'warning',
        'template.resource-type',
        'has no type, so it was not read',
        "Give it a type such as 'Microsoft.Network/networkSecurityGroups'.",
      ),
    );
    return;
  }
  for (const scope of scopesOf(resource['copy'], place.scope))
    readInstance(resource, type, pointer, { ...place, scope: scope.scope, condition: allOf(place.condition, scope.condition) });
}

interface Instance {
  readonly scope: Scope;
  readonly condition: string | null;
}

/** The longest loop (azure-resource-manager/templates/copy-resources#copy-limits). */
const MAX_COPIES = 800;

/** One for each turn of the resource's loop; one for all when its length is not known. */
function scopesOf(copy: Json | undefined, scope: Scope): Instance[] {
  if (!isObject(copy)) return [{ scope, condition: null }];
  const name = typeof copy['name'] === 'string' ? copy['name'] : '';
  const count = typeof copy['count'] === 'string' ? evaluateText(copy['count'], scope, 0) : copy['count'];
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0 || count > MAX_COPIES || scope.shared.instances < count) {
    return [{ scope: inLoop(scope, { name, index: null, of: 'resource' }), condition: `copy '${name}'` }];
  }
  scope.shared.instances -= count;
  return Array.from({ length: count }, (_, index) => ({ scope: inLoop(scope, { name, index, of: 'resource' }), condition: null }));
}

function allOf(a: string | null, b: string | null): string | null {
  return a === null ? b : b === null || b === a ? a : `${a} and ${b}`;
}

/** `false`: not there. Else what decides it, null when it certainly is there. */
function conditionOf(condition: Json | undefined, scope: Scope): string | null | false {
  if (condition === undefined || condition === null) return null;
  const value = typeof condition === 'string' ? evaluateText(condition, scope, 0) : condition;
  if (typeof value === 'boolean') return value ? null : false;
  if (typeof value === 'string' && /^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true' ? null : false;
  return textOf(value) ?? 'condition';
}

const STEERING: ReadonlySet<string> = new Set([
  'id',
  'name',
  'type',
  'apiVersion',
  'dependsOn',
  'condition',
  'copy',
  'comments',
  'resources',
  'scope',
  'existing',
  'import',
  'asserts',
  '$options',
]);

function readInstance(resource: JsonObject, written: string, pointer: Pointer, place: Place): void {
  const condition = conditionOf(resource['condition'], place.scope);
  if (condition === false) return;
  const name = nameIn(resource['name'] ?? null, place.scope);
  if (name === null || name === '') {
    place.reading.problems.push(problemAt(place, pointer, 'warning', 'template.resource-name', 'has no name, so it was not read', 'Give it a name.'));
    return;
  }
  const own: Place = { ...place, condition: allOf(place.condition, condition) };
  const { type, names } = fullName(written, name, place.parent);
  if (type.toLowerCase() === 'microsoft.resources/deployments') {
    const inner = deploymentIn(resource, pointer, own);
    if (inner !== undefined) readResources(inner.resources, inner.pointer, inner.place);
  } else declare(resource, type, names, pointer, own);
  readResources(resource['resources'], `${pointer}/resources`, { ...own, parent: { type, names }, depth: own.depth + 1 });
}

/** A child says only the last parts of its type and name, or all of them. */
function fullName(type: string, name: string, parent: Place['parent']): { type: string; names: string[] } {
  const names = name.split('/');
  if (
    parent === null ||
    (type.includes('/') && type.slice(0, type.indexOf('/')).includes('.') && !type.toLowerCase().startsWith(`${parent.type.toLowerCase()}/`))
  )
    return { type, names };
  const full = type.toLowerCase().startsWith(`${parent.type.toLowerCase()}/`) ? type : `${parent.type}/${type}`;
  const parts = full.split('/').length - 1;
  return { type: full, names: names.length >= parts ? names : [...parent.names, ...names] };
}

function declare(resource: JsonObject, type: string, names: readonly string[], pointer: Pointer, place: Place): void {
  const { scope, reading } = place;
  const identity = identityOf(type, names, scopeId(resource, place));
  if (isOther(identity.type, reading)) return;
  const { body, whole } = canonicalBody(resource, templateReader(scope), STEERING);
  reading.declared.push({
    ...identity,
    body,
    whole,
    apiVersion: nameIn(resource['apiVersion'] ?? null, scope),
    pointer,
    displayId: shownId(type, names),
    context: resource['existing'] === true,
    condition: place.condition,
    places: loopPlaces(resource, body, pointer),
  });
}

/** What an extension resource extends: an id, or type and names without one. For other resources their group, when it is known by name. */
function scopeId(resource: JsonObject, place: Place): string | null {
  const text = nameIn(resource['scope'] ?? null, place.scope);
  if (text !== null && text !== '' && text !== '/') return normaliseId(text);
  // Of an `existing` resource.
  const named = nameIn(resource['resourceGroup'] ?? null, place.scope);
  const group = named === null ? place.group : groupScope([nameIn(resource['subscriptionId'] ?? null, place.scope), named], place.scope.group);
  if (group === null) return null;
  const known = normaliseId(`${group}/providers/x`);
  return known === 'x' ? null : known.slice(0, -'/providers/x'.length);
}

/** Elements that a loop of the bag makes stand at the loop's input. */
function loopPlaces(resource: JsonObject, body: Readonly<Record<string, Json>>, pointer: Pointer): Record<Pointer, Pointer> {
  const places: Record<Pointer, Pointer> = {};
  const loops = member(resource['properties'], 'copy');
  if (!Array.isArray(loops)) return places;
  for (const [at, loop] of (loops as readonly Json[]).entries()) {
    const name = member(loop, 'name');
    const list = typeof name === 'string' ? member(body, name) : undefined;
    if (Array.isArray(list)) for (const index of list.keys()) places[`/${escapeStep(String(name))}/${index}`] = `${pointer}/properties/copy/${at}/input`;
  }
  return places;
}
