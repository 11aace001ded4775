import type { Json, JsonObject } from '../../../src/model/json.ts';
import type { Section } from '../../../src/model/snapshot.ts';
import { domainSid } from './accounts.ts';

function ok(data: Json): Section {
  return { status: 'ok', data };
}

/** Who may come through the gateway, and how far. */
export function gatewaySections(): Record<string, Section> {
  return {
    Win32_TSGatewayConnectionAuthorizationPolicy: ok([connectionPolicy()]),
    Win32_TSGatewayResourceAuthorizationPolicy: ok([resourcePolicy()]),
    Win32_TSGatewayResourceGroup: ok([]),
    Win32_TSGatewayRADIUSServer: ok([]),
    'gateway.transports': ok([
      { TransportType: 0, Enabled: false, IPAddress: '*', Port: 443 },
      { TransportType: 1, Enabled: true, IPAddress: '*', Port: 443 },
      { TransportType: 2, Enabled: true, IPAddress: '*', Port: 3391 },
    ]),
    'gateway.logEvents': ok(LOG_EVENTS.map((EventName) => ({ EventName, Enabled: true }))),
  };
}

const LOG_EVENTS = [
  'LogSuccessfulNetworkAccessCheck',
  'LogFailureNetworkAccessCheck',
  'LogSuccessfulResourceAccessCheck',
  'LogFailureResourceAccessCheck',
  'LogChannelConnect',
  'LogFailureChannelConnect',
  'LogChannelDisconnect',
];

function connectionPolicy(): JsonObject {
  return {
    Name: 'Remote staff',
    Enabled: true,
    Order: 1,
    UserGroupNames: String.raw`CONTOSO\RDS Remote Staff`,
    UserGroupSids: [domainSid(1106)],
    ComputerGroupNames: '',
    PasswordAllowed: true,
    SmartcardAllowed: true,
    CookieAuthenticationAllowed: true,
    DeviceRedirectionType: 2,
    DiskDrivesDisabled: true,
    PrintersDisabled: false,
    SerialPortsDisabled: true,
    ClipboardDisabled: false,
    PlugAndPlayDevicesDisabled: true,
    AllowOnlySDRServers: false,
    IdleTimeout: 60,
    SessionTimeout: 720,
    SessionTimeoutAction: 0,
  };
}

function resourcePolicy(): JsonObject {
  return {
    Name: 'Broker and session hosts',
    Enabled: true,
    ResourceGroupType: 'CG',
    ResourceGroupName: String.raw`CONTOSO\RDS Servers`,
    ResourceGroupSid: domainSid(1107),
    UserGroupNames: String.raw`CONTOSO\RDS Remote Staff`,
    UserGroupSids: [domainSid(1106)],
    PortNumbers: '3389',
    ProtocolNames: 'RDP',
  };
}

/** RD Web Access, over HTTPS alone. */
export function webSections(): Record<string, Section> {
  return {
    'iis.rdWeb': ok([
      {
        Site: 'Default Web Site',
        Path: '/RDWeb',
        SslFlags: 'Ssl',
        Authentication: 'Forms',
        HttpBinding: false,
        HstsEnabled: true,
        HstsMaxAge: 31_536_000,
        StrictTransportSecurity: '',
        DirectoryBrowsing: false,
        ErrorMode: 0,
        WebDav: false,
      },
    ]),
    'iis.rdWebSettings': ok([
      { Key: 'PublicModeSessionTimeoutInMinutes', Value: '20' },
      { Key: 'PrivateModeSessionTimeoutInMinutes', Value: '240' },
      { Key: 'ShowPublicCheckBox', Value: 'true' },
      { Key: 'PasswordChangeEnabled', Value: 'false' },
    ]),
  };
}

/** An activated license server with licenses left. */
export function licenseServerSections(): Record<string, Section> {
  const pack = { KeyPackType: 2, ProductType: 1, ProductVersionID: 8, ExpirationDate: '2038-01-01T00:00:00Z' };
  return {
    Win32_TSLicenseServer: ok([{ ActivationStatus: 0, IsInTerminalServerLicenseServers: true }]),
    Win32_TSLicenseKeyPack: ok([{ KeyPackId: 2, ...pack, TotalLicenses: 120, IssuedLicenses: 84, AvailableLicenses: 36 }]),
  };
}
