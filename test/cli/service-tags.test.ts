import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { isClean, reportOf, scanned } from './support.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rdposture-tags-'));
  const rule = {
    name: 'services',
    properties: {
      access: 'Allow',
      direction: 'Inbound',
      protocol: 'Tcp',
      priority: 100,
      sourceAddressPrefix: 'Storage',
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: '3389',
    },
  };
  const group = { type: 'Microsoft.Network/networkSecurityGroups', apiVersion: '2024-05-01', name: 'nsg-a', properties: { securityRules: [rule] } };
  const schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
  write('main.json', { $schema: schema, contentVersion: '1.0.0.0', resources: [group] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, value: Json): void {
  writeFileSync(join(folder, name), JSON.stringify(value));
}

/** The shape in which Microsoft publishes them; the addresses are invented. */
const tags = (...prefixes: readonly string[]): Json => ({
  changeNumber: 1,
  cloud: 'Public',
  values: [
    {
      name: 'Storage',
      id: 'Storage',
      properties: { changeNumber: 1, region: '', platform: 'Azure', systemService: 'AzureStorage', addressPrefixes: [...prefixes] },
    },
  ],
});
const findings = (...more: readonly string[]) => reportOf(folder, 'NET-005', ...more).findings.map(({ message }) => message);

describe('--service-tags', () => {
  it('puts addresses in the place of a tag', () => {
    write('wide.json', tags('198.51.0.0/16', '2001:db8::/48'));
    write('narrow.json', tags('198.51.100.0/28'));
    expect(findings()).toEqual([]);
    expect(findings('--service-tags', 'narrow.json')).toEqual([]);
    expect(findings('--service-tags', 'wide.json')).toEqual([expect.stringContaining("from '65536' public IPv4 addresses")]);
  });

  it('may stand in the configuration', () => {
    write('wide.json', tags('198.51.0.0/16'));
    writeFileSync(join(folder, 'rdposture.yaml'), 'service-tags: wide.json\n');
    expect(findings()).toHaveLength(1);
    rmSync(join(folder, 'rdposture.yaml'));
  });

  it.each<[string, string, string]>([
    ['that is not there', '', 'cannot be read'],
    ['that is not JSON', '{', 'is not JSON'],
    ['that is something else', '{}', "it has no list 'values'"],
    ['with a prefix that is none', JSON.stringify(tags('198.51.0.0/99')), 'no address prefix'],
  ])('refuses a file %s, and says what to do', (_name, text, words) => {
    if (text === '') rmSync(join(folder, 'given.json'), { force: true });
    else writeFileSync(join(folder, 'given.json'), text);
    const ran = scanned(folder, 'NET-005', '--service-tags', 'given.json');
    expect(isClean(ran)).toBeNull();
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toContain(words);
    expect(ran.stderr).toContain('--service-tags');
  });
});
