import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { report as github } from '../../src/report/sarif.ts';
import { logOf, object, objects, resultsOf } from '../report/sarif-support.ts';
import { deploymentSnapshot, folderOf, hostSnapshot, scanFolder, template } from './support.ts';

/** `policy line text` of every failed finding's first location. */
function places(folder: string, ...only: readonly string[]): string[] {
  return scanFolder(folder, only)
    .findings.filter((finding) => finding.outcome === 'fail')
    .map(
      ({ policy, target, locations: [first] }) =>
        `${policy} ${target.slice(target.indexOf(':') + 1)} ${first?.file ?? ''}:${first?.region.startLine ?? 0} ${first?.snippet?.trim() ?? ''}`,
    )
    .toSorted();
}

const ESTATE = `version: 1
name: contoso
groups:
  session-hosts:
    hosts:
      - rdsh01.contoso.com
      - rdsh03.contoso.com
    settings:
      rdp:
        RDP-Tcp:
          userAuthentication: not-required
hosts:
  # undeclared: its own line
  - roles: [session-host]
    name: rdsh02.contoso.com
  - { name: rdsh01.contoso.com, settings: { firewall: { profiles: { Domain: { enabled: false } } } } }
deployments:
  - broker: rdcb01.contoso.com
    settings:
      collections:
        Finance:
          authenticateUsingNLA: false
  - broker: rdcb02.contoso.com
`;

test('host findings stand at the declared setting, else at the host’s line, and a host that only a group names there', () => {
  const folder = folderOf({
    'estate.yaml': ESTATE,
    ...Object.fromEntries([1, 2, 3].map((index) => [`snapshots/${index}.json`, hostSnapshot(`rdsh0${index}.contoso.com`, { nla: 0, off: ['Domain'] })])),
    ...Object.fromEntries(
      [1, 2].map((index) => [
        `snapshots/cb${index}.json`,
        deploymentSnapshot(`rdcb0${index}.contoso.com`, [{ CollectionName: 'Finance', AuthenticateUsingNLA: false, SessionHosts: [] }]),
      ]),
    ),
  });
  expect(places(folder, 'AUTH-001', 'FW-001', 'COL-001')).toEqual([
    'AUTH-001 rdsh01.contoso.com estate.yaml:11 userAuthentication: not-required',
    'AUTH-001 rdsh02.contoso.com estate.yaml:15 name: rdsh02.contoso.com',
    'AUTH-001 rdsh03.contoso.com estate.yaml:11 userAuthentication: not-required',
    'COL-001 rdcb01.contoso.com estate.yaml:22 authenticateUsingNLA: false',
    'COL-001 rdcb02.contoso.com estate.yaml:23 - broker: rdcb02.contoso.com',
    'FW-001 rdsh01.contoso.com estate.yaml:16 - { name: rdsh01.contoso.com, settings: { firewall: { profiles: { Domain: { enabled: false } } } } }',
    'FW-001 rdsh02.contoso.com estate.yaml:15 name: rdsh02.contoso.com',
    'FW-001 rdsh03.contoso.com estate.yaml:7 - rdsh03.contoso.com',
  ]);
});

test('targets have their own line of the estate', () => {
  const folder = folderOf({ 'estate.yaml': ESTATE });
  const targets = scanFolder(folder, ['AUTH-001']).targets.map((target) => `${target.name} ${target.location?.region.startLine ?? 0}`);
  expect(targets).toEqual(['rdcb01.contoso.com 18', 'rdcb02.contoso.com 23', 'rdsh01.contoso.com 16', 'rdsh02.contoso.com 15', 'rdsh03.contoso.com 7']);
});

test('a cloud finding stands at the lines that decide it', () => {
  const text = `${JSON.stringify(template({ from: '10.0.0.0/8' }, { name: 'open-rdp' }), null, 2)}\n`;
  const lines = text.split('\n');
  const line = lines.findIndex((candidate) => candidate.includes('open-rdp')) + 1;
  const folder = folderOf({ 'net.json': text });
  expect(places(folder, 'NET-004')).toEqual([`NET-004 net.json net.json:${line} "name": "open-rdp",`]);
  const [finding] = scanFolder(folder, ['NET-004']).findings;
  const startColumn = (lines[line - 1] ?? '').indexOf('"open-rdp"') + 1;
  expect(finding?.locations[0]).toMatchObject({
    region: { startColumn, endColumn: startColumn + 10 },
    lineHash: expect.stringMatching(/^[0-9a-f]+:\d+$/) as string,
  });
});

test('so does one of a Pulumi program, with CRLF and a byte order mark', () => {
  const lines = [
    'name: net',
    'runtime: yaml',
    'resources:',
    '  nsg:',
    '    type: azure-native:network:NetworkSecurityGroup',
    '    properties:',
    '      resourceGroupName: rg',
    '      securityRules:',
    '        - name: open-rdp',
    '          priority: 100',
    '          direction: Inbound',
    '          access: Allow',
    '          protocol: Tcp',
    "          sourceAddressPrefix: '*'",
    "          sourcePortRange: '*'",
    "          destinationAddressPrefix: '*'",
    "          destinationPortRange: '3389'",
    '',
  ];
  expect(places(folderOf({ 'Pulumi.yaml': `\ufeff${lines.join('\r\n')}` }), 'NET-004')).toEqual(['NET-004 Pulumi.yaml Pulumi.yaml:9 - name: open-rdp']);
});

test('a file on one line has one place', () => {
  expect(places(folderOf({ 'net.json': JSON.stringify(template({})) }), 'NET-004')).toEqual([
    expect.stringMatching(/^NET-004 net\.json net\.json:1 \{/) as string,
  ]);
});

/** What code scanning knows each finding by, by the name of what it is about. */
function identities(text: string): Map<string, string> {
  const folder = folderOf({ 'net.json': text });
  const results = resultsOf(logOf(github, scanFolder(folder, ['NET-004'])));
  return new Map(
    results.map((result) => [
      String(objects(objects(result['locations'])[0]?.['logicalLocations'])[0]?.['name']),
      String(object(result['partialFingerprints'])['primaryLocationLineHash']),
    ]),
  );
}

function groupsOf(...groups: readonly JsonObject[]): JsonObject {
  const [group] = objects(template({})['resources']);
  return { ...template(), resources: groups.map((own) => ({ ...group, ...own })) };
}

test('findings of one policy on one line stay told apart when one of them is gone', () => {
  const both = identities(JSON.stringify(groupsOf({ name: 'nsg-a' }, { name: 'nsg-b' })));
  expect([...both.keys()]).toEqual(['nsg-a', 'nsg-b']);
  expect(new Set(both.values()).size).toBe(2);
  const one = identities(JSON.stringify(groupsOf({ name: 'nsg-a', properties: {} }, { name: 'nsg-b' })));
  expect([...one]).toEqual([['nsg-b', both.get('nsg-b')]]);
});

test('what a copy loop makes is told apart, however many it makes', () => {
  const loop = (count: number): Map<string, string> =>
    identities(JSON.stringify(groupsOf({ name: "[concat('nsg-', copyIndex())]", copy: { name: 'groups', count } }), null, 1));
  const many = loop(3);
  expect(new Set(many.values()).size).toBe(3);
  expect([...loop(1)]).toEqual([['nsg-0', many.get('nsg-0')]]);
});

test('a line of its own keeps the hash of the line', () => {
  const [hash] = identities(JSON.stringify(groupsOf({ name: 'nsg-a' }), null, 1)).values();
  expect([hash]).toEqual([...identities(JSON.stringify(groupsOf({ name: 'nsg-other' }), null, 1)).values()]);
});
