import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { ScanReport } from '../../src/model/report.ts';
import { type Library, readPolicyFolder } from '../../src/policy/library.ts';
import { scan, type ScanRequest } from '../../src/scan.ts';

/** The time of every scan here; snapshots are a day older unless they say otherwise. */
export const NOW = '2026-11-24T10:00:00.000Z';
export const YESTERDAY = '2026-11-23T10:00:00.000Z';

/** Files by path below a new temporary folder, which is taken away after the tests. Objects are written as JSON. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array | Json>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'rdposture-'));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) put(join(folder, name), content);
  return folder;
}

export function put(path: string, content: string | Uint8Array | Json): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content, null, 1));
}

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export interface HostOptions {
  /** Network Level Authentication as it counts: 0 is off. */
  readonly nla?: 0 | 1;
  /** The same value as Group Policy sets it; absent when left out. */
  readonly gpoNla?: 0 | 1;
  /** Profiles on which the firewall is off. */
  readonly off?: readonly string[];
  readonly collectedAt?: string;
  /** Sections with another status than `ok`. */
  readonly status?: Readonly<Record<string, string>>;
  /** More sections, as data. */
  readonly more?: Readonly<Record<string, Json>>;
}

const TERMINAL_SERVICES = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';

/** A session host with one listener and three firewall profiles. */
export function hostSnapshot(name: string, options: HostOptions = {}): JsonObject {
  const { nla = 1, gpoNla, off = [], collectedAt = YESTERDAY, status = {}, more = {} } = options;
  const data: Record<string, Json> = {
    os: { build: 20348, ubr: 2849 },
    registry: {
      [TERMINAL_SERVICES]: gpoNla === undefined ? { status: 'absent' } : { status: 'ok', values: { UserAuthentication: gpoNla } },
      'HKLM\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall': { status: 'absent' },
      'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp': {
        status: 'ok',
        values: { UserAuthentication: nla, PortNumber: 3389 },
      },
    },
    listeners: [{ Name: 'RDP-Tcp', PortNumber: 3389 }],
    Win32_TSGeneralSetting: [
      { TerminalName: 'RDP-Tcp', UserAuthenticationRequired: gpoNla ?? nla, PolicySourceUserAuthenticationRequired: gpoNla === undefined ? 0 : 1 },
    ],
    'firewall.profiles': ['Domain', 'Private', 'Public'].map((profile) => ({
      Name: profile,
      Enabled: off.includes(profile) ? 0 : 1,
      DefaultInboundAction: 4,
      AllowInboundRules: 1,
      AllowLocalFirewallRules: 1,
    })),
    ...more,
  };
  const sections = Object.fromEntries(
    Object.entries(data).map(([section, value]) => [
      section,
      status[section] === undefined ? { status: 'ok', data: value } : { status: status[section] ?? '' },
    ]),
  );
  return { schemaVersion: 1, target: { kind: 'windows-host', name }, collectedAt, sections };
}

export function deploymentSnapshot(broker: string, collections: readonly JsonObject[], collectedAt = YESTERDAY): JsonObject {
  return { schemaVersion: 1, target: { kind: 'rds-deployment', name: broker }, collectedAt, sections: { collections: { status: 'ok', data: collections } } };
}

export interface RuleOptions {
  readonly from?: string;
  readonly name?: string;
}

/** An ARM template with one network security group; its rule lets RDP in, from the Internet unless told otherwise. */
export function template(...rules: readonly RuleOptions[]): JsonObject {
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: [
      {
        type: 'Microsoft.Network/networkSecurityGroups',
        apiVersion: '2023-11-01',
        name: 'nsg-hosts',
        location: 'westeurope',
        properties: {
          securityRules: rules.map((rule, index) => ({ name: rule.name ?? `rule-${index}`, properties: ruleProperties(rule.from ?? '*', 100 + index) })),
        },
      },
    ],
  };
}

function ruleProperties(from: string, priority: number): JsonObject {
  return {
    priority,
    direction: 'Inbound',
    access: 'Allow',
    protocol: 'Tcp',
    sourceAddressPrefix: from,
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '3389',
  };
}

export const SHIPPED = fileURLToPath(new URL('../../policies', import.meta.url));

let library: Library | undefined;
export function shippedLibrary(): Library {
  library ??= readPolicyFolder(SHIPPED);
  return library;
}

/** Scans a folder by a few policies. */
export function scanFolder(folder: string, only: readonly string[], more: Partial<ScanRequest> = {}): ScanReport {
  return scan(requestOf(folder, only, more));
}

export function requestOf(folder: string, only: readonly string[], more: Partial<ScanRequest> = {}): ScanRequest {
  return {
    paths: [folder],
    shownPaths: ['.'],
    sourceRoot: folder,
    library: shippedLibrary(),
    selection: { packs: [], only, skip: [], vars: {} },
    now: NOW,
    declared: false,
    waivers: null,
    baseline: null,
    previous: null,
    gate: { failOn: 'high', failOnUnknown: false },
    withFixes: false,
    withVerdicts: true,
    trusted: null,
    version: '0.0.0',
    provenance: null,
    azureDevOps: null,
    ...more,
  };
}
