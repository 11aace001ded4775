import { checkDocument } from '../../lib/schema-check.ts';
import { type Json, type JsonObject, member } from '../../model/json.ts';
import type { FailureKind } from './failure.ts';

/** Something that could not be read. */
export interface Unread {
  /** The id of the resource that it belongs to; `''`: the whole subscription. */
  readonly scope: string;
  readonly reason: FailureKind;
  /** The service's own name for it: `ForbiddenByRbac`. */
  readonly code: string | null;
  readonly message: string;
}

/** How reading one source of `sources.ts` ended. */
export interface SourceStatus {
  /** `partial`: some of its resources could not be read. */
  readonly status: 'ok' | 'partial' | 'denied' | 'error';
  /** When it was read, ISO 8601 UTC. */
  readonly at: string;
  /** How many resources came. */
  readonly count: number;
  readonly unread?: readonly Unread[];
  /** The role or the deed that would open it, where it was denied. */
  readonly opens?: string;
}

/** What one subscription holds, as far as it was shown: `NAME.azure.snapshot.json`. */
export interface AzureSnapshot {
  readonly schemaVersion: 1;
  readonly target: { readonly kind: 'azure'; readonly name: string };
  /** ISO 8601 UTC. */
  readonly collectedAt: string;
  readonly collector?: { readonly name: string; readonly version: string };
  readonly cloud: string;
  readonly subscription: {
    readonly displayName: string;
    readonly state: string;
    /** Management groups of the estate that it was found below. */
    readonly managementGroups: readonly string[];
  };
  /** The way to the identity that read it: `environment`, `workload identity`, `managed identity`, `Azure CLI`. */
  readonly identity: string;
  readonly sources: Readonly<Record<string, SourceStatus>>;
  /** In the shape of Azure Resource Manager, without secrets. */
  readonly resources: readonly JsonObject[];
}

const text = { type: 'string' } as const;

const SCHEMA: JsonObject = {
  type: 'object',
  required: ['schemaVersion', 'target', 'collectedAt', 'cloud', 'subscription', 'identity', 'sources', 'resources'],
  properties: {
    schemaVersion: { const: 1 },
    target: {
      type: 'object',
      required: ['kind', 'name'],
      properties: {
        kind: { const: 'azure' },
        name: { type: 'string', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', description: 'the id of a subscription' },
      },
    },
    collectedAt: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$', description: 'a time such as 2026-01-31T10:00:00Z' },
    cloud: text,
    subscription: {
      type: 'object',
      required: ['displayName', 'state', 'managementGroups'],
      properties: { displayName: text, state: text, managementGroups: { type: 'array', items: text } },
    },
    identity: text,
    sources: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['status', 'at', 'count'],
        properties: {
          status: { enum: ['ok', 'partial', 'denied', 'error'] },
          at: text,
          count: { type: 'integer', minimum: 0 },
          opens: text,
          unread: {
            type: 'array',
            items: { type: 'object', required: ['scope', 'reason', 'message'], properties: { scope: text, reason: text, message: text } },
          },
        },
      },
    },
    resources: { type: 'array', items: { type: 'object', required: ['id', 'type'], properties: { id: text, type: text } } },
  },
};

/** Whether a document says that it is one. */
export function isAzureSnapshot(value: JsonObject): boolean {
  return typeof member(value, 'schemaVersion') === 'number' && member(member(value, 'target'), 'kind') === 'azure' && Array.isArray(member(value, 'resources'));
}

const MAX_RESOURCES = 1_000_000;

/** A parsed file as a snapshot, or what is wrong with it. */
export function parseAzureSnapshot(value: Json): AzureSnapshot | { readonly error: string } {
  const version = member(value, 'schemaVersion');
  if (typeof version === 'number' && version > 1) return { error: 'A newer rdposture wrote it.' };
  const [wrong] = checkDocument(SCHEMA, value);
  if (wrong !== undefined) return { error: `'${wrong.pointer === '' ? '/' : wrong.pointer}' ${wrong.message}.` };
  const snapshot = value as unknown as AzureSnapshot;
  return snapshot.resources.length > MAX_RESOURCES ? { error: `It holds more than ${MAX_RESOURCES} resources.` } : snapshot;
}

/** One resource a line, sorted by id: what changed between two of them is seen in a comparison of lines. */
export function* azureSnapshotText(snapshot: AzureSnapshot): Generator<string> {
  const { resources, ...head } = snapshot;
  const opening = JSON.stringify(head, null, 2);
  yield `${opening.slice(0, -2)},\n  "resources": [`;
  let first = true;
  for (const resource of resources) {
    yield `${first ? '' : ','}\n${JSON.stringify(resource)}`;
    first = false;
  }
  yield '\n  ]\n}\n';
}

export function idOf(resource: JsonObject): string {
  const id = member(resource, 'id');
  return typeof id === 'string' ? id : '';
}

export function typeOf(resource: JsonObject): string {
  const type = member(resource, 'type');
  return typeof type === 'string' ? type.toLowerCase() : '';
}

/** Whether the machine that an interface belongs to runs; a group's effect is known only then. */
export function runningMachines(resources: readonly JsonObject[]): Set<string> {
  return new Set(
    resources.flatMap((resource) => {
      if (typeOf(resource) !== 'microsoft.compute/virtualmachines') return [];
      const view = member(member(member(resource, 'properties'), 'extended'), 'instanceView');
      const code = member(member(view, 'powerState'), 'code');
      return typeof code === 'string' && code.toLowerCase() === 'powerstate/running' ? [idOf(resource).toLowerCase()] : [];
    }),
  );
}

export function machineOf(nic: JsonObject): string | null {
  const id = member(member(member(nic, 'properties'), 'virtualMachine'), 'id');
  return typeof id === 'string' && id !== '' ? id.toLowerCase() : null;
}
