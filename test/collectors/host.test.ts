import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { SECTIONS } from '../../src/model/sections/index.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { cim, filtersOf, firewallRule, HOST_FILES, hostFixture, issuer, leaf, rows, TERMINAL_SERVICES, WINSTATIONS } from './host-fixture.ts';
import { folderOf, scanFolder } from '../scan/support.ts';
import { dataOf, type Framed, framesOf, HOST_SCRIPT, machine, type MachineFiles, pwsh, readSnapshot, request, runFramed, skipped } from './support.ts';

const script = readFileSync(HOST_SCRIPT, 'utf8');
const POLICIES = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
const REGISTRY: Json = [
  { key: POLICIES, name: 'securitylayer' },
  { key: POLICIES, name: 'MissingValue' },
  { key: `${POLICIES}\\Client`, name: null },
  { key: `${WINSTATIONS}\\*`, name: 'MaxInstanceCount' },
  { key: 'HKLM\\SOFTWARE\\Absent\\*\\Below', name: null },
  { key: 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters\\SslBindingInfo\\0.0.0.0:443', name: null },
  { key: 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager', name: 'PendingFileRenameOperations' },
];

function collect(
  change: (fixture: ReturnType<typeof hostFixture>) => void = () => {},
  asked: JsonObject = {},
  files: MachineFiles = HOST_FILES,
  program?: string,
): Framed & { snapshot: Snapshot; problems: readonly string[]; text: string } {
  const fixture = hostFixture();
  change(fixture);
  const at = machine(fixture, files);
  try {
    const framed = framesOf(runFramed(script, request('windows-host', { registry: REGISTRY, ...asked }), at, program));
    return { ...framed, ...readSnapshot(framed.bytes) };
  } finally {
    at.remove();
  }
}

/** The text without what says when and by which version it was made, and where the played host lies. */
const stateOf = (text: string): string =>
  text
    .replace(/"collectedAt":"[^"]*"/, '')
    .replace(/"powershell":"[^"]*"/, '')
    .replace(/rdposture-host-\w+/, '');
const statuses = (snapshot: Snapshot): Record<string, string> =>
  Object.fromEntries(Object.entries(snapshot.sections).map(([name, section]) => [name, section.status]));
const only = (...sections: readonly string[]): JsonObject => ({ sections });

describe.skipIf(skipped)('a host with every section', () => {
  let whole: ReturnType<typeof collect>;
  beforeAll(() => {
    whole = collect();
  });

  it('reads every section of the schema, and nothing else', () => {
    const wanted = SECTIONS.filter((section) => section.of === 'windows-host').map((section) => section.name);
    expect(Object.keys(whole.snapshot.sections).toSorted()).toEqual(wanted.toSorted());
    expect(Object.entries(whole.snapshot.sections).filter(([, section]) => section.status !== 'ok')).toEqual([]);
    expect(whole.progress.map(([name]) => name).toSorted()).toEqual(wanted.toSorted());
    expect(whole.problems).toEqual([]);
  });

  it('writes ASCII JSON with sorted keys', () => {
    expect(/^[\x20-\x7e]*$/.test(whole.text)).toBe(true);
    const sorted = (value: Json): Json =>
      Array.isArray(value)
        ? value.map(sorted)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .toSorted(([a], [b]) => (a < b ? -1 : 1))
                .map(([key, item]) => [key, sorted(item as Json)]),
            )
          : value;
    const value = JSON.parse(whole.text) as Json;
    expect(JSON.stringify(sorted(value)).replaceAll(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)).toBe(whole.text);
  });

  it('holds the columns of the schema by their types, and no other ones', () => {
    // unify has taken wrappers off; a value of another type stands for one that nobody can read.
    expect(JSON.stringify(whole.snapshot)).not.toContain('$unreadable');
    for (const spec of SECTIONS) {
      if (spec.of !== 'windows-host' || spec.shape === 'registry') continue;
      for (const row of [dataOf(whole.snapshot, spec.name)].flat()) {
        const own = Object.keys(row as JsonObject);
        expect([spec.name, own.filter((name) => !Object.hasOwn(spec.columns, name))]).toEqual([spec.name, []]);
        for (const [name, value] of Object.entries(row as JsonObject))
          expect([spec.name, name, value, typeFits(spec.columns[name], value ?? null)]).toEqual([spec.name, name, value, true]);
      }
    }
  });

  it('takes failed look-ups from the cache of the DNS client, and nothing else of it', () => {
    expect(dataOf(whole.snapshot, 'names.failures')).toEqual({
      NotExist: ['rdgw.contoso.com'],
      NoA: ['old.contoso.com'],
      NoAaaa: ['rdsh01.contoso.com'],
      Complete: true,
    });
  });

  it('knows who holds the names of Remote Desktop in the directory', () => {
    expect(dataOf(whole.snapshot, 'directory.termsrv')).toEqual({
      Wanted: ['TERMSRV/rdsh01.contoso.com', 'TERMSRV/RDSH01'],
      Registered: ['TERMSRV/rdsh01.contoso.com', 'TERMSRV/RDSH01'],
      Others: [],
    });
  });

  it('reads registry values as they are', () => {
    const registry = dataOf(whole.snapshot, 'registry');
    expect(registry).toEqual({
      [POLICIES]: { status: 'ok', values: { SecurityLayer: 2 } },
      [`${POLICIES}\\Client`]: { status: 'denied' },
      [`${WINSTATIONS}\\Console`]: { status: 'ok', values: {} },
      [`${WINSTATIONS}\\RDP-Tcp`]: { status: 'ok', values: { MaxInstanceCount: 4294967295 } },
      'HKLM\\SOFTWARE\\Absent': { status: 'absent' },
      'HKLM\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters\\SslBindingInfo\\0.0.0.0:443': {
        status: 'ok',
        values: expect.objectContaining({ SslCertStoreName: 'MY', AppId: Array.from({ length: 16 }, () => 0) }),
      },
      'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager': { status: 'ok', values: { PendingFileRenameOperations: ['\\??\\C:\\a', ''] } },
    });
  });

  it('reads a key that is named and is one of a set for all that is asked of it', () => {
    const registry = [
      { key: `${WINSTATIONS}\\*`, name: 'MaxInstanceCount' },
      ...['PortNumber', 'fEnableWinStation', 'LanAdapter', 'UserAuthentication'].map((name) => ({ key: `${WINSTATIONS}\\RDP-Tcp`, name })),
    ];
    const at = machine(hostFixture(), HOST_FILES);
    try {
      // The order of a table of texts differs from process to process.
      for (let turn = 0; turn < 4; turn++) {
        const { snapshot } = readSnapshot(
          framesOf(runFramed(readFileSync(HOST_SCRIPT, 'utf8'), request('windows-host', { registry, sections: ['registry'] }), at)).bytes,
        );
        const keys = dataOf(snapshot, 'registry') as JsonObject;
        expect(keys[`${WINSTATIONS}\\RDP-Tcp`]).toEqual({
          status: 'ok',
          values: { MaxInstanceCount: 4294967295, PortNumber: 3389, fEnableWinStation: 1, LanAdapter: 0, UserAuthentication: 1 },
        });
      }
    } finally {
      at.remove();
    }
  });

  it('joins rules with their filters and keeps what is inbound', () => {
    expect(dataOf(whole.snapshot, 'firewall.rules')).toEqual([
      expect.objectContaining({
        InstanceID: 'RemoteDesktop-UserMode-In-TCP',
        Profiles: 3,
        LocalPort: ['3389'],
        RemoteAddress: ['192.0.2.0/24', 'LocalSubnet'],
        Service: 'termservice',
        PolicyStoreSource: 'PersistentStore',
      }),
    ]);
  });

  it('gives certificates as DER with their keys and chains', () => {
    const list = dataOf(whole.snapshot, 'certificates') as readonly JsonObject[];
    expect(list.map((row) => [row['Store'], row['Der']])).toEqual(
      expect.arrayContaining([
        ['My', leaf.der.toString('base64')],
        ['Remote Desktop', issuer.der.toString('base64')],
        ['Root', issuer.der.toString('base64')],
      ]),
    );
    expect(list.find((row) => row['Store'] === 'My')).toMatchObject({
      HasPrivateKey: true,
      PrivateKeyFound: true,
      PrivateKeyAccess: [
        { Sid: 'S-1-5-18', Access: 0, Rights: 2032127 },
        { Sid: 'S-1-5-20', Access: 0, Rights: 1179785 },
      ],
      ChainElements: [leaf.thumbprint],
    });
  });

  it('never reads a secret, a person or an address out of events', () => {
    for (const secret of ['SharedSecret', 'never', 'anna', '192.0.2.99', 'NetworkService', '"secret"']) expect(whole.text).not.toContain(secret);
  });

  it('gives the same bytes on 5.1 and 7, whatever enums and lists look like', () => {
    const wanted = stateOf(whole.text);
    expect(whole.text).toContain('"powershell":"5.1"');
    const core = collect(() => {}, {}, HOST_FILES, pwsh);
    expect(core.text).toContain('"powershell":"7.6"');
    expect(stateOf(core.text)).toBe(wanted);
    expect(stateOf(collect((fixture) => (fixture.style = 'plain')).text)).toBe(wanted);
    const wrapped = collect((fixture) => (fixture.lists = 'wrapped'), only('firewall.rules', 'pnpDevices', 'deviceGuard', 'licensing', 'names.servers'));
    const rawOf = (text: string): JsonObject => (JSON.parse(text) as { sections: JsonObject }).sections;
    expect(rawOf(whole.text)).toMatchObject(rawOf(wrapped.text));
  });

  it('unifies to the same where names stand for enums and lists are collapsed', () => {
    const other = collect((fixture) => {
      fixture.style = 'names';
      fixture.lists = 'collapsed';
    });
    expect(other.problems).toEqual([]);
    expect(dataOf(other.snapshot, 'firewall.rules')).toEqual([expect.objectContaining({ Enabled: 'True', Profiles: 'Domain, Private', LocalPort: ['3389'] })]);
    expect(verdictsOf(other.text)).toEqual(verdictsOf(whole.text));
  });

  it('is judged', () => {
    const verdicts = verdictsOf(whole.text);
    expect(verdicts['AUTH-001']).toEqual(['pass']);
    expect(verdicts['FW-001']).toEqual(['pass', 'pass', 'pass']);
    expect(Object.values(verdicts).flat().length).toBeGreaterThan(60);
  });
});

/** Policy to its verdicts on the snapshot. */
function verdictsOf(text: string): Record<string, string[]> {
  const report = scanFolder(folderOf({ 'rdsh01.snapshot.json': text }), [], { now: new Date().toISOString() });
  expect(report.problems.filter((problem) => problem.code.startsWith('snapshot.'))).toEqual([]);
  const result: Record<string, string[]> = {};
  for (const { policy, outcome } of report.verdicts) (result[policy] ??= []).push(outcome);
  return Object.fromEntries(Object.entries(result).map(([policy, list]) => [policy, list.toSorted()]));
}

describe.skipIf(skipped)('what cannot be read', () => {
  const GENERAL = cim('Win32_TSGeneralSetting', TERMINAL_SERVICES);
  type Fail = readonly [command: string, section: string, kind: string, status: string];

  /** Each failure is of another section, so that one run shows them all. */
  it.each<{ title: string; fails: readonly Fail[] }>([
    {
      title: 'denied',
      fails: [
        [GENERAL, 'Win32_TSGeneralSetting', 'denied', 'denied'],
        ['Get-NetFirewallRule', 'firewall.rules', 'denied', 'denied'],
        ['Get-NetFirewallProfile', 'firewall.profiles', 'denied', 'denied'],
        ['Get-WinEvent Security', 'events.failedLogons', 'unauthorised', 'denied'],
        [`Invoke-CimMethod Win32_TSGatewayServerSettings IsTransportEnabled`, 'gateway.transports', 'denied', 'denied'],
      ],
    },
    {
      title: 'not there',
      fails: [
        [GENERAL, 'Win32_TSGeneralSetting', 'noNamespace', 'absent'],
        [cim('Win32_TSSessionSetting', TERMINAL_SERVICES), 'Win32_TSSessionSetting', 'noClass', 'absent'],
        ['Get-NetFirewallProfile', 'firewall.profiles', 'noCommand', 'absent'],
        ['Get-NetConnectionProfile', 'network.profiles', 'none', 'ok'],
        ['Get-RDWebClientBrokerCert', 'webClient.brokerCertificate', 'noCommand', 'absent'],
      ],
    },
    {
      title: 'broken',
      fails: [
        [GENERAL, 'Win32_TSGeneralSetting', 'other', 'error'],
        ['Get-NetFirewallAddressFilter', 'firewall.rules', 'other', 'error'],
        ['Get-ScheduledTask', 'taskCommands', 'other', 'error'],
        ['Get-RDWebClientPackage', 'webClient.packages', 'other', 'error'],
      ],
    },
  ])('tells what is $title', ({ fails }) => {
    const { snapshot } = collect(
      (fixture) => {
        for (const [command, , kind] of fails) fixture.commands[command] = { fail: { kind, message: `Fehler bei ${command}` } };
      },
      only('os', ...fails.map(([, section]) => section)),
    );
    const told = fails.map(([, section]) => [section, snapshot.sections[section]?.status]);
    expect(told).toEqual(fails.map(([, section, , status]) => [section, status]));
    for (const [command, section, , status] of fails)
      if (status === 'denied' || status === 'error') expect(snapshot.sections[section]?.error).toBe(`Fehler bei ${command}`);
    expect(snapshot.sections['os']?.status).toBe('ok');
  });

  it('tells refused files from missing ones', () => {
    const refused = collect((fixture) => (fixture.certificates['My'] = { fail: true }), only('userRights', 'iis.bindings', 'certificates', 'auditPolicy'), {
      secedit: null,
    });
    // IIS is installed as its key says, though its file seems to be missing.
    expect(statuses(refused.snapshot)).toEqual({ userRights: 'error', 'iis.bindings': 'error', certificates: 'denied', auditPolicy: 'absent' });
    const missing = collect((fixture) => delete fixture.registry['HKLM\\SOFTWARE\\Microsoft\\InetStp'], only('iis.bindings', 'iis.rdWeb'));
    expect(statuses(missing.snapshot)).toEqual({ 'iis.bindings': 'absent', 'iis.rdWeb': 'absent' });
  });

  it('goes on when a section hangs, and ends', () => {
    const { snapshot } = collect((fixture) => (fixture.commands[GENERAL] = { rows: [], seconds: 50 }), {
      ...only('os', 'Win32_TSGeneralSetting', 'computer'),
      limits: { sectionRows: 100, textLength: 1000, totalBytes: 100_000, sectionSeconds: 2 },
    });
    expect(statuses(snapshot)).toEqual({ os: 'ok', computer: 'ok', Win32_TSGeneralSetting: 'error' });
    expect(snapshot.sections['Win32_TSGeneralSetting']?.error).toBe('It took longer than 2 seconds.');
  });
});

describe.skipIf(skipped)('huge and hostile hosts', () => {
  it('joins many rules at once', () => {
    const { snapshot } = collect((fixture) => {
      const many = (command: string): void => {
        const [row] = (fixture.commands[command] as { rows: JsonObject[] }).rows;
        fixture.commands[command] = { repeat: 600, rows: [{ ...row, InstanceID: 'rule-{n}' }] };
      };
      for (const command of ['Get-NetFirewallRule', ...Object.keys(filtersOf([]))]) many(command);
    }, only('firewall.rules'));
    const list = dataOf(snapshot, 'firewall.rules') as readonly JsonObject[];
    expect(list).toHaveLength(600);
    expect(new Set(list.map((row) => row['InstanceID'])).size).toBe(600);
  });

  it('asks for the filters of each rule where two stores have one id', () => {
    const { snapshot } = collect((fixture) => {
      fixture.commands['Get-NetFirewallRule'] = rows(
        firewallRule('twin'),
        firewallRule('twin', { PolicyStoreSource: 'contoso policy', PolicyStoreSourceType: 2 }),
        firewallRule('lost'),
      );
      Object.assign(fixture.commands, filtersOf(['twin']));
      fixture.commands['Get-NetFirewallPortFilter'] = rows(
        { InstanceID: 'twin', OfStore: 'PersistentStore', Protocol: 'TCP', LocalPort: ['3389'] },
        { InstanceID: 'twin', OfStore: 'contoso policy', Protocol: 'TCP', LocalPort: ['4444'] },
      );
    }, only('firewall.rules'));
    const list = dataOf(snapshot, 'firewall.rules') as readonly JsonObject[];
    expect(Object.fromEntries(list.map((row) => [`${String(row['InstanceID'])} ${String(row['PolicyStoreSource'])}`, row['LocalPort']]))).toEqual({
      'twin PersistentStore': ['3389'],
      'twin contoso policy': ['4444'],
      'lost PersistentStore': [{ $unreadable: true }],
    });
  });

  it('keeps to its limits: rows, length of a text, bytes in all', () => {
    const limits = { sectionRows: 5, textLength: 100, totalBytes: 3000, sectionSeconds: 60 };
    const { snapshot } = collect(
      (fixture) => {
        fixture.commands['Get-Service'] = { repeat: 6, rows: [{ Name: 'svc{n}', Status: 4, StartType: 2 }] };
        fixture.commands[cim('Win32_ComputerSystem')] = rows({ PartOfDomain: true, Domain: { $repeat: 'x', times: 101 }, Name: 'A' });
      },
      { ...only('services', 'computer', 'Win32_TSGeneralSetting', 'certificates'), limits },
    );
    expect(snapshot.sections['services']).toMatchObject({ status: 'error', error: 'There are more than 5 rows.' });
    expect(dataOf(snapshot, 'computer')).toMatchObject({ Name: 'A', Domain: { $unreadable: true } });
    expect(snapshot.sections['Win32_TSGeneralSetting']?.status).toBe('ok');
    expect(collect(() => {}, { ...only('certificates'), limits: { ...limits, textLength: 65_536 } }).snapshot.sections['certificates']).toMatchObject({
      status: 'error',
      error: 'The snapshot would be larger than 3000 bytes.',
    });
  });

  it('leaves open what the directory did not show, and asks it for names as they are', () => {
    const asked = (change: Parameters<typeof collect>[0]): JsonObject => {
      const { snapshot } = collect(change, only('directory.termsrv'));
      return (snapshot.sections['directory.termsrv']?.status === 'absent' ? {} : dataOf(snapshot, 'directory.termsrv')) as JsonObject;
    };
    const unread = { Registered: null, Others: null };
    expect(asked((fixture) => (fixture.directory = {}))).toMatchObject(unread);
    // Others without the own account: an account that may see nothing of it sees them all the same.
    const other = { sAMAccountName: 'old', servicePrincipalName: ['TERMSRV/rdsh01.contoso.com'] };
    expect(asked((fixture) => (fixture.directory = { 'contoso.com': [other] }))).toMatchObject(unread);
    expect(asked((fixture) => (fixture.directory = { 'contoso.com': [{ sAMAccountName: 'RDSH01$' }] }))).toMatchObject(unread);
    const own = { sAMAccountName: 'RDSH01$', servicePrincipalName: ['HOST/RDSH01'] };
    expect(asked((fixture) => (fixture.directory = { 'contoso.com': [own, other] }))).toMatchObject({ Registered: [], Others: ['old'] });
    expect(
      asked((fixture) => (fixture.commands[cim('Win32_ComputerSystem')] = rows({ PartOfDomain: false, Domain: 'ARBEITSGRUPPE', Name: 'RDSH01' }))),
    ).toEqual({});
    const system = { PartOfDomain: true, Domain: 'contoso.com', Name: 'A*)(x=\u00e4', DNSHostName: '*' };
    const strange = { sAMAccountName: `${system.Name}$`, servicePrincipalName: ['TERMSRV/*.contoso.com'] };
    expect(
      asked((fixture) => {
        fixture.commands[cim('Win32_ComputerSystem')] = rows(system);
        fixture.directory = { 'contoso.com': [strange, own, other] };
      }),
    ).toMatchObject({ Registered: ['TERMSRV/*.contoso.com'], Others: [] });
    expect(asked((fixture) => (fixture.commands[cim('Win32_ComputerSystem')] = rows({ ...system, Domain: 'x/y:389' })))).toMatchObject(unread);
  });

  it('lists no more than 500 failed look-ups, and says so', () => {
    const entries = Array.from({ length: 501 }, (_, index) => ({ Entry: `n${index}.contoso.com`, Type: 1, Status: index === 0 ? 0 : 9003 }));
    const failures = (more: number): JsonObject =>
      dataOf(
        collect((fixture) => (fixture.commands['Get-DnsClientCache'] = rows(...entries, ...entries.slice(0, more))), only('names.failures')).snapshot,
        'names.failures',
      ) as JsonObject;
    expect(failures(9)).toMatchObject({ Complete: true, NotExist: expect.objectContaining({ length: 500 }) });
    entries.push({ Entry: 'one.too.many', Type: 1, Status: 9003 });
    expect(failures(0)).toMatchObject({ Complete: false, NotExist: expect.objectContaining({ length: 500 }) });
  });

  it('writes any text as JSON', () => {
    const text = '"\\\u0000\u0007\t\r\n\u007f\u0085\u2028\ud83d\ude00\u{e000}</script>';
    const { snapshot } = collect(
      (fixture) => (fixture.commands[cim('Win32_ComputerSystem')] = rows({ PartOfDomain: false, Domain: text, Name: '__proto__' })),
      only('computer'),
    );
    expect(dataOf(snapshot, 'computer')).toMatchObject({ Domain: text, Name: '__proto__' });
  });
});

/** The types of a column of a section; enough of JSON Schema for that. */
function typeFits(schema: unknown, value: Json): boolean {
  const types = [((schema as JsonObject)['type'] ?? []) as Json].flat() as Json[];
  if (types.length === 0) return true;
  const own =
    value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
  if (!types.includes(own) && !(own === 'integer' && types.includes('number'))) return false;
  const items = (schema as JsonObject)['items'];
  return !Array.isArray(value) || items === undefined || value.every((item) => typeFits(items, item as Json));
}
