import { expect, it } from 'vitest';
import { compileSchema } from '../../../src/lib/schema.ts';
import { NO } from '../../../src/lib/truth.ts';
import { withUnknown } from '../../../src/lib/three-valued.ts';
import type { Fact } from '../../../src/model/fact.ts';
import { FACT_KINDS } from '../../../src/model/facts/index.ts';
import type { Section } from '../../../src/model/snapshot.ts';
import { normaliseDeployment } from '../../../src/normalise/rds/deployment.ts';
import { RDS_JOINS } from '../../../src/normalise/rds/joins.ts';
import { normaliseDrivers } from '../../../src/normalise/windows/drivers/normalise.ts';
import { BROKER, contextWith, HOST1, makeFact, runJoin, snapshotInput } from './support.ts';

const ok = (data: Section['data']): Section => ({
  status: 'ok',
  ...(data === undefined ? {} : { data }),
});

const COLLECTIONS = ok([
  {
    CollectionName: 'Finance',
    UserGroup: ['Everyone', 'CONTOSO\\Staff'],
    ClientDeviceRedirectionOptions: 160,
    CustomRdpProperty: 'broken\nprompt for credentials:i:0',
    SessionHosts: ['rdsh01.contoso.com', 'rdsh09.contoso.com'],
  },
  { CollectionName: 'Unread' },
]);

const REGISTRY = ok({
  'HKLM\\SYSTEM\\CurrentControlSet\\Control': { status: 'ok', values: { SystemStartOptions: '' } },
});

const settingsFacts: readonly Fact[] = [
  makeFact(
    BROKER,
    'rds.collection',
    {
      collection: 'Finance',
      hosts: ['rdsh01.contoso.com', 'rdsh09.contoso.com'],
      authenticateUsingNLA: true,
      securityLayer: 'tls',
      encryptionLevel: 'high',
      temporaryFoldersDeleted: null,
    },
    ['/temporaryFoldersDeleted'],
  ),
  makeFact(
    HOST1,
    'windows.rdpListener',
    {
      listener: 'RDP-Tcp',
      userAuthentication: 'required',
      securityLayer: 'rdp',
      encryptionLevel: null,
      sources: { userAuthentication: 'gpo' },
    },
    ['/encryptionLevel'],
  ),
  makeFact(HOST1, 'windows.redirection', {
    drives: true,
    clipboard: false,
    comPorts: true,
    lptPorts: true,
    plugAndPlay: true,
  }),
  makeFact(HOST1, 'windows.temporaryFolders', { deletedOnExit: true, perSession: true }),
  makeFact(
    HOST1,
    'windows.sessionDirectory',
    {
      join: 'enabled',
      server: null,
      farm: '',
      exposeAddress: 'not-configured',
      loadBalancing: 'not-configured',
    },
    ['/server'],
  ),
];

function everyFact(): readonly Fact[] {
  const own = [
    ...normaliseDeployment(snapshotInput('rds-deployment', 'rdcb01.contoso.com', { collections: COLLECTIONS }), contextWith()).facts,
    ...normaliseDrivers(
      snapshotInput('windows-host', 'rdsh01.contoso.com', {
        registry: REGISTRY,
        printerDrivers: ok([{ Name: 'A' }]),
      }),
      contextWith(),
    ).facts,
    ...normaliseDrivers(
      snapshotInput('windows-host', 'rdsh02.contoso.com', {
        printerDrivers: ok([
          {
            Name: 'A',
            Manufacturer: 'Contoso',
            MajorVersion: 3,
            IsSigned: true,
            PrinterEnvironment: '',
          },
        ]),
      }),
      contextWith(),
    ).facts,
  ];
  return [...own, ...RDS_JOINS.flatMap((join) => runJoin(join, [...own, ...settingsFacts]))];
}

it('every fact has what the schema of its kind asks for', () => {
  const facts = everyFact().filter((fact) => !fact.unknown.includes(''));
  for (const fact of facts) {
    const spec = FACT_KINDS.find((kind) => kind.kind === fact.kind);
    if (spec === undefined) throw new Error(`${fact.kind} has no schema`);
    expect([fact.kind, compileSchema(spec.schema)(withUnknown(fact.data, fact.unknown)) === NO ? fact.data : 'fits']).toEqual([fact.kind, 'fits']);
    expect(Object.keys(fact.data).toSorted()).toEqual(Object.keys(spec.schema['properties'] as object).toSorted());
  }
  expect(new Set(facts.map((fact) => fact.kind)).size).toBe(14);
});

it('a member is null exactly where it is named as unknown', () => {
  for (const fact of everyFact()) {
    const nulls = Object.entries(fact.data)
      .filter(([, value]) => value === null)
      .map(([name]) => `/${name}`);
    expect(nulls.filter((pointer) => !fact.unknown.includes(pointer) && !fact.unknown.includes(''))).toEqual([]);
  }
});

it('ids are unique and begin with the target', () => {
  const facts = everyFact();
  expect(new Set(facts.map((fact) => fact.id)).size).toBe(facts.length);
  expect(facts.every((fact) => fact.id.startsWith(`${fact.target}/`))).toBe(true);
});
