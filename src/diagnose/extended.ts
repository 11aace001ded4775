import { type CodeEntry, ERRINFO_PAGE, EXTENDED_PAGE, type Stage } from './code.ts';

type Row = readonly [code: number, name: string | null, wire: string | null, stage: Stage, meaning: string];

/** `ExtendedDisconnectReasonCode`, and what the server sends for it (`ERRINFO_…` of TS_SET_ERROR_INFO_PDU): one numbering. */
const ROWS: readonly Row[] = [
  [0, 'exDiscReasonNoInfo', 'ERRINFO_NONE', 'unsaid', 'The server said nothing more.'],
  [
    1,
    'exDiscReasonAPIInitiatedDisconnect',
    'ERRINFO_RPC_INITIATED_DISCONNECT',
    'ended',
    'A tool of administration on the server, in another session, disconnected this one.',
  ],
  [
    2,
    'exDiscReasonAPIInitiatedLogoff',
    'ERRINFO_RPC_INITIATED_LOGOFF',
    'ended',
    'A tool of administration on the server, in another session, logged this one off.',
  ],
  [3, 'exDiscReasonServerIdleTimeout', 'ERRINFO_IDLE_TIMEOUT', 'ended', 'The limit for idle sessions had passed.'],
  [4, 'exDiscReasonServerLogonTimeout', 'ERRINFO_LOGON_TIMEOUT', 'ended', 'The limit for active sessions had passed.'],
  [5, 'exDiscReasonReplacedByOtherConnection', 'ERRINFO_DISCONNECTED_BY_OTHERCONNECTION', 'ended', 'Another connection took the session over.'],
  [6, 'exDiscReasonOutOfMemory', 'ERRINFO_OUT_OF_MEMORY', 'session', 'The server ran out of memory.'],
  [
    7,
    'exDiscReasonServerDeniedConnection',
    'ERRINFO_SERVER_DENIED_CONNECTION',
    'session',
    'The server denied the connection. No page divides that any further.',
  ],
  [8, 'exDiscReasonServerDeniedConnectionFips', null, 'security', 'The server denied the connection for security reasons; the name says that FIPS is meant.'],
  [9, 'exDiscReasonServerInsufficientPrivileges', 'ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES', 'session', 'The user lacks the right to connect to that server.'],
  [
    10,
    'exDiscReasonServerFreshCredsRequired',
    'ERRINFO_SERVER_FRESH_CREDENTIALS_REQUIRED',
    'authentication',
    'The server takes no saved credentials: the user has to type them.',
  ],
  [
    11,
    'exDiscReasonRpcInitiatedDisconnectByUser',
    'ERRINFO_RPC_INITIATED_DISCONNECT_BYUSER',
    'ended',
    'A tool that ran in the session itself, such as the start menu, disconnected it.',
  ],
  [12, 'exDiscReasonLogoffByUser', 'ERRINFO_LOGOFF_BY_USER', 'ended', 'The user logged off.'],
  [0x0f, null, 'ERRINFO_CLOSE_STACK_ON_DRIVER_NOT_READY', 'session', 'The display driver of the session did not report that it was ready in time.'],
  [0x10, null, 'ERRINFO_SERVER_DWM_CRASH', 'session', 'The desktop window manager of the session ended unexpectedly.'],
  [0x11, null, 'ERRINFO_CLOSE_STACK_ON_DRIVER_FAILURE', 'session', 'The display driver of the session failed while it started.'],
  [0x12, null, 'ERRINFO_CLOSE_STACK_ON_DRIVER_IFACE_FAILURE', 'session', 'The display driver of the session started, but the remoting stack could not use it.'],
  [0x17, null, 'ERRINFO_SERVER_WINLOGON_CRASH', 'session', 'The logon process of the session ended unexpectedly.'],
  [0x18, null, 'ERRINFO_SERVER_CSRSS_CRASH', 'session', 'A system process of the session (csrss) ended unexpectedly.'],
  [0x19, null, 'ERRINFO_SERVER_SHUTDOWN', 'ended', 'The server was shutting down.'],
  [0x1a, null, 'ERRINFO_SERVER_REBOOT', 'ended', 'The server was restarting.'],
  [256, 'exDiscReasonLicenseInternal', 'ERRINFO_LICENSE_INTERNAL', 'licensing', 'Something inside licensing failed.'],
  [257, 'exDiscReasonLicenseNoLicenseServer', 'ERRINFO_LICENSE_NO_LICENSE_SERVER', 'licensing', 'No licence server was available.'],
  [258, 'exDiscReasonLicenseNoLicense', 'ERRINFO_LICENSE_NO_LICENSE', 'licensing', 'No client access licence was available.'],
  [259, 'exDiscReasonLicenseErrClientMsg', 'ERRINFO_LICENSE_BAD_CLIENT_MSG', 'licensing', 'The server received a licensing message that was not valid.'],
  [
    260,
    'exDiscReasonLicenseHwidDoesntMatchLicense',
    'ERRINFO_LICENSE_HWID_DOESNT_MATCH_LICENSE',
    'licensing',
    'The licence that the client holds was issued for other hardware.',
  ],
  [261, 'exDiscReasonLicenseErrClientLicense', 'ERRINFO_LICENSE_BAD_CLIENT_LICENSE', 'licensing', 'The licence that the client holds is not valid.'],
  [262, 'exDiscReasonLicenseCantFinishProtocol', 'ERRINFO_LICENSE_CANT_FINISH_PROTOCOL', 'licensing', 'The network failed during the licensing exchange.'],
  [263, 'exDiscReasonLicenseClientEndedProtocol', 'ERRINFO_LICENSE_CLIENT_ENDED_PROTOCOL', 'licensing', 'The client ended the licensing exchange too early.'],
  [264, 'exDiscReasonLicenseErrClientEncryption', 'ERRINFO_LICENSE_BAD_CLIENT_ENCRYPTION', 'licensing', 'A licensing message was encrypted wrongly.'],
  [
    265,
    'exDiscReasonLicenseCantUpgradeLicense',
    'ERRINFO_LICENSE_CANT_UPGRADE_LICENSE',
    'licensing',
    'The licence of the client could be neither upgraded nor renewed.',
  ],
  [
    266,
    'exDiscReasonLicenseNoRemoteConnections',
    'ERRINFO_LICENSE_NO_REMOTE_CONNECTIONS',
    'licensing',
    'The server is not licensed to accept remote connections.',
  ],
  [267, 'exDiscReasonLicenseCreatingLicStoreAccDenied', null, 'licensing', 'The client was denied access to its own store of licences while creating it.'],
  [768, 'exDiscReasonRdpEncInvalidCredentials', null, 'authentication', 'The credentials were not valid, on a connection with the security of RDP itself.'],
  [0x400, null, 'ERRINFO_CB_DESTINATION_NOT_FOUND', 'broker', 'The broker did not find the destination.'],
  [0x402, null, 'ERRINFO_CB_LOADING_DESTINATION', 'broker', 'The destination that the client is redirected to is disconnecting from the broker.'],
  [0x404, null, 'ERRINFO_CB_REDIRECTING_TO_DESTINATION', 'broker', 'Redirecting to the destination failed.'],
  [0x405, null, 'ERRINFO_CB_SESSION_ONLINE_VM_WAKE', 'broker', 'Waking the virtual machine failed.'],
  [0x406, null, 'ERRINFO_CB_SESSION_ONLINE_VM_BOOT', 'broker', 'Starting the virtual machine failed.'],
  [0x407, null, 'ERRINFO_CB_SESSION_ONLINE_VM_NO_DNS', 'broker', 'The address of the virtual machine could not be determined.'],
  [0x408, null, 'ERRINFO_CB_DESTINATION_POOL_NOT_FREE', 'broker', 'Nothing in the pool of the broker is free.'],
  [0x409, null, 'ERRINFO_CB_CONNECTION_CANCELLED', 'broker', 'The connection was cancelled.'],
  [0x410, null, 'ERRINFO_CB_CONNECTION_ERROR_INVALID_SETTINGS', 'broker', 'The broker could not validate the routing token of the connection request.'],
  [0x411, null, 'ERRINFO_CB_SESSION_ONLINE_VM_BOOT_TIMEOUT', 'broker', 'Starting the virtual machine took too long.'],
  [0x412, null, 'ERRINFO_CB_SESSION_ONLINE_VM_SESSMON_FAILED', 'broker', 'Monitoring the session on the virtual machine failed.'],
];

export const EXTENDED: ReadonlyMap<number, CodeEntry> = new Map(
  ROWS.map(([code, name, wire, stage, meaning]) => [
    code,
    { code, name: name ?? wire ?? '', ...(name === null || wire === null ? {} : { wire }), stage, meaning, page: name === null ? ERRINFO_PAGE : EXTENDED_PAGE },
  ]),
);

const PROTOCOL_START = 0x1000;
const PROTOCOL_END = 0x7fff;

/** The entry of an extended code; codes of the protocol range share one. */
export function extendedEntry(code: number): CodeEntry | null {
  const known = EXTENDED.get(code);
  if (known !== undefined) return known;
  if (code < PROTOCOL_START || code > PROTOCOL_END) return null;
  return {
    code,
    name: 'exDiscReasonProtocolRange',
    stage: 'session',
    meaning: 'Client and server broke off because one sent what the other could not read: the range 0x1000 to 0x7fff is for errors of the protocol.',
    page: EXTENDED_PAGE,
  };
}
