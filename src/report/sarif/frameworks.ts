import { pascalCase } from './text.ts';

/** How a framework of the policies' controls is shown as a SARIF taxonomy. */
export interface Framework {
  readonly name: string;
  readonly version?: string;
  readonly organization?: string;
  readonly address?: string;
  /** A weakness or principle that is always wider than one policy, unlike a benchmark's control. */
  readonly wider: boolean;
}

const CIS_WINDOWS = 'https://www.cisecurity.org/benchmark/microsoft_windows_server';
const CIS_AZURE = 'https://www.cisecurity.org/benchmark/azure';
const STIG = 'https://public.cyber.mil/stigs/';
const MCSB = 'https://learn.microsoft.com/security/benchmark/azure/';
const BASELINE =
  'https://learn.microsoft.com/windows/security/operating-system-security/device-management/windows-security-configuration-framework/windows-security-baselines';

/** What a framework's id says: `cis-windows-server-2022-4.0.0`, `stig-windows-server-2022`, `mcsb-1`, `cwe`. */
export function frameworkOf(id: string): Framework {
  const [, stem = id, version] = /^(.+?)-(\d+(?:\.\d+)*)$/.exec(id) ?? [];
  if (id === 'cwe') return { name: 'CWE', organization: 'MITRE', address: 'https://cwe.mitre.org/', wider: true };
  if (id.startsWith('cis-')) return cis(stem.slice(4), version);
  if (id.startsWith('stig-')) return { name: `DISA STIG ${title(id.slice(5))}`, organization: 'DISA', address: STIG, wider: false };
  if (id.startsWith('mcsb')) {
    return { name: 'Microsoft cloud security benchmark', ...(version === undefined ? {} : { version }), organization: 'Microsoft', address: MCSB, wider: true };
  }
  if (id === 'microsoft-baseline') return { name: 'Microsoft security baseline', organization: 'Microsoft', address: BASELINE, wider: false };
  return { name: id, wider: false };
}

function cis(product: string, version: string | undefined): Framework {
  const azure = product.startsWith('azure');
  return {
    name: azure ? 'CIS Microsoft Azure Foundations' : `CIS Microsoft ${title(product)}`,
    ...(version === undefined ? {} : { version }),
    organization: 'Center for Internet Security',
    address: azure ? CIS_AZURE : CIS_WINDOWS,
    wider: false,
  };
}

function title(words: string): string {
  return words
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ');
}

/** Some readers find weaknesses by `CWE-` in the id. */
export function taxonId(framework: string, id: string): string {
  return framework === 'cwe' && /^\d+$/.test(id) ? `CWE-${id}` : id;
}

export function taxonName(framework: string, id: string): string {
  return pascalCase(`${framework} ${id.replaceAll('.', '-')}`);
}

export function taxonAddress(framework: string, id: string): string | undefined {
  const number = /^CWE-(\d+)$/.exec(id)?.[1];
  return framework === 'cwe' && number !== undefined ? `https://cwe.mitre.org/data/definitions/${number}.html` : frameworkOf(framework).address;
}
