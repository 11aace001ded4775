import { describe, expect, it } from 'vitest';
import { sshArguments } from '../../../src/collect/live/ssh.ts';
import { invalidTarget, type LiveTarget } from '../../../src/collect/live/targets.ts';
import { readEstate } from '../../../src/estate/load.ts';
import { targetsOf } from '../../../src/cli/live-targets.ts';
import type { Json } from '../../../src/model/json.ts';
import { UserError } from '../../../src/model/problem.ts';
import { isSshOption, SSH_OPTIONS } from '../../../src/model/ssh-options.ts';

const TARGET: LiveTarget = { id: 'windows-host:a', kind: 'windows-host', name: 'a', address: '192.0.2.1', over: 'ssh', user: null, port: null, keyFile: null };

const estateWith = (connect: Json): Json => ({ version: 1, name: 'contoso', hosts: [{ name: 'a.contoso.com', connect }] });
const faultOf = (connect: Json): readonly string[] => {
  try {
    readEstate(estateWith(connect), 'estate.yaml', []);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.details;
  }
};

describe('options of ssh in the estate', () => {
  it('reach the command line, after those that always hold', () => {
    const options = ['Compression=yes', 'HostKeyAlias=a.contoso.com'];
    const [named] = targetsOf(readEstate(estateWith({ over: 'ssh', options }), 'estate.yaml', []), '/estate');
    expect(named?.target.sshOptions).toEqual(options);
    const args = sshArguments(named?.target ?? TARGET, 60);
    for (const option of options) expect(args.indexOf(option)).toBeGreaterThan(args.indexOf('StrictHostKeyChecking=yes'));
    expect(args.indexOf('HostKeyAlias=a.contoso.com')).toBeLessThan(args.indexOf('--'));
    expect(args[args.indexOf('Compression=yes') - 1]).toBe('-o');
  });

  it.each([
    'ProxyCommand=touch /tmp/x',
    'proxycommand=x',
    'ProxyJump=evil.contoso.com',
    'LocalCommand=x',
    'PermitLocalCommand=yes',
    'KnownHostsCommand=x',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'IdentityFile=/etc/passwd',
    'IdentityAgent=/tmp/agent',
    'PKCS11Provider=/tmp/x.so',
    'SecurityKeyProvider=/tmp/x.so',
    'ForwardAgent=yes',
    'GSSAPIDelegateCredentials=yes',
    'SendEnv=AWS_*',
    'RemoteForward=1 2',
    'Ciphers=3des-cbc',
    'HostName=evil.contoso.com',
    'Include=/tmp/x',
    'Match=exec x',
    'Compression=yes\nProxyCommand=x',
    'Compression yes',
    'Compression=yes ',
    ' Compression=yes',
    'Compression="yes"',
    'HostKeyAlias=-x',
    'HostKeyAlias=$(x)',
    'HostKeyAlias=%h',
    '-oCompression=yes',
    '',
  ])('%j is refused by the estate, and by what connects', (option) => {
    expect(faultOf({ over: 'ssh', options: ['Compression=yes', option] })).toHaveLength(1);
    expect(isSshOption(option)).toBe(false);
    expect(invalidTarget({ ...TARGET, sshOptions: [option] })).toMatch(/no option of ssh/);
  });

  it.each(Object.keys(SSH_OPTIONS))('%s names nothing that runs, is trusted or is sent along', (name) => {
    expect(name).not.toMatch(
      /Command|Jump|File|Agent|Forward|Provider|Hosts|Checking|Delegate|Env|Ciphers|MACs|Algorithms|Include|Match|HostName|Identity|User/,
    );
    expect(isSshOption(`${name}=`)).toBe(false);
  });

  it('mean nothing but over ssh, and that is said', () => {
    expect(invalidTarget({ ...TARGET, over: 'winrm', sshOptions: ['Compression=yes'] })).toBe("'options' are of `ssh`, and it connects by `winrm`");
    expect(invalidTarget({ ...TARGET, sshOptions: ['Compression=yes'] })).toBe(null);
  });
});
