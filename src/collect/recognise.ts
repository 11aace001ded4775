import { isObject, type Json, type JsonObject, member } from '../model/json.ts';
import { isAzureSnapshot } from './azure/snapshot.ts';
import { isPulumiEvent } from './pulumi/events.ts';
import { isResourceList } from './resource-list/shape.ts';

export type DocumentKind =
  | 'estate'
  | 'snapshot'
  | 'azure-snapshot'
  | 'arm-template'
  | 'arm-parameters'
  | 'resource-list'
  | 'pulumi-program'
  | 'pulumi-preview'
  | 'pulumi-events'
  | 'pulumi-state'
  | 'pulumi-project'
  | 'report'
  | 'sarif';

export type Recognised = { readonly kind: DocumentKind } | { readonly kind: 'none'; readonly tried: readonly string[] };

const TRIED: readonly string[] = [
  'estate',
  'snapshot',
  'snapshot of an Azure subscription',
  'ARM template',
  'ARM parameters',
  'list of Azure resources',
  'Pulumi program',
  'Pulumi preview',
  'log of Pulumi events',
  'Pulumi state',
  'saved report',
  'SARIF',
];

/** The first that fits counts; what names itself by a schema or a version comes before what is known by its shape. */
const KINDS: readonly (readonly [DocumentKind, (value: JsonObject) => boolean])[] = [
  ['sarif', isSarif],
  ['report', isReport],
  ['azure-snapshot', isAzureSnapshot],
  ['snapshot', isSnapshot],
  ['arm-parameters', isParameters],
  ['arm-template', isTemplate],
  ['pulumi-preview', isPreview],
  ['pulumi-events', isEventLog],
  ['pulumi-state', isState],
  ['pulumi-program', isProgram],
  ['pulumi-project', isProject],
  ['estate', isEstate],
];

/** What a document is, by its content only. */
export function recognise(value: Json): Recognised {
  if (isObject(value)) {
    const found = KINDS.find(([, is]) => is(value));
    if (found !== undefined) return { kind: found[0] };
  }
  return isResourceList(value) ? { kind: 'resource-list' } : { kind: 'none', tried: TRIED };
}

/** As `openEventLog` reads it. */
function isEventLog(value: JsonObject): boolean {
  const events = member(value, 'events');
  return (
    Array.isArray(events) && typeof member(value, 'strange') === 'number' && (events as readonly Json[]).some((event) => event === null || isPulumiEvent(event))
  );
}

function text(value: JsonObject, name: string): string {
  const found = member(value, name);
  return typeof found === 'string' ? found : '';
}

/** The last part of `$schema`, lower case, without the fragment: `deploymenttemplate.json`. */
function schemaName(value: JsonObject): string {
  const schema = text(value, '$schema').slice(0, 500).toLowerCase();
  const path = schema.split('#', 1)[0] ?? '';
  return path.slice(path.lastIndexOf('/') + 1);
}

function isSarif(value: JsonObject): boolean {
  return Array.isArray(member(value, 'runs')) && (text(value, 'version').startsWith('2.') || schemaName(value).startsWith('sarif'));
}

function isReport(value: JsonObject): boolean {
  return member(member(value, 'tool'), 'name') === 'rdposture' && typeof member(value, 'schemaVersion') === 'number';
}

function isSnapshot(value: JsonObject): boolean {
  const target = member(value, 'target');
  return typeof member(value, 'schemaVersion') === 'number' && isObject(target) && isObject(member(value, 'sections'));
}

function isParameters(value: JsonObject): boolean {
  if (schemaName(value).endsWith('deploymentparameters.json')) return true;
  const parameters = member(value, 'parameters');
  if (schemaName(value) !== '' || !Object.hasOwn(value, 'contentVersion') || Object.hasOwn(value, 'resources') || !isObject(parameters)) return false;
  const values = Object.values(parameters);
  return values.length > 0 && values.every((entry) => isObject(entry) && (Object.hasOwn(entry, 'value') || Object.hasOwn(entry, 'reference')));
}

function isTemplate(value: JsonObject): boolean {
  if (schemaName(value).endsWith('deploymenttemplate.json')) return true;
  const resources = member(value, 'resources');
  return Object.hasOwn(value, 'contentVersion') && (Array.isArray(resources) || isObject(resources));
}

function isPreview(value: JsonObject): boolean {
  const steps = member(value, 'steps');
  if (!Array.isArray(steps)) return false;
  if (isObject(member(value, 'changeSummary'))) return true;
  return (steps as readonly Json[]).some((step) => typeof member(step, 'op') === 'string' && typeof member(step, 'urn') === 'string');
}

function isState(value: JsonObject): boolean {
  if (typeof member(value, 'version') !== 'number') return false;
  const deployment = member(value, 'deployment');
  if (isObject(deployment)) return Array.isArray(member(deployment, 'resources')) || isObject(member(deployment, 'manifest'));
  return typeof member(member(value, 'checkpoint'), 'stack') === 'string' || isObject(member(member(value, 'checkpoint'), 'latest'));
}

function runtimeOf(value: JsonObject): string {
  const runtime = member(value, 'runtime');
  return (isObject(runtime) ? text(runtime, 'name') : text(value, 'runtime')).toLowerCase();
}

/** A `Pulumi.yaml` of the YAML runtime, or the `Main.yaml` beside one, which states resources only. */
function isProgram(value: JsonObject): boolean {
  if (runtimeOf(value) !== '') return text(value, 'name') !== '' && (runtimeOf(value) === 'yaml' || hasPulumiResources(value));
  return hasPulumiResources(value);
}

/** `provider:module:Type`, as in `azure-native:network:Subnet`, or the short `provider:Type`. */
const TOKEN = /^[a-z][\w.-]*:(?:[\w./-]+:)?[A-Za-z]\w*$/i;

function hasPulumiResources(value: JsonObject): boolean {
  const resources = member(value, 'resources');
  if (!isObject(resources)) return false;
  return Object.values(resources).some((resource) => isObject(resource) && TOKEN.test(text(resource, 'type').slice(0, 200)));
}

function isProject(value: JsonObject): boolean {
  return runtimeOf(value) !== '' && text(value, 'name') !== '';
}

const ESTATE_MEMBERS = ['intent', 'groups', 'hosts', 'deployments', 'gateways', 'azure', 'templates', 'pulumi', 'snapshots', 'packs'];

function isEstate(value: JsonObject): boolean {
  return member(value, 'version') === 1 && text(value, 'name') !== '' && ESTATE_MEMBERS.some((name) => Object.hasOwn(value, name));
}
