import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contactsOf, strangersProblem } from '../../src/cli/contacts.ts';
import { loadEstate } from '../../src/scan/plan.ts';
import { folderOf } from '../scan/support.ts';
import { run } from './support.ts';

const HEAD = 'version: 1\nname: contoso\n';
const gateway = (name: string, address: string): string => `  - { name: ${name}.contoso.com, address: ${address}, connect: { over: wire } }\n`;
const host = (name: string, address: string): string => `  - { name: ${name}.contoso.com, address: ${address}, connect: { over: ssh, wire: true } }\n`;

const OWN = `${HEAD}hosts:\n${host('a', '192.0.2.66')}${host('new', '192.0.2.67')}gateways:\n${gateway('rdgw', '192.0.2.68')}${gateway('strange', '192.0.2.69')}`;
const TRUSTED = `${HEAD}hosts:\n${host('A', '192.0.2.1')}${host('gone', '192.0.2.2')}gateways:\n${gateway('RDGW', '192.0.2.3')}`;

const folder = folderOf({ 'own/estate.yaml': OWN, 'trusted/own/estate.yaml': TRUSTED, 'empty/x.txt': '' });
const file = join(folder, 'own', 'estate.yaml');
const { estate } = loadEstate(file, folder, []);
const from = (name: string): ReturnType<typeof contactsOf> => contactsOf(estate, file, { folder: join(folder, name), sourceRoot: folder }, []);

describe('whom a command contacts', () => {
  it('is whom the estate names', () => {
    const { targets, probes, strangers } = contactsOf(estate, file, null, []);
    expect(targets.map(({ address }) => address)).toEqual(['192.0.2.66', '192.0.2.67']);
    expect([...probes.only].toSorted()).toEqual(['a.contoso.com', 'new.contoso.com', 'rdgw.contoso.com', 'strange.contoso.com']);
    expect(strangers).toEqual([]);
  });

  it('is whom both name, by the addresses of the trusted one; hosts and gateways of a stranger are told of once', () => {
    const { targets, probes, strangers } = from('trusted');
    expect(targets.map(({ address }) => address)).toEqual(['192.0.2.1']);
    expect([...probes.only].toSorted()).toEqual(['a.contoso.com', 'rdgw.contoso.com']);
    expect(probes.estate.gateways.map(({ address }) => address)).toEqual(['192.0.2.3']);
    expect(strangers).toEqual(['new.contoso.com', 'strange.contoso.com']);
    expect(strangersProblem(strangers).message).toContain("'new.contoso.com', 'strange.contoso.com'");
  });

  it('is nobody where the trusted checkout has no estate', () => {
    const { targets, probes, strangers } = from('empty');
    expect([targets.length, probes.only.size]).toEqual([0, 0]);
    expect(strangers).toEqual(['a.contoso.com', 'new.contoso.com', 'rdgw.contoso.com', 'strange.contoso.com']);
  });

  it('a scan warns of a gateway that only the scanned estate would look at, and does not', () => {
    const scanned = folderOf({ 'estate.yaml': `${HEAD}gateways:\n${gateway('strange', '127.0.0.1')}`, 'trusted/estate.yaml': `${HEAD}gateways: []\n` });
    const ran = run(['scan', '.', '--source-root', scanned, '--trusted-config', 'trusted', '--only', 'END-010'], { cwd: scanned });
    expect(ran.stderr + ran.stdout).toMatch(/does not\s+contact 'strange\.contoso\.com'/);
    expect(ran.stderr + ran.stdout).not.toContain('Nothing was seen');
  });
});
