import { extendedId, isId } from '../../lib/azure-id.ts';
import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { escapeStep, type Pointer } from '../../model/pointer.ts';
import { written } from './write.ts';

/**
 * A snapshot says what a template comes to with its parameters, and neither which statement a resource comes from nor what the
 * template only refers to. So the template is marked, evaluated, and the marks are read. It is evaluated twice: told nothing of
 * the deployment, so that what depends on it stays an expression and nothing is guessed; and told of stand-ins, which gives the
 * ids that modules hand to each other: azure-resource-manager/bicep/bicep-cli#snapshot.
 */

/** A member of every resource that survives evaluation. */
const MARKED = 'plan';
const MARK = 'rdposture';

/** The template with its place in each resource; the own value of the member that carries it stands beside it. */
export function markTemplate(template: JsonObject): JsonObject {
  return { ...template, resources: markResources(template['resources'], '/resources') };
}

function markResources(resources: Json | undefined, pointer: Pointer): Json {
  if (!isObject(resources)) return resources ?? {};
  return Object.fromEntries(
    Object.entries(resources).map(([key, resource]) => [key, isObject(resource) ? markResource(resource, `${pointer}/${escapeStep(key)}`) : resource] as const),
  );
}

function markResource(resource: JsonObject, pointer: Pointer): JsonObject {
  if (resource['existing'] === true) return resource;
  const { properties } = resource;
  const template = member(properties, 'template');
  if (isObject(properties) && isObject(template)) {
    const inner = { ...template, resources: markResources(template['resources'], `${pointer}/properties/template/resources`) };
    return { ...resource, properties: { ...properties, template: inner } };
  }
  const own = resource[MARKED];
  return { ...resource, [MARKED]: { [MARK]: pointer, ...(own === undefined ? {} : { own }) } };
}

/**
 * A parameters file that gives a template the values of an ARM parameters file. What is not given and has no default, and what is
 * secret, is a value from outside: what is made of it stays an expression.
 */
export function parametersFor(file: string, template: JsonObject, given: Json | null): string {
  const stated = isObject(template['parameters']) ? template['parameters'] : {};
  const values = member(given ?? undefined, 'parameters');
  const lines = [`using '${file}'`];
  for (const [name, parameter] of Object.entries(stated)) {
    const value = member(member(values, name), 'value');
    const type = member(parameter, 'type');
    const secret = typeof type === 'string' && type.toLowerCase().startsWith('secure');
    const isGiven = isObject(values) && Object.hasOwn(values, name);
    const optional = member(parameter, 'defaultValue') !== undefined || member(parameter, 'nullable') === true;
    if (!isGiven && optional && !secret) continue;
    lines.push(`param ${name} = ${value === undefined || secret ? `externalInput('${name}')` : written(value, { eol: '\n', unit: '  ' }, '')}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A value from outside is the parameter that it is given to. */
function ownParameters(text: string): string {
  return text.replace(/\bexternalInputs\('([A-Za-z_]\w*)_\d+'\)/g, "parameters('$1')");
}

/** Stand-ins for what only a deployment knows; in ids that are read they become the symbols of the functions that say it. */
const SUBSCRIPTION = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const GROUP = '{resourceGroup().name}';
const LOCATION = '{resourceGroup().location}';

/** What a snapshot is told of a deployment, by the scope of its template. */
export function deploymentOf(template: JsonObject): JsonObject {
  const schema = typeof template['$schema'] === 'string' ? template['$schema'].toLowerCase() : '';
  if (schema.includes('/subscriptiondeploymenttemplate.json')) return { tenantId: SUBSCRIPTION, subscriptionId: SUBSCRIPTION, location: LOCATION };
  if (schema.includes('/managementgroupdeploymenttemplate.json')) return { tenantId: SUBSCRIPTION, managementGroup: 'management-group', location: LOCATION };
  if (schema.includes('/tenantdeploymenttemplate.json')) return { tenantId: SUBSCRIPTION, location: LOCATION };
  return { tenantId: SUBSCRIPTION, subscriptionId: SUBSCRIPTION, resourceGroup: GROUP, location: LOCATION };
}

export interface Evaluated {
  readonly judged: JsonObject;
  readonly origins: Record<string, Pointer>;
}

interface Predicted {
  readonly mark: Pointer;
  readonly resource: JsonObject;
}

/**
 * The evaluated resources as a template that states them one by one; `placed` is the snapshot that was told of stand-ins, null
 * without one. Null for what is no snapshot, or has lost a mark.
 */
export function readSnapshots(bare: Json, placed: Json | null, template: JsonObject): Evaluated | null {
  const resources = predictedIn(bare);
  if (resources === null) return null;
  const twins = pairedWith(resources, predictedIn(placed) ?? []);
  const ids = new Map<string, string>();
  for (const { resource } of resources) {
    const [id, known] = [resource['id'], twins.get(resource)?.['id']];
    if (typeof id === 'string' && typeof known === 'string') ids.set(known.toLowerCase(), ownGroup(id));
  }
  const stated: [string, Json][] = [];
  const origins: Record<string, Pointer> = {};
  for (const { mark, resource } of resources) {
    const name = `${mark.slice('/resources/'.length).replaceAll('/properties/template/resources/', '/')} ${stated.length}`;
    origins[name] = mark;
    stated.push([name, statedResource(resource, twins.get(resource), ids)]);
  }
  // What a template refers to is in no snapshot.
  const existing = Object.entries(isObject(template['resources']) ? template['resources'] : {}).filter(([, resource]) => member(resource, 'existing') === true);
  for (const [name] of existing) origins[name] = `/resources/${escapeStep(name)}`;
  return { judged: { ...template, resources: Object.fromEntries([...stated, ...existing]) }, origins };
}

function predictedIn(snapshot: Json | null): Predicted[] | null {
  const predicted = member(snapshot ?? undefined, 'predictedResources');
  if (!Array.isArray(predicted)) return null;
  const marked: Predicted[] = [];
  for (const resource of predicted as readonly Json[]) {
    const mark = member(member(resource, MARKED), MARK);
    if (!isObject(resource) || typeof mark !== 'string' || !mark.startsWith('/resources/')) return null;
    marked.push({ mark, resource });
  }
  return marked;
}

/** The same resources of the other snapshot: those of one statement in their order, where there are as many. */
function pairedWith(resources: readonly Predicted[], others: readonly Predicted[]): Map<JsonObject, JsonObject> {
  const twins = new Map<JsonObject, JsonObject>();
  const groups = Map.groupBy(others, ({ mark }) => mark);
  for (const [mark, list] of Map.groupBy(resources, (item) => item.mark)) {
    const same = groups.get(mark) ?? [];
    if (same.length !== list.length) continue;
    for (const [index, { resource }] of list.entries()) {
      const twin = same[index]?.resource;
      if (twin !== undefined) twins.set(resource, twin);
    }
  }
  return twins;
}

function statedResource(resource: JsonObject, twin: JsonObject | undefined, ids: ReadonlyMap<string, string>): JsonObject {
  const { id: _id, [MARKED]: marked, ...rest } = resource;
  const own = member(marked, 'own');
  const known = twin?.['id'];
  const merged = withIds({ ...rest, ...(own === undefined ? {} : { [MARKED]: own }) }, twin, ids);
  return { ...(isObject(merged) ? merged : {}), ...placeIn(typeof known === 'string' ? known : '', ids) };
}

/** What an extension resource extends, and a group or subscription that is not the deployment's own. */
function placeIn(id: string, ids: ReadonlyMap<string, string>): JsonObject {
  const extended = extendedId(id);
  if (extended !== null) return { scope: idFor(extended, ids) };
  const [, subscriptions, subscription, groups, group] = id.split('/');
  return {
    ...(subscriptions?.toLowerCase() === 'subscriptions' && subscription !== SUBSCRIPTION ? { subscriptionId: subscription ?? '' } : {}),
    ...(groups?.toLowerCase() === 'resourcegroups' && group !== GROUP ? { resourceGroup: group ?? '' } : {}),
  };
}

/** Where a value waits for a module's output and the other snapshot has an id, the id. */
function withIds(value: Json, twin: Json | undefined, ids: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return typeof twin === 'string' && isId(twin) && /^\[.*\breference\(/s.test(value) ? idFor(twin, ids) : ownGroup(value);
  if (typeof value !== 'object' || value === null || typeof twin !== 'object' || twin === null) return value;
  if (Array.isArray(value)) {
    const others = Array.isArray(twin) && twin.length === value.length ? (twin as readonly Json[]) : [];
    return (value as readonly Json[]).map((item, index) => withIds(item, others[index], ids));
  }
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, withIds(held, member(twin, name), ids)] as const));
}

/** A snapshot writes out what `resourceGroup().id` is; names are made of it, and are the same without parameters. */
function ownGroup(text: string): string {
  return text.startsWith('[') ? ownParameters(text).replaceAll(OWN_GROUP, 'resourceGroup().id') : text;
}

const OWN_GROUP = "subscriptionResourceId(subscription().subscriptionId, 'Microsoft.Resources/resourceGroups', resourceGroup().name)";

/** An id as the resource itself, or what holds it, is named: with what only the deployment knows as an expression. */
function idFor(id: string, ids: ReadonlyMap<string, string>): string {
  for (let end = id.length; end > 0; end = id.lastIndexOf('/', end - 1)) {
    const known = ids.get(id.slice(0, end).toLowerCase());
    if (known === undefined) continue;
    const rest = id.slice(end);
    if (rest === '') return known;
    return known.startsWith('[') ? `[concat(${known.slice(1, -1)}, '${rest.replaceAll("'", "''")}')]` : `${known}${rest}`;
  }
  return id.replaceAll(SUBSCRIPTION, '{subscription().subscriptionId}');
}
