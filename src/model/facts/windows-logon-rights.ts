import { defineKind, HOST_MEMBER } from './define.ts';

/** A principal, for messages and fixes. */
export type Principal = { readonly sid: string; readonly name: string };

/** Who may log on through Remote Desktop: user rights beside the members of the group that they name. */
export type LogonRights = {
  readonly host: string;
  readonly domainController: boolean | null;
  readonly domainMember: boolean | null;
  readonly allowed: readonly string[] | null;
  readonly broad: readonly { readonly sid: string; readonly who: string }[] | null;
  readonly denied: readonly string[] | null;
  /** An element that is null may be one of them. */
  readonly conflicts: readonly ({ readonly sid: string; readonly name: string; readonly deniedBy: string } | null)[] | null;
  readonly nla: boolean | null;
  readonly withoutNetwork: readonly (Principal | null)[] | null;
};

const SIDS = { type: 'array', items: { type: 'string' } } as const;
const PRINCIPAL = {
  type: 'object',
  required: ['sid', 'name'],
  additionalProperties: false,
  properties: { sid: { type: 'string' }, name: { type: 'string' } },
} as const;

export const LOGON_RIGHTS = defineKind('windows.logonRights', 'Who may log on through Remote Desktop Services', {
  host: HOST_MEMBER,
  domainController: { type: 'boolean', description: 'Product type 2.' },
  domainMember: { type: 'boolean', description: 'Win32_ComputerSystem.PartOfDomain.' },
  allowed: { ...SIDS, description: 'SeRemoteInteractiveLogonRight, SIDs.' },
  broad: {
    type: 'array',
    description: 'Those of `allowed` that hold everybody or every guest.',
    items: {
      type: 'object',
      required: ['sid', 'who'],
      additionalProperties: false,
      properties: { sid: { type: 'string' }, who: { type: 'string', description: 'Everyone, Domain Users, …' } },
    },
  },
  denied: { ...SIDS, description: 'SeDenyRemoteInteractiveLogonRight, SIDs. Denying wins.' },
  conflicts: {
    type: 'array',
    description: 'Who is allowed and denied: SIDs of both rights, and members of Remote Desktop Users whom a denied SID certainly holds.',
    items: {
      type: 'object',
      required: ['sid', 'name', 'deniedBy'],
      additionalProperties: false,
      properties: { sid: { type: 'string' }, name: { type: 'string' }, deniedBy: { type: 'string' } },
    },
  },
  nla: { type: 'boolean', description: 'Listener RDP-Tcp requires Network Level Authentication.' },
  withoutNetwork: {
    type: 'array',
    description:
      'Members of Remote Desktop Users whom neither SeNetworkLogonRight nor a group in it holds, or whom SeDenyNetworkLogonRight holds; with Network Level Authentication they cannot connect.',
    items: PRINCIPAL,
  },
});
