import { COLLECTION_MEMBER, defineKind, HOST_MEMBER } from './define.ts';

/** Who may use a session collection, judged by SID because names are localised. */
export type CollectionAccess = {
  readonly host: string;
  readonly collection: string;
  readonly groups: readonly (string | null)[];
  /** A group that cannot be judged (no SID, and its name says nothing) is null here and named in `unknown`. */
  readonly broad: readonly ({ readonly name: string; readonly who: string } | null)[] | null;
  /** At least one group is certainly not broad. */
  readonly narrowGroups: boolean;
};

export const COLLECTION_ACCESS = defineKind('rds.collectionAccess', 'Who may use a session collection', {
  host: HOST_MEMBER,
  collection: COLLECTION_MEMBER,
  groups: {
    type: 'array',
    items: { type: 'string' },
    description: 'Names of the groups, as the broker shows them.',
  },
  broad: {
    type: 'array',
    description: 'The groups that hold everybody or every guest, by well-known SID ([MS-DTYP] 2.4.2.4).',
    items: {
      type: 'object',
      required: ['name', 'who'],
      additionalProperties: false,
      properties: {
        name: { type: 'string' },
        who: { type: 'string', description: 'Everyone, Authenticated Users, Domain Users, …' },
      },
    },
  },
  narrowGroups: {
    type: 'boolean',
    description: 'True when other, narrower groups are in the list too.',
  },
});
