import { COLLECTION_MEMBER, defineKind, HOST_MEMBER } from './define.ts';

/** The custom RDP properties that a collection writes into the .rdp files of its users. */
export type RdpProperties = {
  readonly host: string;
  readonly collection: string;
  readonly severe: readonly string[] | null;
  readonly moderate: readonly string[] | null;
  readonly clipboard: boolean | null;
  readonly malformed: readonly string[] | null;
  readonly remaining: string | null;
};

const lines = { type: 'array', items: { type: 'string' } } as const;

export const RDP_PROPERTIES = defineKind('rds.rdpProperties', 'Custom RDP properties of a session collection', {
  host: HOST_MEMBER,
  collection: COLLECTION_MEMBER,
  severe: {
    ...lines,
    description: 'Lines that take authentication away or send people past the gateway.',
  },
  moderate: {
    ...lines,
    description: "Lines that open the client's devices, loosen how it asks for credentials or hands them to the gateway, or send people to another computer.",
  },
  clipboard: { type: 'boolean', description: 'A line turns clipboard redirection on.' },
  malformed: {
    ...lines,
    description: 'Lines that are not `name:type:value` (type i, s or b); clients ignore them.',
  },
  remaining: {
    type: 'string',
    description: 'The properties without the severe and moderate lines.',
  },
});
