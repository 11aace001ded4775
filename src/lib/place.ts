import { isObject, type Json } from '../model/json.ts';
import type { Dialect, Place } from '../model/location.ts';
import { pointerOf, stepsOf, valueAt, type Pointer } from '../model/pointer.ts';

/**
 * Canonical places (without `properties` bags, in camelCase) to the pointers that a file really has. Names are compared
 * without case, as Azure does; a member's own name wins over one in the bag.
 */

interface Reached {
  /** Steps of the file that exist. */
  readonly steps: readonly string[];
  readonly value: Json;
  /** Canonical steps that lead nowhere. */
  readonly rest: readonly string[];
}

/** The file's own pointer to a place; undefined when the file does not state it. */
export function resolvePlace(document: Json, place: Place): Pointer | undefined {
  const reached = reach(document, place);
  return reached === undefined || reached.rest.length > 0 ? undefined : pointerOf(reached.steps);
}

/** The deepest part of a place that the file states, so that a missing member has a line. */
export function nearestPlace(document: Json, place: Place): Pointer {
  const reached = reach(document, place);
  if (reached !== undefined) return pointerOf(reached.steps);
  const steps = stepsOf(place.base);
  while (steps.length > 0 && valueAt(document, pointerOf(steps)) === undefined) steps.pop();
  return pointerOf(steps);
}

/** Members that stand beside `properties` in a template resource; all others belong into the bag. */
const ENVELOPE: ReadonlySet<string> = new Set(
  'name type apiVersion id location extendedLocation tags sku kind plan identity zones placement managedBy managedByExtended scope condition copy dependsOn comments etag parent resources options provider get properties'
    .toLowerCase()
    .split(/\s+/),
);

/** Where a member is, or would be written when the file does not state it; undefined when nothing can stand there. */
export function writablePlace(document: Json, place: Place, dialect: Dialect): Pointer | undefined {
  const reached = dialect === 'read-only' ? undefined : reach(document, place);
  if (reached === undefined) return undefined;
  const [first, ...rest] = reached.rest;
  if (first === undefined) return pointerOf(reached.steps);
  if (!isObject(reached.value)) return pointerOf([...reached.steps, first, ...rest]);
  const bag = ownName(reached.value, 'properties');
  const atBase = reached.steps.length === stepsOf(place.base).length;
  // A resource without a bag gets one; an object inside of a bag that has none is flat (`sku`, a list's element in Pulumi).
  const inBag =
    (atBase && (dialect === 'pulumi-yaml' || !ENVELOPE.has(first.toLowerCase()))) || (!atBase && bag !== undefined && !ENVELOPE.has(first.toLowerCase()));
  if (!inBag) return pointerOf([...reached.steps, first, ...rest]);
  const inner = bag === undefined ? undefined : reached.value[bag];
  const deeper = atBase && dialect === 'pulumi-yaml' && !ENVELOPE.has(first.toLowerCase()) ? innerBag(inner) : undefined;
  return pointerOf([...reached.steps, bag ?? 'properties', ...(deeper === undefined ? [] : [deeper]), first, ...rest]);
}

/** Inputs of some resources (a vault's) have a bag of their own, as the API does: what the bag of a resource holds has one too. */
function innerBag(bag: Json | undefined): string | undefined {
  const name = isObject(bag) ? ownName(bag, 'properties') : undefined;
  return isObject(bag) && name !== undefined && isObject(bag[name]) ? name : undefined;
}

function reach(document: Json, place: Place): Reached | undefined {
  let value = valueAt(document, place.base);
  if (value === undefined) return undefined;
  const steps = stepsOf(place.base);
  const wanted = stepsOf(place.at);
  for (const [index, step] of wanted.entries()) {
    const way = stepTo(value, step);
    if (way === undefined) return { steps, value, rest: wanted.slice(index) };
    for (const name of way) {
      steps.push(name);
      value = Array.isArray(value) ? ((value as readonly Json[])[Number(name)] ?? null) : isObject(value) ? (value[name] ?? null) : null;
    }
  }
  return { steps, value, rest: [] };
}

function stepTo(value: Json, step: string): string[] | undefined {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d{0,9})$/.test(step) && Number(step) < value.length ? [step] : undefined;
  if (!isObject(value)) return undefined;
  const own = ownName(value, step);
  if (own !== undefined) return [own];
  const bag = ownName(value, 'properties');
  const inner = bag === undefined ? undefined : value[bag];
  const name = isObject(inner) ? ownName(inner, step) : undefined;
  if (bag === undefined || !isObject(inner)) return undefined;
  if (name !== undefined) return [bag, name];
  const deeper = innerBag(inner);
  const innermost = deeper === undefined ? undefined : inner[deeper];
  const found = isObject(innermost) ? ownName(innermost, step) : undefined;
  return deeper === undefined || found === undefined ? undefined : [bag, deeper, found];
}

/** The exact name, else the first that differs in case only. */
function ownName(object: { readonly [name: string]: Json }, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  const lower = name.toLowerCase();
  return Object.keys(object).find((own) => own.length === name.length && own.toLowerCase() === lower);
}
