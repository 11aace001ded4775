import { BROKER_MEMBER, COLLECTION_MEMBER, defineKind, HOST_MEMBER } from './define.ts';

type Limit = number | 'never';

const limit = (what: string) => ({ anyOf: [{ type: 'integer', minimum: 1 }, { const: 'never' }], description: `Milliseconds ${what}.` });

/** The idle timeout of a connection policy beside those of the session hosts behind it. */
export type GatewayIdle = {
  readonly host: string;
  readonly connectionPolicy: string;
  readonly idleTimeout: Limit | null;
  readonly hosts: readonly string[];
  readonly shorterThan: readonly { readonly name: string; readonly idle: number }[] | null;
};

export const GATEWAY_IDLE = defineKind('windows.gatewayIdle', 'Idle timeout of a gateway beside those of its session hosts', {
  host: HOST_MEMBER,
  connectionPolicy: { type: 'string', description: 'Name of a connection policy that is on.' },
  idleTimeout: limit('until the gateway ends an idle connection'),
  hosts: { type: 'array', items: { type: 'string' }, description: 'Session hosts of the collections and of the estate.' },
  shorterThan: {
    type: 'array',
    items: {
      type: 'object',
      required: ['name', 'idle'],
      additionalProperties: false,
      properties: { name: { type: 'string' }, idle: { type: 'integer' } },
    },
    description: 'Session hosts that would wait longer, with their own limit in milliseconds. Those without a limit are left out.',
  },
});

/** One limit of sessions, as the collection, the host and the gateways in front say it. */
export type SessionLimits = {
  readonly host: string;
  readonly broker: string;
  readonly collection: string;
  readonly limit: 'idle' | 'disconnected' | 'active';
  readonly byCollection: Limit | null;
  readonly byHost: Limit | null;
  readonly source: string | null;
  readonly byGateway: Limit | 'none' | null;
  readonly counts: Limit | null;
  readonly conflict: boolean | null;
};

export const SESSION_LIMITS = defineKind('rds.sessionLimits', 'A session limit in a collection, on its host and at the gateway', {
  host: HOST_MEMBER,
  broker: BROKER_MEMBER,
  collection: COLLECTION_MEMBER,
  limit: { enum: ['idle', 'disconnected', 'active'], description: 'Which limit.' },
  byCollection: limit('as the collection says'),
  byHost: limit('that count on the listener of the host'),
  source: { enum: ['gpo', 'pushed', 'local', 'default'], description: 'Where that of the host comes from.' },
  byGateway: {
    anyOf: [{ type: 'integer', minimum: 1 }, { enum: ['never', 'none'] }],
    description: 'The shortest of the connection policies that are on, in milliseconds; none where no gateway was looked at, or where it has no such limit.',
  },
  counts: limit('of the host and the gateway, whichever is shorter: what users meet'),
  conflict: { type: 'boolean', description: 'The collection says another limit than the one that counts on the host.' },
});

export const LIMIT_KINDS = [GATEWAY_IDLE, SESSION_LIMITS];
