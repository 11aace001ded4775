/**
 * Options of the OpenSSH client that an estate may set (`connect: { options: [Compression=yes] }`), each with the values that it
 * may have. None of them names a program, a file, another host to go through, a forwarding or a weaker algorithm: an estate may be
 * a stranger's, and what runs, whom is trusted and what is sent along is for the user's own SSH configuration to say.
 * https://man.openbsd.org/ssh_config
 */
export const SSH_OPTIONS: Readonly<Record<string, string>> = {
  AddressFamily: 'any|inet|inet6',
  Compression: 'yes|no',
  GSSAPIAuthentication: 'yes|no',
  HostKeyAlias: '[A-Za-z0-9_][A-Za-z0-9_.:-]{0,254}',
  IPQoS: '(?:af[1-4][1-3]|cs[0-7]|ef|lowdelay|throughput|reliability|none)',
  PubkeyAuthentication: 'yes|no',
  TCPKeepAlive: 'yes|no',
};

/** A whole option, as a pattern of JSON Schema. Written like this and no other way: OpenSSH takes more. */
export const SSH_OPTION_PATTERN = `^(?:${Object.entries(SSH_OPTIONS)
  .map(([name, values]) => `${name}=(?:${values})`)
  .join('|')})$`;

const PATTERN = new RegExp(SSH_OPTION_PATTERN);

export function isSshOption(option: string): boolean {
  return PATTERN.test(option) && !option.includes('\n');
}
