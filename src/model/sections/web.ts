import type { SectionSpec } from '../snapshot.ts';
import { ADMINISTRATORS, IIS_CONFIGURATION, ORDINARY_USER } from './rights.ts';

const flag = { type: ['boolean', 'null'] } as const;
const text = { type: ['string', 'null'] } as const;
const integer = { type: ['integer', 'null'] } as const;

/** One row for each application /RDWeb of IIS, with its effective configuration; absent where there is none. */
export const RD_WEB_SECTION: SectionSpec = {
  name: 'iis.rdWeb',
  of: 'windows-host',
  title: 'RD Web Access in IIS',
  shape: 'rows',
  source: 'https://learn.microsoft.com/powershell/module/webadministration/get-webconfigurationproperty',
  right: IIS_CONFIGURATION,
  columns: {
    Site: { type: 'string' },
    Path: { type: 'string', description: '/RDWeb' },
    SslFlags: { ...text, description: 'sslFlags of system.webServer/security/access: None, or names such as Ssl,Ssl128 with commas between.' },
    HttpBinding: { ...flag, description: 'The site has a binding of the protocol http.' },
    HstsEnabled: { ...flag, description: 'hsts of the site (IIS 10 version 1709 and later).' },
    HstsMaxAge: { ...integer, description: 'Seconds.' },
    StrictTransportSecurity: {
      ...text,
      description: 'Value of the custom header of that name in system.webServer/httpProtocol/customHeaders; empty without it.',
    },
    DirectoryBrowsing: { ...flag, description: 'enabled of system.webServer/directoryBrowse.' },
    ErrorMode: { type: ['integer', 'string', 'null'], description: 'errorMode of system.webServer/httpErrors: 0 DetailedLocalOnly, 1 Custom, 2 Detailed.' },
    Authentication: {
      type: ['integer', 'string', 'null'],
      description: 'mode of system.web/authentication of the pages: 0 None, 1 Windows, 2 Passport, 3 Forms.',
    },
    WebDav: { ...flag, description: 'The module WebDAVModule is among the global modules.' },
  },
};

/** appSettings of %windir%\Web\RDWeb\Pages\Web.config; absent where the file is missing. */
export const RD_WEB_SETTINGS_SECTION: SectionSpec = {
  name: 'iis.rdWebSettings',
  of: 'windows-host',
  title: 'Settings of the pages of RD Web Access',
  shape: 'rows',
  source: 'https://learn.microsoft.com/dotnet/framework/configure-apps/file-schema/appsettings/appsettings-element-for-configuration',
  right: ORDINARY_USER,
  columns: {
    Key: { type: 'string', description: 'PublicModeSessionTimeoutInMinutes, PrivateModeSessionTimeoutInMinutes, ShowPublicCheckBox, PasswordChangeEnabled.' },
    Value: text,
  },
};

/** `Get-RDWebClientPackage`; absent where the module RDWebClientManagement is missing. */
export const WEB_CLIENT_PACKAGES_SECTION: SectionSpec = {
  name: 'webClient.packages',
  of: 'windows-host',
  title: 'Packages of the HTML5 web client',
  shape: 'rows',
  source: 'https://learn.microsoft.com/windows-server/remote/remote-desktop-services/clients/remote-desktop-web-client-admin',
  right: ADMINISTRATORS,
  columns: {
    Version: { ...text, description: 'Of the package.' },
    PublishedAs: { ...text, description: 'Production, Test; empty when it is installed and not published.' },
  },
};

export const WEB_SECTIONS: readonly SectionSpec[] = [RD_WEB_SECTION, RD_WEB_SETTINGS_SECTION, WEB_CLIENT_PACKAGES_SECTION];
