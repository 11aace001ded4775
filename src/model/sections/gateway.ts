import type { SectionSpec } from '../snapshot.ts';
import { ADMINISTRATORS } from './rights.ts';

const CLASSES = 'https://learn.microsoft.com/windows/win32/termserv';
const text = { type: ['string', 'null'] } as const;
const integer = { type: ['integer', 'null'] } as const;
const flag = { type: ['boolean', 'null'] } as const;
/** SIDs of a list of names, in its order; null for a name that does not resolve. */
const sids = { type: ['array', 'null'], items: { type: ['string', 'null'] } } as const;

/** Who may connect through the gateway; absent where the role is not installed. The first one that matches by Order counts. */
export const GATEWAY_CONNECTION_POLICIES_SECTION: SectionSpec = {
  name: 'Win32_TSGatewayConnectionAuthorizationPolicy',
  of: 'windows-host',
  title: 'Connection authorization policies of the RD Gateway',
  shape: 'rows',
  source: `${CLASSES}/win32-tsgatewayconnectionauthorizationpolicy`,
  right: ADMINISTRATORS,
  columns: {
    Name: { type: 'string' },
    Enabled: flag,
    Order: { ...integer, description: '1 is evaluated first.' },
    UserGroupNames: { ...text, description: 'Groups with semicolons between, `DOMAIN\\Group` or `Group@DOMAIN`.' },
    UserGroupSids: { ...sids, description: 'SIDs of `UserGroupNames`, in its order; null for a name that does not resolve. No column of the class.' },
    ComputerGroupNames: { ...text, description: 'Groups that the client has to be in, with semicolons between; empty for any client.' },
    PasswordAllowed: flag,
    SmartcardAllowed: flag,
    CookieAuthenticationAllowed: flag,
    DeviceRedirectionType: { ...integer, description: '0 all devices, 1 none, 2 all but those that the columns below disable.' },
    DiskDrivesDisabled: { ...flag, description: 'Counts only when DeviceRedirectionType is 2, as the four below do.' },
    PrintersDisabled: flag,
    SerialPortsDisabled: flag,
    ClipboardDisabled: flag,
    PlugAndPlayDevicesDisabled: flag,
    AllowOnlySDRServers: { ...flag, description: 'Only session hosts that enforce the redirection of the gateway.' },
    IdleTimeout: { ...integer, description: 'Minutes; 0 is none.' },
    SessionTimeout: { ...integer, description: 'Minutes; 0 is none.' },
    SessionTimeoutAction: { ...integer, description: '0 disconnect, 1 authenticate again in silence.' },
  },
};

/** What may be reached through the gateway; absent where the role is not installed. Any one that matches is enough. */
export const GATEWAY_RESOURCE_POLICIES_SECTION: SectionSpec = {
  name: 'Win32_TSGatewayResourceAuthorizationPolicy',
  of: 'windows-host',
  title: 'Resource authorization policies of the RD Gateway',
  shape: 'rows',
  source: `${CLASSES}/win32-tsgatewayresourceauthorizationpolicy`,
  right: ADMINISTRATORS,
  columns: {
    Name: { type: 'string' },
    Enabled: flag,
    ResourceGroupType: { ...text, description: 'RG a group of the gateway, CG a group of the directory, ALL everything.' },
    ResourceGroupName: text,
    ResourceGroupSid: {
      ...text,
      description: 'SID of a group of the directory; null for other types and for a name that does not resolve. No column of the class.',
    },
    UserGroupNames: { ...text, description: 'Groups with semicolons between.' },
    UserGroupSids: { ...sids, description: 'SIDs of `UserGroupNames`, in its order. No column of the class.' },
    PortNumbers: { ...text, description: 'Ports with semicolons between; * is any.' },
    ProtocolNames: text,
  },
};

/** Groups of resources that the gateway itself keeps. */
export const GATEWAY_RESOURCE_GROUPS_SECTION: SectionSpec = {
  name: 'Win32_TSGatewayResourceGroup',
  of: 'windows-host',
  title: 'Resource groups of the RD Gateway',
  shape: 'rows',
  source: `${CLASSES}/win32-tsgatewayresourcegroup`,
  right: ADMINISTRATORS,
  columns: { Name: { type: 'string' }, Resources: { ...text, description: 'Names and addresses with semicolons between: the gateway compares texts.' } },
};

/** `IsTransportEnabled` and `GetIPAndPort` of Win32_TSGatewayServerSettings, one row for each of the types 0, 1 and 2. */
export const GATEWAY_TRANSPORTS_SECTION: SectionSpec = {
  name: 'gateway.transports',
  of: 'windows-host',
  title: 'Transports of the RD Gateway',
  shape: 'rows',
  source: `${CLASSES}/istransportenabled-win32-tsgatewayserversettings`,
  right: ADMINISTRATORS,
  columns: {
    TransportType: { type: 'integer', description: '0 RPC over HTTP, 1 HTTP, 2 UDP.' },
    Enabled: flag,
    IPAddress: { ...text, description: '* for every address.' },
    Port: { ...integer, description: 'TCP port, or UDP port of type 2.' },
  },
};

/** `GetLogEventName` of 0 to MaxLogEvents - 1 and `IsLogEventEnabled` of each. */
export const GATEWAY_LOG_EVENTS_SECTION: SectionSpec = {
  name: 'gateway.logEvents',
  of: 'windows-host',
  title: 'Events that the RD Gateway writes',
  shape: 'rows',
  source: `${CLASSES}/islogeventenabled-win32-tsgatewayserversettings`,
  right: ADMINISTRATORS,
  columns: {
    EventName: { type: 'string', description: 'LogSuccessfulNetworkAccessCheck, LogFailureNetworkAccessCheck, LogChannelDisconnect, …' },
    Enabled: flag,
  },
};

/** Central servers that decide on connections when CentralCAPEnabled is set. Secrets are never read. */
export const GATEWAY_RADIUS_SECTION: SectionSpec = {
  name: 'Win32_TSGatewayRADIUSServer',
  of: 'windows-host',
  title: 'Central policy servers of the RD Gateway',
  shape: 'rows',
  source: `${CLASSES}/win32-tsgatewayradiusserver`,
  right: ADMINISTRATORS,
  columns: { Name: { type: 'string' } },
};

export const GATEWAY_SECTIONS: readonly SectionSpec[] = [
  GATEWAY_CONNECTION_POLICIES_SECTION,
  GATEWAY_RESOURCE_POLICIES_SECTION,
  GATEWAY_RESOURCE_GROUPS_SECTION,
  GATEWAY_TRANSPORTS_SECTION,
  GATEWAY_LOG_EVENTS_SECTION,
  GATEWAY_RADIUS_SECTION,
];
