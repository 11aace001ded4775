import { COLLECTION_MEMBER, defineKind, HOST_MEMBER } from './define.ts';

/** Whether a collection takes new connections at all. */
export type CollectionAvailability = {
  readonly host: string;
  readonly collection: string;
  readonly hosts: readonly string[] | null;
  readonly accepting: number | null;
  readonly closed: readonly { readonly sessionHost: string }[] | null;
};

export const COLLECTION_AVAILABILITY = defineKind('rds.collectionAvailability', 'Whether a session collection takes new connections', {
  host: HOST_MEMBER,
  collection: COLLECTION_MEMBER,
  hosts: {
    type: 'array',
    items: { type: 'string' },
    description: 'Session hosts of the collection.',
  },
  accepting: {
    type: 'integer',
    minimum: 0,
    description: 'Number of session hosts that take new connections.',
  },
  closed: {
    type: 'array',
    items: {
      type: 'object',
      required: ['sessionHost'],
      additionalProperties: false,
      properties: { sessionHost: { type: 'string' } },
    },
    description: 'Session hosts that the broker or their own drain mode closes.',
  },
});
