import { COLLECTION_MEMBER, defineKind, HOST_MEMBER } from './define.ts';

/** Whether temporary folders outlive a session, in the collection and on its hosts. */
export type CollectionTemporaryFolders = {
  readonly host: string;
  readonly collection: string;
  readonly deletedOnExit: boolean | null;
  readonly hosts:
    | readonly {
        readonly host: string;
        readonly deletedOnExit: boolean | null;
        readonly perSession: boolean | null;
      }[]
    | null;
};

export const TEMPORARY_FOLDERS = defineKind('rds.temporaryFolders', 'Temporary folders of a session collection', {
  host: HOST_MEMBER,
  collection: COLLECTION_MEMBER,
  deletedOnExit: {
    type: 'boolean',
    description: 'TemporaryFoldersDeletedOnExit of the collection.',
  },
  hosts: {
    type: 'array',
    description: 'What counts on each session host: Group Policy before what the collection pushed.',
    items: {
      type: 'object',
      required: ['host', 'deletedOnExit', 'perSession'],
      additionalProperties: false,
      properties: {
        host: { type: 'string' },
        deletedOnExit: { type: 'boolean' },
        perSession: { type: 'boolean' },
      },
    },
  },
});
