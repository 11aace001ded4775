import { type Endpoint, ownedBy } from './match.ts';
import type { Range } from './ranges.ts';
import type { FirewallRule } from './rules.ts';
import { and, or, type Tri } from './tri.ts';

export interface Roles {
  readonly gateway: Tri;
  readonly broker: Tri;
  readonly licensing: Tri;
  readonly webAccess: Tri;
}

export interface RolePort {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** Back-end roles that listen there. */
  readonly of: readonly (keyof Roles)[];
}

/** Ports that a gateway may show to the outside as far as FW-014 goes: other policies and networks see to them. */
export const LEFT_TO_OTHERS: ReadonlySet<string> = new Set(['netbios', 'rpc-dynamic', 'winrm-https', 'broker']);

type Owner = Endpoint['owner'];

/** A rule has to meet the program and the service as it has to meet the port: [MS-FASP] 2.2.37. */
function hosted(service: string, ...beside: readonly string[]): Owner {
  return (rule) => {
    const program = isProgram(rule, 'svchost');
    // Services of one process: a rule for either may mean it.
    return and(program, rule.service !== null && beside.includes(rule.service) ? null : ownedBy(rule, service));
  };
}

/** HTTP.sys, SMB and the like listen in the process System, whatever a rule for the service behind them hopes for. */
function kernel(...behind: readonly string[]): Owner {
  return (rule) => {
    if (rule.service !== null && behind.includes(rule.service)) return or(isProgram(rule, 'system'), isProgram(rule, 'svchost')) === false ? false : null;
    // `*` is every service, and System is none.
    return and(isProgram(rule, 'system'), rule.service === null || rule.service === '*' ? null : rule.service === 'any');
  };
}

/** Which process listens is not documented: only a rule for every program and service, or for this service, is sure to mean it. */
function unproved(service: string): Owner {
  return (rule) => {
    if (rule.program === 'any' && rule.service === 'any') return true;
    return hosted(service)(rule) === true && rule.action !== 'block' && rule.service === service ? true : null;
  };
}

function isProgram(rule: FirewallRule, program: 'system' | 'svchost'): Tri {
  return rule.program === null ? null : rule.program === 'any' || rule.program === program;
}

export function tcp(port: number | null, owner: Owner): Endpoint {
  return { protocol: 'tcp', port, owner };
}

/** A web server on HTTP.sys. */
export const SYSTEM = kernel('w3svc', 'http');

/** From where Windows takes ports for RPC, unless it is told otherwise. */
const DYNAMIC = [49152, 65536] as const;

/** https://learn.microsoft.com/troubleshoot/windows-server/networking/service-overview-and-network-port-requirements */
export const ROLE_PORTS: readonly RolePort[] = [
  { name: 'rpc', endpoint: tcp(135, hosted('rpcss', 'rpceptmapper')), of: ['broker', 'licensing'] },
  { name: 'rpc-dynamic', endpoint: { ...tcp(DYNAMIC[0], hosted('termservlicensing')), word: 'rpc', among: DYNAMIC }, of: ['licensing'] },
  { name: 'netbios', endpoint: tcp(139, kernel('lanmanserver', 'netbt')), of: ['licensing'] },
  { name: 'smb', endpoint: tcp(445, kernel('lanmanserver')), of: ['broker', 'licensing'] },
  { name: 'gateway-farm', endpoint: tcp(3388, hosted('tsgateway')), of: [] },
  { name: 'broker', endpoint: tcp(5504, unproved('tscpubrpc')), of: ['broker', 'webAccess'] },
  { name: 'winrm', endpoint: tcp(5985, kernel('winrm')), of: ['broker'] },
  { name: 'winrm-https', endpoint: tcp(5986, kernel('winrm')), of: [] },
];

/** For `readFirewall`. */
export const PORTS_OF_ROLES: readonly (number | Range<number>)[] = ROLE_PORTS.map(({ endpoint }) => endpoint.among ?? endpoint.port).filter(
  (port) => port !== null,
);
