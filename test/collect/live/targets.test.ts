import { expect, it } from 'vitest';
import { invalidTarget, type LiveTarget } from '../../../src/collect/live/targets.ts';

const target = (more: Partial<LiveTarget>): LiveTarget => ({
  id: 'windows-host:a',
  kind: 'windows-host',
  name: 'a',
  address: 'a.contoso.com',
  over: 'winrm',
  user: null,
  port: null,
  keyFile: null,
  ...more,
});
const winrm = { ssl: false, authentication: null, configurationName: null } as const;

it.each([
  ['nothing is said', {}, null],
  ['TLS and an endpoint', { winrm: { ssl: true, authentication: 'basic' as const, configurationName: 'Rdposture' } }, null],
  ['a password in the clear', { winrm: { ...winrm, authentication: 'basic' as const } }, /needs `ssl: true`/],
  ['an endpoint of ssh', { over: 'ssh' as const, winrm: { ...winrm, configurationName: 'Rdposture' } }, /are of `winrm`/],
  ['TLS of local', { over: 'local' as const, winrm: { ...winrm, ssl: true } }, /are of `winrm`/],
  ['a key of winrm', { keyFile: 'id_ed25519' }, /'keyFile' is of `ssh`/],
  ['a user of local', { over: 'local' as const, user: 'admin' }, /have no meaning for `local`/],
  ['an endpoint that is no name', { winrm: { ...winrm, configurationName: "x'; calc" } }, /no name of a session configuration/],
])('connecting as the estate has it: %s', (_, more, says) => {
  const invalid = invalidTarget(target(more));
  if (says === null) expect(invalid).toBe(null);
  else expect(invalid).toMatch(says);
});
