import type { SectionSpec } from '../snapshot.ts';
import { ADMINISTRATORS } from './rights.ts';

const CIM = 'https://learn.microsoft.com/windows/win32/fwp/wmi/wfascimprov';

const text = { type: ['string', 'null'] } as const;
/** A list of texts; one text stands for a list of one. */
const texts = { type: ['array', 'string', 'null'], items: { type: ['string', 'null'] } } as const;
/** The integer of an enum, or its name. */
const enumeration = { type: ['integer', 'string', 'null'] } as const;
/** GpoBoolean: 0 False, 1 True, 2 NotConfigured (only in the store PersistentStore). */
const gpoBoolean = {
  type: ['integer', 'boolean', 'string', 'null'],
  description: '0 False, 1 True, 2 NotConfigured.',
} as const;

/** `Get-NetFirewallProfile -PolicyStore ActiveStore`: what counts, all stores merged. */
export const FIREWALL_PROFILES_SECTION: SectionSpec = {
  name: 'firewall.profiles',
  of: 'windows-host',
  title: 'Windows Firewall profiles (ActiveStore)',
  shape: 'rows',
  source: `${CIM}/msft-netfirewallprofile`,
  right: ADMINISTRATORS,
  columns: {
    Name: { type: 'string', description: 'Domain, Private or Public.' },
    Enabled: gpoBoolean,
    DefaultInboundAction: { ...enumeration, description: '0 NotConfigured, 2 Allow, 4 Block.' },
    DefaultOutboundAction: { ...enumeration, description: '0 NotConfigured, 2 Allow, 4 Block.' },
    AllowInboundRules: {
      ...gpoBoolean,
      description: '0 False: every allow rule is ignored. 1 True, 2 NotConfigured.',
    },
    AllowLocalFirewallRules: {
      ...gpoBoolean,
      description: '0 False: only rules of Group Policy count. 1 True, 2 NotConfigured.',
    },
    AllowLocalIPsecRules: gpoBoolean,
    AllowUserApps: gpoBoolean,
    AllowUserPorts: gpoBoolean,
    AllowUnicastResponseToMulticast: gpoBoolean,
    NotifyOnListen: gpoBoolean,
    EnableStealthModeForIPsec: gpoBoolean,
    LogFileName: text,
    LogMaxSizeKilobytes: { type: ['integer', 'null'], description: 'KB' },
    LogAllowed: gpoBoolean,
    LogBlocked: gpoBoolean,
    LogIgnored: gpoBoolean,
    DisabledInterfaceAliases: {
      ...texts,
      description: 'Interfaces that are not filtered; the literal NotConfigured names none.',
    },
  },
};

/**
 * `Get-NetFirewallRule -PolicyStore ActiveStore -TracePolicyStore`, each row joined by InstanceID (and store, where one id
 * stands in two) with its port, address, application, service, interface, interface type and security filter.
 */
export const FIREWALL_RULES_SECTION: SectionSpec = {
  name: 'firewall.rules',
  of: 'windows-host',
  title: 'Windows Firewall rules with their filters (ActiveStore)',
  shape: 'rows',
  source: `${CIM}/msft-netfirewallrule`,
  right: ADMINISTRATORS,
  columns: {
    InstanceID: {
      type: 'string',
      description: 'The name of the rule; a rule of Group Policy has a GUID.',
    },
    DisplayName: { ...text, description: 'Localised; never compared.' },
    RuleGroup: {
      ...text,
      description: 'A resource such as @FirewallAPI.dll,-28752; empty for a rule made by hand.',
    },
    Enabled: {
      type: ['integer', 'boolean', 'string', 'null'],
      description: '1 True, 2 False: not the values of a profile.',
    },
    Direction: { ...enumeration, description: '1 Inbound, 2 Outbound.' },
    Action: { ...enumeration, description: '0 NotConfigured, 2 Allow, 3 AllowBypass, 4 Block.' },
    Profiles: {
      type: ['integer', 'string', 'null'],
      description: 'Bits: 1 Domain, 2 Private, 4 Public; 0 is every profile.',
    },
    EdgeTraversalPolicy: {
      ...enumeration,
      description: '0 Block, 1 Allow, 2 DeferToUser, 3 DeferToApp.',
    },
    Owner: { ...text, description: 'SID of the user whose app container the rule is for.' },
    Platforms: texts,
    PrimaryStatus: {
      ...enumeration,
      description: '0 Unknown, 1 OK, 2 Degraded (not loaded), 3 Error.',
    },
    EnforcementStatus: {
      type: ['array', 'integer', 'string', 'null'],
      description: 'Codes 0 to 23 or their names; 1 is enforced.',
    },
    PolicyStoreSource: {
      ...text,
      description: 'PersistentStore, or the name of the Group Policy object.',
    },
    PolicyStoreSourceType: {
      ...enumeration,
      description: '1 Local, 2 GroupPolicy, 3 Dynamic, 4 Generated, 5 Hardcoded, 6 Mdm.',
    },
    Protocol: { type: ['string', 'integer', 'null'], description: 'TCP, UDP, Any, or a number.' },
    LocalPort: {
      type: ['array', 'string', 'integer', 'null'],
      description: 'Any, ports, ranges, keywords such as RPC.',
    },
    RemotePort: { type: ['array', 'string', 'integer', 'null'] },
    LocalAddress: texts,
    RemoteAddress: {
      ...texts,
      description: 'Any, addresses, subnets, ranges, keywords such as LocalSubnet.',
    },
    RemoteDynamicKeywordAddresses: {
      ...texts,
      description: 'Ids of dynamic keyword addresses that limit the rule.',
    },
    Program: { ...text, description: 'Any, System, or a path; expanded in ActiveStore.' },
    Package: {
      ...text,
      description: 'SID of an app container; such a rule lets nothing reach a service.',
    },
    Service: { ...text, description: 'Any or * (any service), or a service name.' },
    InterfaceAlias: texts,
    InterfaceType: {
      type: ['string', 'integer', 'array', 'null'],
      description: 'Any, Wired, Wireless, RemoteAccess.',
    },
    Authentication: { ...enumeration, description: 'IPsec: 0 NotRequired, 1 Required, 2 NoEncap.' },
    Encryption: { ...enumeration, description: 'IPsec: 0 NotRequired, 1 Required, 2 Dynamic.' },
    OverrideBlockRules: {
      type: ['boolean', 'integer', 'string', 'null'],
      description: 'Authenticated bypass: beats block rules.',
    },
    LocalUser: text,
    RemoteUser: text,
    RemoteMachine: text,
  },
};

/** Members of an RD Gateway farm, in root/cimv2/TerminalServices. */
export const GATEWAY_FARM_SECTION: SectionSpec = {
  name: 'Win32_TSGatewayLoadBalancer',
  of: 'windows-host',
  title: 'Members of the RD Gateway farm',
  shape: 'rows',
  source: 'https://learn.microsoft.com/windows/win32/termserv/win32-tsgatewayloadbalancer',
  right: ADMINISTRATORS,
  columns: {
    Servers: {
      ...texts,
      description: 'Names with semicolons between; empty where there is no farm.',
    },
  },
};

export const FIREWALL_SECTIONS: readonly SectionSpec[] = [FIREWALL_PROFILES_SECTION, FIREWALL_RULES_SECTION, GATEWAY_FARM_SECTION];
