import { COLLECTION_MEMBER, defineKind, HOST_MEMBER } from './define.ts';

/** Names of the client's devices, by bit of RDClientDeviceRedirectionOptions. */
export const REDIRECTED_DEVICES: Readonly<Record<number, string>> = {
  1: 'audio-playback',
  2: 'audio-recording',
  4: 'com-ports',
  8: 'plug-and-play',
  16: 'smart-cards',
  32: 'clipboard',
  64: 'lpt-ports',
  128: 'drives',
  256: 'time-zone',
};

/** What a collection redirects and where: what the join with the hosts' policies needs. */
export type CollectionDevices = {
  readonly host: string;
  readonly collection: string;
  readonly devices: readonly string[] | null;
  readonly hosts: readonly string[] | null;
};

export const COLLECTION_DEVICES = defineKind('rds.collectionDevices', 'Client devices that a session collection redirects', {
  host: HOST_MEMBER,
  collection: COLLECTION_MEMBER,
  devices: {
    type: 'array',
    items: { enum: Object.values(REDIRECTED_DEVICES) },
    description: 'Flags of RDClientDeviceRedirectionOptions.',
  },
  hosts: {
    type: 'array',
    items: { type: 'string' },
    description: 'Session hosts of the collection.',
  },
});

/** What is redirected in the end: a device that the collection or the policy of every host disables is not. */
export type CollectionRedirection = {
  readonly host: string;
  readonly collection: string;
  readonly drives: boolean | null;
  readonly clipboard: boolean | null;
  readonly comPorts: boolean | null;
  readonly lptPorts: boolean | null;
  readonly plugAndPlay: boolean | null;
  readonly risky: readonly string[] | null;
};

const redirected = (what: string) => ({
  type: 'boolean',
  description: `${what} are redirected on at least one session host of the collection.`,
});

export const COLLECTION_REDIRECTION = defineKind('rds.collectionRedirection', 'Client devices that reach the sessions of a collection', {
  host: HOST_MEMBER,
  collection: COLLECTION_MEMBER,
  drives: redirected('Drives'),
  clipboard: redirected('Clipboard contents'),
  comPorts: redirected('COM ports'),
  lptPorts: redirected('LPT ports'),
  plugAndPlay: redirected('Plug and Play devices'),
  risky: {
    type: 'array',
    items: { type: 'string' },
    description: 'Drives, ports and Plug and Play devices among them, by name.',
  },
});
