import { defineKind, HOST_MEMBER } from './define.ts';

/** Who may use and watch a listener beyond what Windows sets up. */
export type ListenerPermissions = {
  readonly host: string;
  readonly listener: string;
  readonly excess: readonly { readonly sid: string; readonly account: string; readonly rights: readonly string[] }[] | null;
};

export const LISTENER_PERMISSIONS = defineKind('windows.listenerPermissions', 'Permissions on a Remote Desktop listener', {
  host: HOST_MEMBER,
  listener: { type: 'string', description: 'RDP-Tcp, or the name of a listener that was added.' },
  excess: {
    type: 'array',
    description:
      'Allowed to log on though the principal holds everybody or every guest; or to watch and steer sessions of others (shadow) though it is neither Administrators nor a service account.',
    items: {
      type: 'object',
      required: ['sid', 'account', 'rights'],
      additionalProperties: false,
      properties: {
        sid: { type: 'string' },
        account: { type: 'string' },
        rights: { type: 'array', items: { enum: ['logon', 'shadow'] } },
      },
    },
  },
});
