import { createHash } from 'node:crypto';
import type { Finding, Verdict } from '../../src/model/finding.ts';
import type { Location } from '../../src/model/location.ts';
import type { Problem } from '../../src/model/problem.ts';
import type { ReportFile, ReportPolicy, ScanReport } from '../../src/model/report.ts';
import type { Target } from '../../src/model/target.ts';

/** A report as a scheduled scan of a small estate would leave it: every status, hostile names, two groups. */

export const ESTATE = `version: 1
name: contoso-rds
intent: { gatewayFqdn: rdgw.contoso.com, adminNetworks: [10.20.0.0/24] }
groups:
  session-hosts:
    hosts: [rdsh01.corp.contoso.com, rdsh02.corp.contoso.com, rdsh03.corp.contoso.com]
hosts:
  - name: rdsh01.corp.contoso.com
    settings:
      rdp: { RDP-Tcp: { userAuthentication: notRequired } }
  - name: rdsh02.corp.contoso.com
  - name: rdsh03.corp.contoso.com
`;

export const NETWORK = `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.Network/networkSecurityGroups",
      "apiVersion": "2024-05-01",
      "name": "nsg-rds",
      "properties": {
        "securityRules": [
          { "name": "allow-rdp", "properties": { "access": "Allow", "direction": "Inbound", "destinationPortRange": "3389", "priority": 100, "protocol": "Tcp", "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*" } }
        ]
      }
    }
  ]
}
`;

const WAIVERS = `waivers:
  - id: W-7
    policy: FW-005
    reason: The jump network moves in spring
`;

export const FILES: Readonly<Record<string, string>> = {
  'estate.yaml': ESTATE,
  'infra/netz werk#1.json': NETWORK,
  'waivers.yaml': WAIVERS,
  '/srv/snapshots/old.snapshot.json': '{}\n',
};

/** Control characters, Markdown, HTML, a formula, a link, a placeholder, a bidirectional override. */
export const HOSTILE = 'RDP \u001b[31m</script><img src=x onerror=alert(1)> | **[x](javascript:alert(1))** `{0}`\r\n# @all \u202ecipsxe \' "&';
const FORMULA = '=HYPERLINK("https://evil.example","click")';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** The place of the first occurrence of a text in one of the files. */
function at(file: string, wanted: string, lineHash?: string): Location {
  const text = FILES[file] ?? '';
  const offset = text.indexOf(wanted);
  if (offset < 0) throw new Error(`'${wanted}' is not in ${file}`);
  const before = text.slice(0, offset).split('\n');
  const startLine = before.length;
  const startColumn = (before.at(-1)?.length ?? 0) + 1;
  const snippet = (text.split('\n')[startLine - 1] ?? '').slice(0, 300);
  const region = { startLine, startColumn, endLine: startLine, endColumn: startColumn + wanted.length };
  return { file, region, snippet, ...(lineHash === undefined ? {} : { lineHash }) };
}

const HOST1 = 'windows-host:rdsh01.corp.contoso.com';
const HOST2 = 'windows-host:rdsh02.corp.contoso.com';
const HOST3 = 'windows-host:rdsh03.corp.contoso.com';
const TEMPLATE = 'arm-template:infra/netz werk#1.json';

const targets: Target[] = [
  {
    id: HOST1,
    kind: 'windows-host',
    name: 'rdsh01.corp.contoso.com',
    group: 'session-hosts',
    status: 'partial',
    collectedAt: '2026-11-24T05:58:00.000Z',
    location: at('estate.yaml', 'name: rdsh01.corp.contoso.com'),
  },
  {
    id: HOST2,
    kind: 'windows-host',
    name: 'rdsh02.corp.contoso.com',
    group: 'session-hosts',
    status: 'complete',
    collectedAt: '2026-11-24T05:58:10.000Z',
    location: at('estate.yaml', 'name: rdsh02.corp.contoso.com'),
  },
  { id: HOST3, kind: 'windows-host', name: 'rdsh03.corp.contoso.com', group: 'session-hosts', status: 'failed' },
  { id: TEMPLATE, kind: 'arm-template', name: 'infra/netz werk#1.json', group: 'infra/netz werk#1.json', status: 'complete' },
];

type PolicyText = Pick<ReportPolicy, 'id' | 'name' | 'title' | 'message' | 'why'> & Partial<ReportPolicy>;

function policy(text: PolicyText): ReportPolicy {
  return { severity: null, level: 'error', verified: true, remediation: [], controls: [], links: [], tags: [], params: {}, ...text };
}

const policies: ReportPolicy[] = [
  policy({
    id: 'AUTH-001',
    name: 'RequireNla',
    title: 'Require Network Level Authentication on every RDP listener',
    severity: 8.1,
    message:
      "Listener '{listener}' on '{host}' lets clients in before they authenticate: NLA is '{userAuthentication}', set by '{sources.userAuthentication}'. It should be 'required'.",
    why: 'Without NLA anybody who reaches the port gets a logon screen and the code behind it.',
    remediation: ["Require NLA on '{listener}'"],
    controls: [
      { framework: 'cis-windows-server-2022-4.0.0', id: '18.10.57.3.9.4' },
      { framework: 'stig-windows-server-2022', id: 'WN22-CC-000370' },
      { framework: 'cwe', id: 'CWE-287' },
    ],
    links: ['https://learn.microsoft.com/windows-server/remote/remote-desktop-services/clients/remote-desktop-allow-access'],
    tags: ['rds', 'authentication'],
  }),
  policy({
    id: 'CERT-001',
    name: 'RenewGatewayCertificate',
    title: 'Renew the gateway certificate in time',
    severity: 7.5,
    message: "The certificate of '{host}' has '{daysLeft}' days left; it should have more than '{days}'.",
    why: 'When it expires, nobody gets in through the gateway.',
    run: 'Set-RDCertificate -Role RDGateway -ImportPath <pfx> -Password <password> -ConnectionBroker <broker> -Force\n# ```',
    links: ['https://learn.microsoft.com/powershell/module/remotedesktop/set-rdcertificate'],
    params: { days: 30 },
  }),
  policy({
    id: 'DRV-001',
    name: 'DisallowRemovableDrives',
    title: 'Disallow redirection of removable drives',
    severity: 3.5,
    level: 'note',
    verified: false,
    message: "Host '{host}' redirects removable drives: '{state}'.",
    why: 'Data leaves with them.',
    controls: [{ framework: 'cwe', id: 'CWE-200' }],
    links: ['https://learn.microsoft.com/windows/client-management/mdm/policy-csp-remotedesktopservices'],
  }),
  policy({
    id: 'EST-002',
    name: 'KeepSectionsReadable',
    title: 'Keep every section of every target readable',
    level: 'warning',
    message: "Section '{section}' of '{host}' could not be read: '{status}'.",
    why: 'What nobody can look at, nobody can judge.',
    links: ['https://learn.microsoft.com/windows/win32/wmisdk/securing-a-remote-wmi-connection'],
    tags: ['reliability'],
  }),
  policy({
    id: 'FW-004',
    name: 'RdpClosedOnPublicProfile',
    title: 'Disallow Remote Desktop on the Public firewall profile',
    severity: 8.8,
    message: "Remote Desktop on '{host}' answers '{openTo}' on the Public profile through '{openedBy}'.",
    why: 'The Public profile is what counts in a network that nobody vouches for.',
    remediation: ['Take Public out of the rules that open it'],
    controls: [
      { framework: 'cis-windows-server-2022-4.0.0', id: '9.3.2' },
      { framework: 'cwe', id: 'CWE-284' },
    ],
    links: ['https://learn.microsoft.com/windows/security/operating-system-security/network-security/windows-firewall/'],
    tags: ['firewall'],
  }),
  policy({
    id: 'FW-005',
    name: 'LimitRdpSources',
    title: 'Limit the addresses that may reach Remote Desktop',
    severity: 6.5,
    level: 'warning',
    message: "Rule '{rule}' on '{host}' lets '{remote}' reach Remote Desktop.",
    why: 'Brute force needs reach.',
    controls: [{ framework: 'cwe', id: 'CWE-284' }],
    links: ['https://learn.microsoft.com/windows/security/operating-system-security/network-security/windows-firewall/'],
  }),
  policy({
    id: 'NET-001',
    name: 'DisallowRdpFromInternet',
    title: 'Disallow Remote Desktop from the Internet in network security groups',
    severity: 9.3,
    message: "Rule '{rule}' of '{name}' lets '{source}' reach port '{port}'.",
    why: 'An open RDP port is found within minutes.',
    remediation: ['Set the source to the administrators’ networks', 'Use Bastion instead'],
    controls: [
      { framework: 'cis-azure-6.0.0', id: '7.1' },
      { framework: 'mcsb-1', id: 'NS-1' },
      { framework: 'cwe', id: 'CWE-284' },
    ],
    links: ['https://learn.microsoft.com/azure/security/fundamentals/network-best-practices'],
    tags: ['azure', 'network'],
  }),
];

type FindingText = Pick<Finding, 'policy' | 'target' | 'kind' | 'factId' | 'name' | 'message' | 'arguments' | 'locations' | 'resource'> & Partial<Finding>;

function finding(text: FindingText): Finding {
  const found = policies.find(({ id }) => id === text.policy);
  if (found === undefined) throw new Error(`${text.policy} has no policy`);
  const band = found.severity === null ? 'medium' : found.severity >= 9 ? 'critical' : found.severity >= 7 ? 'high' : found.severity >= 4 ? 'medium' : 'low';
  return {
    outcome: 'fail',
    status: 'open',
    severity: found.severity,
    level: found.level,
    band,
    fingerprint: sha256(`${text.policy}\0${text.factId}`),
    evidence: [],
    fixes: [],
    ...text,
  };
}

const nla = at('estate.yaml', 'notRequired');

const findings: Finding[] = [
  finding({
    policy: 'AUTH-001',
    target: HOST1,
    kind: 'windows.rdpListener',
    factId: `${HOST1}/windows.rdpListener/rdp-tcp`,
    name: 'RDP-Tcp',
    message:
      "Listener 'RDP-Tcp' on 'rdsh01.corp.contoso.com' lets clients in before they authenticate: NLA is 'notRequired', set by 'local'. It should be 'required'.",
    arguments: ['RDP-Tcp', 'rdsh01.corp.contoso.com', 'notRequired', 'local'],
    evidence: [{ pointer: '/userAuthentication', value: 'notRequired', source: 'local' }],
    locations: [nla],
    resource: 'rdsh01.corp.contoso.com/rdp/RDP-Tcp/userAuthentication',
    fixes: [
      {
        title: "Require NLA on 'RDP-Tcp'",
        changes: [{ on: HOST1, path: 'rdp/RDP-Tcp/userAuthentication', before: 'notRequired', after: 'required' }],
        risk: 'review',
        needs: ['new-sessions'],
        edits: [{ file: 'estate.yaml', sha256: sha256(ESTATE), replacements: [{ region: nla.region, text: 'required' }] }],
        powershell:
          "Get-CimInstance -Namespace 'root/cimv2/TerminalServices' -ClassName 'Win32_TSGeneralSetting' |\n  Invoke-CimMethod -MethodName 'SetUserAuthenticationRequired' -Arguments @{ UserAuthenticationRequired = 1 }",
      },
    ],
  }),
  ...['any', 'local-subnet', 'any', 'any', 'any'].map((openTo, index) =>
    finding({
      policy: 'FW-004',
      target: HOST1,
      kind: 'windows.rdpReachability',
      factId: `${HOST1}/windows.rdpReachability/public${index}`,
      name: `Public ${index}`,
      message: `Remote Desktop on 'rdsh01.corp.contoso.com' answers '${openTo}' on the Public profile through '${index === 0 ? HOSTILE : `Rule ${index}`}'.`,
      arguments: ['rdsh01.corp.contoso.com', openTo, index === 0 ? HOSTILE : `Rule ${index}`],
      ...(openTo === 'local-subnet' ? { severity: 5.5, level: 'warning', band: 'medium' } : {}),
      evidence: [
        { pointer: '/openTo', value: openTo },
        { pointer: '/openedBy', value: [{ rule: index === 0 ? HOSTILE : `Rule ${index}` }] },
      ],
      locations: [at('estate.yaml', 'name: rdsh01.corp.contoso.com')],
      resource: `rdsh01.corp.contoso.com/firewall/rules/${index === 0 ? HOSTILE : index}`,
      fixes: [
        {
          title: 'Take Public out of the rules that open it',
          changes: [0, 1, 2, 3, 4].map((rule) => ({
            on: HOST1,
            path: `firewall/rules/Rule ${rule}/profiles`,
            before: ['Domain', 'Public'],
            after: ['Domain'],
          })),
          risk: 'can-disconnect',
          needs: ['gpupdate', 'restart:TermService'],
          note: 'The edit would uncover FW-005, so none is offered.',
        },
        { title: 'Turn the rules off', changes: [], risk: 'can-disconnect', needs: [] },
      ],
    }),
  ),
  finding({
    policy: 'FW-005',
    target: HOST1,
    kind: 'windows.firewallRule',
    factId: `${HOST1}/windows.firewallRule/remotedesktop-usermode-in-tcp`,
    name: 'RemoteDesktop-UserMode-In-TCP',
    status: 'waived',
    message: "Rule 'RemoteDesktop-UserMode-In-TCP' on 'rdsh01.corp.contoso.com' lets 'any' reach Remote Desktop.",
    arguments: ['RemoteDesktop-UserMode-In-TCP', 'rdsh01.corp.contoso.com', 'any'],
    locations: [at('estate.yaml', 'name: rdsh01.corp.contoso.com')],
    resource: 'rdsh01.corp.contoso.com/firewall/rules/RemoteDesktop-UserMode-In-TCP',
    waiver: {
      id: 'W-7',
      reason: 'The jump network moves in spring',
      owner: 'network@contoso.com',
      until: '2027-03-31',
      ticket: 'CHG-4711',
      approver: 'ciso@contoso.com',
      location: at('waivers.yaml', 'id: W-7'),
    },
  }),
  finding({
    policy: 'FW-005',
    target: HOST2,
    kind: 'windows.firewallRule',
    factId: `${HOST2}/windows.firewallRule/${FORMULA.toLowerCase()}`,
    name: FORMULA,
    status: 'baselined',
    message: `Rule '${FORMULA}' on 'rdsh02.corp.contoso.com' lets 'any' reach Remote Desktop.`,
    arguments: [FORMULA, 'rdsh02.corp.contoso.com', 'any'],
    locations: [at('estate.yaml', 'name: rdsh02.corp.contoso.com')],
    resource: FORMULA,
  }),
  finding({
    policy: 'DRV-001',
    target: HOST2,
    kind: 'windows.deviceRedirection',
    factId: `${HOST2}/windows.deviceRedirection`,
    name: 'rdsh02.corp.contoso.com',
    outcome: 'unknown',
    message: "Whether host 'rdsh02.corp.contoso.com' redirects removable drives cannot be told: 'state' could not be read.",
    arguments: ['rdsh02.corp.contoso.com'],
    locations: [at('estate.yaml', 'name: rdsh02.corp.contoso.com')],
    resource: 'rdsh02.corp.contoso.com/devices/removableDrives',
    unknown: ['/state'],
  }),
  finding({
    policy: 'EST-002',
    target: HOST1,
    kind: 'estate.section',
    factId: `${HOST1}/estate.section/certificates`,
    name: 'certificates',
    message: "Section 'certificates' of 'rdsh01.corp.contoso.com' could not be read: 'denied'.",
    arguments: ['certificates', 'rdsh01.corp.contoso.com', 'denied'],
    locations: [at('estate.yaml', 'name: rdsh01.corp.contoso.com')],
    resource: 'rdsh01.corp.contoso.com/sections/certificates',
  }),
  finding({
    policy: 'CERT-001',
    target: HOST3,
    kind: 'windows.certificateBinding',
    factId: `${HOST3}/windows.certificateBinding/gateway`,
    name: 'gateway',
    status: 'stale',
    lastJudged: '2026-11-20T06:00:00.000Z',
    message: "The certificate of 'rdsh03.corp.contoso.com' has '11' days left; it should have more than '30'.",
    arguments: ['rdsh03.corp.contoso.com', '11', '30'],
    locations: [at('estate.yaml', 'name: rdsh03.corp.contoso.com')],
    resource: 'rdsh03.corp.contoso.com/certificates/gateway',
    fixes: [{ title: 'Install a new certificate', changes: [], risk: 'review', needs: [], run: 'Set-RDCertificate -Role RDGateway -ImportPath <pfx>' }],
  }),
  finding({
    policy: 'NET-001',
    target: TEMPLATE,
    kind: 'azure.networkSecurityGroup',
    factId: `${TEMPLATE}/azure.networkSecurityGroup/nsg-rds`,
    name: 'nsg-rds',
    message: "Rule 'allow-rdp' of 'nsg-rds' lets '*' reach port '3389'.",
    arguments: ['allow-rdp', 'nsg-rds', '*', '3389'],
    evidence: [{ pointer: '/securityRules/0/sourceAddressPrefix', value: '*' }],
    locations: [at('infra/netz werk#1.json', '"sourceAddressPrefix": "*"', '2b1c0f5e77aa90d3:1'), at('estate.yaml', 'contoso-rds')],
    resource: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-rds/providers/Microsoft.Network/networkSecurityGroups/nsg-rds',
    fixes: [
      {
        title: 'Set the source to the administrators’ networks',
        changes: [{ on: 'infra/netz werk#1.json', path: 'securityRules/0/sourceAddressPrefix', before: '*', after: '10.20.0.0/24' }],
        risk: 'review',
        needs: [],
        edits: [
          {
            file: 'infra/netz werk#1.json',
            sha256: sha256(NETWORK),
            replacements: [{ region: at('infra/netz werk#1.json', '"*", "sourcePortRange"').region, text: '"10.20.0.0/24", "sourcePortRange"' }],
          },
        ],
        az: ["az network nsg rule update --resource-group 'rg-rds' --nsg-name 'nsg-rds' --name 'allow-rdp' --source-address-prefixes '10.20.0.0/24'"],
      },
    ],
  }),
  finding({
    policy: 'AUTH-001',
    target: HOST2,
    kind: 'windows.rdpListener',
    factId: `${HOST2}/windows.rdpListener/old`,
    name: 'Old',
    message:
      "Listener 'Old' on 'rdsh02.corp.contoso.com' lets clients in before they authenticate: NLA is 'notRequired', set by 'default'. It should be 'required'.",
    arguments: ['Old', 'rdsh02.corp.contoso.com', 'notRequired', 'default'],
    locations: [{ file: '/srv/snapshots/old.snapshot.json', region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 3 }, snippet: '{}' }],
    resource: 'rdsh02.corp.contoso.com/rdp/Old/userAuthentication',
  }),
];

const passes: Verdict[] = [
  { policy: 'AUTH-001', kind: 'windows.rdpListener', id: `${HOST2}/windows.rdpListener/rdp-tcp`, name: 'RDP-Tcp', target: HOST2, outcome: 'pass' },
  { policy: 'FW-004', kind: 'windows.rdpReachability', id: `${HOST2}/windows.rdpReachability/public`, name: HOSTILE, target: HOST2, outcome: 'pass' },
];

const verdicts: Verdict[] = [
  ...findings
    .filter(({ status }) => status !== 'stale')
    .map(({ policy: id, kind, factId, name, target, outcome }): Verdict => ({ policy: id, kind, id: factId, name, target, outcome })),
  ...passes,
];

const problems: Problem[] = [
  {
    level: 'error',
    code: 'host.unreachable',
    message: "Host 'rdsh03.corp.contoso.com' did not answer on port 5986 within 30 seconds.",
    hint: "Run 'rdposture doctor rdsh03.corp.contoso.com'.",
    target: HOST3,
  },
  {
    level: 'error',
    code: 'section.denied',
    message: `Section 'certificates' of 'rdsh01.corp.contoso.com' was denied: ${HOSTILE}`,
    target: HOST1,
    file: 'estate.yaml',
    region: at('estate.yaml', 'name: rdsh01.corp.contoso.com').region,
  },
  {
    level: 'warning',
    code: 'waiver.unused',
    message: "Waiver 'W-3' matches no finding.",
    hint: 'Remove it',
    file: 'waivers.yaml',
  },
];

const files: ReportFile[] = Object.entries(FILES).map(([file, text]) => ({
  file,
  sha256: sha256(text),
  length: Buffer.byteLength(text, 'utf8'),
  mimeType: file.endsWith('.json') ? 'application/json' : 'application/yaml',
  inSourceRoot: !file.startsWith('/'),
}));

const nothing = { pass: 0, fail: 0, unknown: 0, notApplicable: 0 };

export const sample: ScanReport = {
  schemaVersion: 1,
  tool: { name: 'rdposture', version: '0.1.0', homepage: 'https://rdposture.example/' },
  scannedAt: '2026-11-24T06:00:00.000Z',
  scan: {
    estate: 'contoso-rds',
    mode: 'live',
    packs: ['rds-essentials'],
    contacted: true,
    complete: false,
    previous: true,
    provenance: {
      repositoryUri: 'https://user:secret@git.contoso.com/estate.git',
      revisionId: '0123456789abcdef0123456789abcdef01234567',
      branch: 'refs/heads/main',
    },
    columnKind: 'utf16CodeUnits',
  },
  targets,
  policies,
  files,
  problems,
  findings,
  totals: {
    targets: targets.length,
    facts: 41,
    pass: passes.length,
    fail: verdicts.filter(({ outcome }) => outcome === 'fail').length,
    unknown: verdicts.filter(({ outcome }) => outcome === 'unknown').length,
    notApplicable: 12,
    byPolicy: { ...Object.fromEntries(policies.map(({ id }) => [id, nothing])), 'AUTH-001': { pass: 1, fail: 2, unknown: 0, notApplicable: 0 } },
    byBand: { critical: 1, high: 6, medium: 2, low: 0 },
  },
  verdicts,
  gate: {
    passed: false,
    reasons: ["7 open findings reach 'high'.", 'Some targets could not be read.'],
    exitCode: 1,
  },
};

/** The same estate with nothing to complain about. */
export const clean: ScanReport = {
  ...sample,
  scan: { ...sample.scan, complete: true },
  targets: targets.map((target) => ({ ...target, status: 'complete' })),
  findings: [],
  problems: [],
  verdicts: passes,
  totals: { ...sample.totals, fail: 0, unknown: 0, byBand: { critical: 0, high: 0, medium: 0, low: 0 } },
  gate: { passed: true, reasons: [], exitCode: 0 },
};

/** Members whose text comes from hosts and files, or from a stranger's policy or waiver. */
const FREE = new Set(
  `name title message why run resource reason owner until ticket id note path powershell az snippet hint code group estate packs source
   reasons needs file value before after arguments unknown lastJudged version framework links tags remediation kind factId pointer branch
   scannedAt policy target`.split(/\s+/),
);

/** The sample with hostile text at the end of everything that may be hostile; what refers to one another still does. */
export const hostile: ScanReport = poison(sample, '') as ScanReport;

function poison(value: unknown, member: string): unknown {
  if (typeof value === 'string') return FREE.has(member) ? `${value}${HOSTILE}` : value;
  if (Array.isArray(value)) return value.map((element) => poison(element, member));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, name === 'tool' ? child : poison(child, name)]));
}
