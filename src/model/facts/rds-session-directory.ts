import { BROKER_MEMBER, COLLECTION_MEMBER, defineKind } from './define.ts';

/** A session host of a deployment that old broker policies also try to join to a broker. */
export type SessionDirectoryConflict = {
  /** The session host. */
  readonly host: string;
  readonly broker: string;
  readonly collection: string;
  readonly policies: readonly string[] | null;
};

export const SESSION_DIRECTORY_CONFLICT = defineKind('rds.sessionDirectory', 'Broker policies on a session host of a deployment', {
  host: { type: 'string', description: 'The session host.' },
  broker: BROKER_MEMBER,
  collection: COLLECTION_MEMBER,
  policies: {
    type: 'array',
    items: { type: 'string' },
    description: 'Registry values of the RD Connection Broker policies that are set.',
  },
});
