import type { ConnectOver, WinrmOptions } from '../../model/estate.ts';
import { isSshOption } from '../../model/ssh-options.ts';

/** One host or deployment to collect. */
export interface LiveTarget {
  /** `windows-host:NAME`; names lower-cased. */
  readonly id: string;
  readonly kind: 'windows-host' | 'rds-deployment';
  /** As the estate names it; the snapshot carries this name. */
  readonly name: string;
  /** Where to connect. */
  readonly address: string;
  readonly over: ConnectOver;
  readonly user: string | null;
  readonly port: number | null;
  readonly keyFile: string | null;
  /** Where the estate says more about `winrm`. */
  readonly winrm?: WinrmOptions;
  /** Options of the OpenSSH client, `Name=value`; only harmless ones. */
  readonly sshOptions?: readonly string[];
}

/**
 * A host name or an address, with no character that any shell gives a meaning (the user's `ProxyCommand` may hold it) and no `-`
 * in front, where a program would take it for an option. Names beyond ASCII are written in their `xn--` form.
 */
const ADDRESS = /^[A-Za-z0-9_:][A-Za-z0-9_.:-]{0,254}(?:%[A-Za-z0-9_.-]{1,32})?$/;
/** `name`, `DOMAIN\name`, `name@domain`. */
const USER = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.@\\$-]{0,254}[\p{L}\p{N}_.@$-])?$/u;

/** A session configuration. */
const ENDPOINT = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/;

/** Why a target cannot be connected to as the estate has it; null when it can. */
export function invalidTarget(target: LiveTarget): string | null {
  if (!ADDRESS.test(target.address)) return `The address '${target.address}' is no host name or IP address`;
  if (target.user !== null && !USER.test(target.user)) return `'${target.user}' is no name of a user`;
  if (target.keyFile !== null && (target.keyFile === '' || target.keyFile.startsWith('-') || /[%\0\n]/.test(target.keyFile)))
    return `'${target.keyFile}' is no path of a key file`;
  const strange = target.sshOptions?.find((option) => !isSshOption(option));
  if (strange !== undefined) return `'${strange}' is no option of ssh that an estate may set`;
  if (target.sshOptions !== undefined && target.over !== 'ssh') return `'options' are of \`ssh\`, and it connects by \`${target.over}\``;
  // Whoever writes one of these means it.
  if (target.over !== 'ssh' && target.keyFile !== null) return `'keyFile' is of \`ssh\`, and it connects by \`${target.over}\``;
  if (target.over === 'local' && (target.user !== null || target.port !== null)) return "'user' and 'port' have no meaning for `local`: who runs this reads it";
  if (target.winrm === undefined) return null;
  const { ssl, authentication, configurationName } = target.winrm;
  if (target.over !== 'winrm') return `'ssl', 'authentication' and 'configurationName' are of \`winrm\`, and it connects by \`${target.over}\``;
  if (authentication === 'basic' && !ssl) return "'authentication: basic' sends the password as it is: it needs `ssl: true`";
  if (configurationName !== null && !ENDPOINT.test(configurationName)) return `'${configurationName}' is no name of a session configuration`;
  return null;
}
