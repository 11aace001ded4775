import { defineKind, HOST_MEMBER } from './define.ts';

/** The direct members of one local group. */
export type LocalGroup = {
  readonly host: string;
  readonly group: string;
  readonly name: string;
  readonly members: readonly string[] | null;
  readonly broad: readonly { readonly sid: string; readonly who: string }[] | null;
  /** An element that is null may be one of them. */
  readonly stale: readonly ({ readonly sid: string; readonly name: string; readonly why: string } | null)[] | null;
};

export const LOCAL_GROUP = defineKind('windows.localGroup', 'Direct members of a local group', {
  host: HOST_MEMBER,
  group: { type: 'string', description: 'SID: S-1-5-32-544 is Administrators, S-1-5-32-555 Remote Desktop Users.' },
  name: { type: 'string', description: 'Its name on the host, localised.' },
  members: { type: 'array', items: { type: 'string' }, description: 'Names of the members; the SID of one that has none.' },
  broad: {
    type: 'array',
    description: 'Members that hold everybody or every guest, by SID.',
    items: {
      type: 'object',
      required: ['sid', 'who'],
      additionalProperties: false,
      properties: { sid: { type: 'string' }, who: { type: 'string', description: 'Everyone, Domain Users, …' } },
    },
  },
  stale: {
    type: 'array',
    description: 'Members that nobody can use. The built-in Administrator is left out: it is often disabled, and cannot leave its group.',
    items: {
      type: 'object',
      required: ['sid', 'name', 'why'],
      additionalProperties: false,
      properties: {
        sid: { type: 'string' },
        name: { type: 'string' },
        why: {
          enum: ['unresolved', 'disabled', 'expired'],
          description: 'unresolved: the SID of a domain or a computer has no name any more, or its domain did not answer.',
        },
      },
    },
  },
});
