import { BROKER_MEMBER, COLLECTION_MEMBER, defineKind } from './define.ts';

/** One session host beside the others of its collection, for one setting in which it alone differs, or for all the rest. */
export type OddHost = {
  /** The session host. */
  readonly host: string;
  readonly broker: string;
  readonly collection: string;
  /** Path of the setting; `*` for all settings in which it does not certainly differ. */
  readonly setting: string;
  readonly odd: boolean | null;
  readonly value: string | null;
  readonly peersValue: string | null;
  /** How many hosts agree on the other value. */
  readonly peers: number;
};

export const ODD_HOST = defineKind('rds.oddHost', 'Session host that differs from all others of its collection', {
  host: { type: 'string', description: 'The session host.' },
  broker: BROKER_MEMBER,
  collection: COLLECTION_MEMBER,
  setting: { type: 'string', description: 'Path of the setting in which it differs; * for all those in which it does not certainly differ.' },
  odd: {
    type: 'boolean',
    description: 'Two other hosts at least were read, and all of them agree on another value. Unknown when a host that was not read could be the second one.',
  },
  value: { type: 'string', description: 'What counts on this host, as JSON; empty for *.' },
  peersValue: { type: 'string', description: 'What counts on all the others, as JSON; empty for *.' },
  peers: { type: 'integer', description: 'How many others have it.' },
});
