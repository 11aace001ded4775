import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { SECTIONS } from '../../src/model/sections/index.ts';
import { folderOf, scanFolder } from '../scan/support.ts';
import { deploymentFixture, leafThumbprint } from './deployment-fixture.ts';
import { leaf } from './host-fixture.ts';
import { dataOf, DEPLOYMENT_SCRIPT, framesOf, machine, pwsh, readSnapshot, request, runFramed, skipped } from './support.ts';

const script = readFileSync(DEPLOYMENT_SCRIPT, 'utf8');

function collect(
  change: (fixture: ReturnType<typeof deploymentFixture>) => void = () => {},
  asked: JsonObject = {},
  program?: string,
): ReturnType<typeof readSnapshot> {
  const fixture = deploymentFixture();
  change(fixture);
  const at = machine(fixture);
  try {
    return readSnapshot(framesOf(runFramed(script, request('rds-deployment', { name: 'rdcb01.contoso.com', ...asked }), at, program)).bytes);
  } finally {
    at.remove();
  }
}

describe.skipIf(skipped)('a deployment', () => {
  let whole: ReturnType<typeof collect>;
  beforeAll(() => {
    whole = collect();
  });

  it('reads every section of the schema, and nothing else', () => {
    const wanted = SECTIONS.filter((section) => section.of === 'rds-deployment').map((section) => section.name);
    const statuses = Object.fromEntries(Object.entries(whole.snapshot.sections).map(([name, section]) => [name, section.status]));
    expect(statuses).toEqual(Object.fromEntries(wanted.map((name) => [name, 'ok'])));
    expect(whole.problems).toEqual([]);
  });

  it('has one row a collection with all its parts', () => {
    expect(dataOf(whole.snapshot, 'collections')).toEqual([
      expect.objectContaining({
        CollectionName: 'Büro Apps',
        CollectionType: 1,
        AuthenticateUsingNLA: true,
        SecurityLayer: 2,
        UserGroup: ['CONTOSO\\RDS-Apps', 'CONTOSO\\Verwaist'],
        UserGroupSids: ['S-1-5-21-1-2-3-1105', null],
        SessionHosts: ['RDSH01.CONTOSO.COM'],
        ClientDeviceRedirectionOptions: 307,
        CustomRdpProperty: 'enablecredsspsupport:i:1\n',
        IncludeFolderPath: [],
      }),
    ]);
    expect(dataOf(whole.snapshot, 'deployment.certificates')).toEqual(
      expect.arrayContaining([expect.objectContaining({ Role: 1, Thumbprint: leafThumbprint.toLowerCase(), Der: leaf.der.toString('base64') })]),
    );
    expect(dataOf(whole.snapshot, 'deployment.names')).toEqual(
      expect.arrayContaining([
        { Name: 'rds.contoso.com', Kind: 'client-access-name', Status: 0, Addresses: ['192.0.2.11', '192.0.2.12'] },
        { Name: 'rdgw.contoso.com', Kind: 'gateway', Status: 9003, Addresses: [] },
      ]),
    );
  });

  it('never reads the connection string of the database', () => {
    expect(whole.text).not.toContain('geheim');
    expect(whole.text).not.toContain('SQL Server');
  });

  it('gives the same on 5.1 and 7, and unifies to the same from names and collapsed lists', () => {
    const stateOf = (text: string): string => text.replace(/"collectedAt":"[^"]*"/, '').replace(/"powershell":"[^"]*"/, '');
    expect(stateOf(collect(() => {}, {}, pwsh).text)).toBe(stateOf(whole.text));
    expect(stateOf(collect((fixture) => (fixture.style = 'plain')).text)).toBe(stateOf(whole.text));
    const other = collect((fixture) => {
      fixture.style = 'names';
      fixture.lists = 'collapsed';
    });
    expect(other.problems).toEqual([]);
    expect(verdictsOf(other.text)).toEqual(verdictsOf(whole.text));
    expect(verdictsOf(whole.text)).toContain('COL-001 pass');
  });

  it('leaves out what one part could not read, and fails when no part could', () => {
    const failing =
      (...parts: readonly string[]) =>
      (fixture: ReturnType<typeof deploymentFixture>) => {
        for (const part of parts)
          fixture.commands[`Get-RDSessionCollectionConfiguration${part}`] = { fail: { kind: 'other', message: 'Der Server ist nicht erreichbar.' } };
      };
    const some = collect(failing(' -Security'), { sections: ['collections'] });
    const [row] = dataOf(some.snapshot, 'collections') as readonly JsonObject[];
    expect(row).toMatchObject({ CollectionName: 'Büro Apps', IdleSessionLimitMin: 60 });
    expect(row).not.toHaveProperty('AuthenticateUsingNLA');
    const none = collect(failing('', ' -UserGroup', ' -Connection', ' -Security', ' -Client', ' -UserProfileDisk'), { sections: ['collections'] });
    expect(none.snapshot.sections['collections']).toEqual({ status: 'error', error: 'Der Server ist nicht erreichbar.' });
  });

  it('says that there is no deployment, no second broker and no module', () => {
    const { snapshot } = collect(
      (fixture) => {
        fixture.commands['Get-RDConnectionBrokerHighAvailability'] = { rows: [] };
        fixture.commands['Get-RDServer'] = { fail: { kind: 'other', message: 'Es ist keine Bereitstellung vorhanden.' } };
        fixture.commands['Get-RDCertificate'] = { fail: { kind: 'noCommand', message: 'Get-RDCertificate' } };
      },
      { sections: ['deployment.clientAccessName', 'deployment.servers', 'deployment.certificates'] },
    );
    expect(Object.fromEntries(Object.entries(snapshot.sections).map(([name, section]) => [name, section.status]))).toEqual({
      'deployment.clientAccessName': 'absent',
      'deployment.servers': 'error',
      'deployment.certificates': 'absent',
    });
  });

  it('reads the collections that are asked for', () => {
    expect(dataOf(collect(() => {}, { sections: ['collections'], collections: ['Andere'] }).snapshot, 'collections')).toEqual([]);
  });
});

function verdictsOf(text: string): string[] {
  const report = scanFolder(folderOf({ 'rdcb01.snapshot.json': text }), [], { now: '2026-11-25T10:00:00.000Z' });
  return report.verdicts.map(({ policy, outcome }) => `${policy} ${outcome}`).toSorted();
}
