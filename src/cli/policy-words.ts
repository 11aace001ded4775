import { frameworkOf } from '../report/sarif/frameworks.ts';
import { bandOf, type Control, levelOf, type Pack, type Policy } from '../model/policy.ts';

/** What a policy judges by, in a word and a number: `high 8.8`, `error` for a function finding. */
export function severityOf(policy: Policy): string {
  if (policy.severity === undefined) return policy.level ?? 'warning';
  return `${bandOf(policy.severity, levelOf(policy.severity))} ${policy.severity.toFixed(1)}`;
}

export function controlName(control: Control): string {
  const { name, version } = frameworkOf(control.framework);
  return `${name}${version === undefined ? '' : ` ${version}`}`;
}

/** Controls by framework, in the order of the policy: name and ids. */
export function controlsByFramework(policy: Policy): (readonly [framework: string, ids: string])[] {
  const groups = new Map<string, string[]>();
  for (const control of policy.controls ?? []) {
    const name = controlName(control);
    groups.set(name, [...(groups.get(name) ?? []), control.id]);
  }
  return [...groups].map(([name, ids]) => [name, ids.join(', ')] as const);
}

/** Ids of the packs that select a policy. */
export function packsOf(packs: readonly Pack[], id: string): string[] {
  return packs
    .filter((pack) => pack.policies.some((pattern) => pattern === id || (pattern.endsWith('-*') && id.startsWith(pattern.slice(0, -1)))))
    .map((pack) => pack.id);
}

export function familyOf(id: string): string {
  return id.slice(0, id.lastIndexOf('-'));
}

/** What the families of policy ids are about. */
export const FAMILY_TITLES: Readonly<Record<string, string>> = {
  ARC: 'Azure Arc',
  AUD: 'auditing',
  AUTH: 'authentication and transport',
  AVD: 'Azure Virtual Desktop',
  AZCERT: 'certificates in Azure',
  BAS: 'Azure Bastion',
  CERT: 'certificates',
  CLI: 'clients',
  COL: 'session collections',
  CONN: 'connectivity',
  DISP: 'display',
  DNS: 'names',
  DRV: 'drivers and devices',
  EST: 'the estate',
  FW: 'host firewall',
  GW: 'RD Gateway',
  LIC: 'licensing',
  LOG: 'logging in Azure',
  NET: 'Azure network',
  PERM: 'permissions',
  REDIR: 'redirection',
  SESS: 'session limits',
  SHDW: 'shadowing',
  UPD: 'updates',
  VMH: 'virtual machine hosts',
  WEB: 'RD Web',
};
