import { BROKER_MEMBER, COLLECTION_MEMBER, defineKind } from './define.ts';

/** One security setting of a collection beside what the listener of one of its session hosts really has. */
export type CollectionListener = {
  /** The session host. */
  readonly host: string;
  readonly broker: string;
  readonly collection: string;
  readonly setting: 'userAuthentication' | 'securityLayer' | 'encryptionLevel';
  readonly expected: string | null;
  readonly actual: string | null;
  readonly source: string | null;
  readonly drift: 'none' | 'stronger' | 'weaker' | null;
};

export const COLLECTION_LISTENER = defineKind('rds.collectionListener', 'Collection setting beside the listener of a session host', {
  host: { type: 'string', description: 'The session host.' },
  broker: BROKER_MEMBER,
  collection: COLLECTION_MEMBER,
  setting: {
    enum: ['userAuthentication', 'securityLayer', 'encryptionLevel'],
    description: 'Setting of listener RDP-Tcp.',
  },
  expected: {
    type: 'string',
    description: 'What the collection says, in the words of the listener.',
  },
  actual: { type: 'string', description: 'What counts on the host (Win32_TSGeneralSetting).' },
  source: { type: 'string', description: 'gpo, pushed, local or default.' },
  drift: {
    enum: ['none', 'stronger', 'weaker'],
    description: 'How the host differs from the collection; stronger is fine.',
  },
});
