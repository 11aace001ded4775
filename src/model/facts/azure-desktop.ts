import type { JsonObject } from '../json.ts';
import { POOL_MEMBERS } from './azure-desktop-more.ts';
import { choice, closed, flag, RESOURCE_GROUP, text } from './azure-schema.ts';
import type { FactKind } from './kind.ts';

const PAGE = 'https://learn.microsoft.com/azure/virtual-desktop/rdp-properties';
const number = (description: string): JsonObject => ({ type: 'integer', description });

const RDP: Readonly<Record<string, JsonObject>> = {
  drivestoredirect: text('Drives: * all, DynamicDrives those connected later, a list, or empty for none. Default *.'),
  redirectclipboard: number('Clipboard: 0 off, 1 on. Default 1.'),
  redirectprinters: number('Printers: 0 off, 1 on. Default 1.'),
  redirectcomports: number('Serial ports: 0 off, 1 on. Default 1.'),
  redirectsmartcards: number('Smart cards: 0 off, 1 on. Default 1.'),
  redirectwebauthn: number('WebAuthn requests: 0 off, 1 on. Default 1.'),
  usbdevicestoredirect: text('USB devices: * all, classes or instances, or empty for none. Default *.'),
  devicestoredirect: text('MTP and PTP devices: * all, a list, or empty for none. Default *.'),
  enablecredsspsupport: number('CredSSP, which Network Level Authentication needs: 0 off, 1 on. Default 1.'),
  audiocapturemode: number('Microphone: 0 off, 1 on. Default 0.'),
  camerastoredirect: text('Cameras: * all, a list, or empty for none. Default none.'),
  redirectlocation: number('Location: 0 off, 1 on. Default 0.'),
  enablerdsaadauth: number('Microsoft Entra authentication, single sign-on: 0 off, 1 on. Default 0.'),
  targetisaadjoined: number('Older way to Entra-joined hosts with user name and password: 0 off, 1 on. Default 0.'),
};

const ACCESS = text(
  'Enabled (the default), Disabled, EnabledForClientsOnly or EnabledForSessionHostsOnly (https://learn.microsoft.com/azure/virtual-desktop/private-link-overview).',
);

export const AZURE_HOST_POOL: FactKind = {
  kind: 'azure.hostPool',
  title: 'A host pool of Azure Virtual Desktop, with the RDP properties that count',
  schema: closed({
    name: text('Name of the host pool.'),
    resourceGroup: RESOURCE_GROUP,
    hostPoolType: text('Pooled, Personal, BYODesktop, or not-stated.'),
    publicNetworkAccess: ACCESS,
    customRdpProperty: text('The string as declared; empty when there is none.'),
    rdp: closed(RDP, `RDP properties that count: declared in the host pool, else the default (${PAGE}).`),
    declared: closed(
      Object.fromEntries(Object.keys(RDP).map((name) => [name, flag(`Whether the host pool declares ${name}.`)])),
      'Which of them the host pool declares.',
    ),
    sources: closed(
      {
        rdp: closed(
          Object.fromEntries(Object.keys(RDP).map((name) => [name, choice(['host pool', 'default'], `Where ${name} comes from.`)])),
          'The same in words.',
        ),
      },
      'Where values come from.',
    ),
    ...POOL_MEMBERS,
  }),
};

export const AZURE_WORKSPACE: FactKind = {
  kind: 'azure.workspace',
  title: 'A workspace of Azure Virtual Desktop',
  schema: closed({
    name: text('Name of the workspace.'),
    resourceGroup: RESOURCE_GROUP,
    publicNetworkAccess: ACCESS,
  }),
};

export const AZURE_DESKTOP_ACCESS: FactKind = {
  kind: 'azure.desktopAccess',
  title: 'Whether a host pool or a workspace of Azure Virtual Desktop is reached over the Internet',
  schema: closed({
    name: text('Name of the host pool or workspace.'),
    resourceGroup: RESOURCE_GROUP,
    part: choice(['host-pool', 'workspace'], 'Which of the two it is.'),
    publicNetworkAccess: ACCESS,
  }),
};
