import * as authorization from '@pulumi/azure-native/authorization';
import * as desktopvirtualization from '@pulumi/azure-native/desktopvirtualization';
import * as network from '@pulumi/azure-native/network';
import * as privatedns from '@pulumi/azure-native/privatedns';
import * as pulumi from '@pulumi/pulumi';
import { common, type Foundation } from './foundation';
import { auditLogs, type Logs } from './logs';
import type { WindowsMachine } from './machine';
import type { VirtualNetwork } from './network';

/** Desktop Virtualization User (learn.microsoft.com/azure/role-based-access-control/built-in-roles/compute). */
const USER_ROLE = '1d18fff3-a72a-46b5-b4a9-0b38a3cd7e63';

/** Nothing of the client's computer goes into a session, or out; single sign-on by Microsoft Entra ID. */
const RDP_PROPERTIES = [
  'drivestoredirect:s:',
  'usbdevicestoredirect:s:',
  'devicestoredirect:s:',
  'redirectclipboard:i:0',
  'redirectcomports:i:0',
  'redirectprinters:i:0',
  'redirectlocation:i:0',
  'audiocapturemode:i:0',
  'camerastoredirect:s:',
  'enablecredsspsupport:i:1',
  'enablerdsaadauth:i:1',
  'targetisaadjoined:i:0',
];

export interface Desktops {
  readonly pool: desktopvirtualization.HostPool;
  readonly workspace: desktopvirtualization.Workspace;
}

/** Azure Virtual Desktop that is reached over private endpoints only: clients come over a VPN, ExpressRoute or a peering. */
export function desktops(base: Foundation, where: VirtualNetwork, logs: Logs): Desktops {
  const { settings, subscriptionId } = base;
  const pool = new desktopvirtualization.HostPool('desktops', {
    ...common(base),
    hostPoolType: 'Pooled',
    loadBalancerType: 'BreadthFirst',
    preferredAppGroupType: 'Desktop',
    maxSessionLimit: 12,
    startVMOnConnect: false,
    validationEnvironment: false,
    publicNetworkAccess: 'Disabled',
    customRdpProperty: `${RDP_PROPERTIES.join(';')};`,
    agentUpdate: {
      type: 'Scheduled',
      useSessionHostLocalTime: true,
      maintenanceWindows: [
        { dayOfWeek: 'Sunday', hour: 2 },
        { dayOfWeek: 'Wednesday', hour: 2 },
      ],
    },
  });
  const desktop = new desktopvirtualization.ApplicationGroup('desktops', { ...common(base), applicationGroupType: 'Desktop', hostPoolArmPath: pool.id });
  const workspace = new desktopvirtualization.Workspace('desktops', {
    ...common(base),
    publicNetworkAccess: 'Disabled',
    applicationGroupReferences: [desktop.id],
  });
  if (settings.desktops.usersGroup !== null) {
    new authorization.RoleAssignment('desktop-users', {
      scope: desktop.id,
      principalId: settings.desktops.usersGroup,
      principalType: 'Group',
      roleDefinitionId: pulumi.interpolate`/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${USER_ROLE}`,
    });
  }
  auditLogs('host-pool', pool.id, logs);
  auditLogs('application-group', desktop.id, logs);
  auditLogs('workspace', workspace.id, logs);

  // https://learn.microsoft.com/azure/virtual-desktop/private-link-setup
  const zone = privateZone(base, 'privatelink.wvd.microsoft.com', where);
  const globalZone = privateZone(base, 'privatelink-global.wvd.microsoft.com', where);
  privateEndpoint(base, 'connection', pool.id, zone, where);
  privateEndpoint(base, 'feed', workspace.id, zone, where);
  privateEndpoint(base, 'global', workspace.id, globalZone, where);
  return { pool, workspace };
}

function privateZone(base: Foundation, zone: string, { id }: VirtualNetwork): privatedns.PrivateZone {
  const made = new privatedns.PrivateZone(zone, { resourceGroupName: base.group.name, location: 'Global', privateZoneName: zone });
  new privatedns.VirtualNetworkLink(zone, {
    resourceGroupName: base.group.name,
    location: 'Global',
    privateZoneName: made.name,
    registrationEnabled: false,
    virtualNetwork: { id },
  });
  return made;
}

function privateEndpoint(base: Foundation, group: string, to: pulumi.Input<string>, zone: privatedns.PrivateZone, { endpoints }: VirtualNetwork): void {
  const endpoint = new network.PrivateEndpoint(group, {
    ...common(base),
    subnet: { id: endpoints },
    privateLinkServiceConnections: [{ name: group, privateLinkServiceId: to, groupIds: [group] }],
  });
  new network.PrivateDnsZoneGroup(group, {
    resourceGroupName: base.group.name,
    privateEndpointName: endpoint.name,
    privateDnsZoneConfigs: [{ name: 'zone', privateDnsZoneId: zone.id }],
  });
}

/** Makes a machine a session host of the pool. The token counts once; later ones change nothing. */
export function register(machine: WindowsMachine, { pool }: Desktops, { settings }: Foundation): void {
  const { registrationToken, configurationUrl } = settings.desktops;
  if (registrationToken === null || configurationUrl === null) return;
  machine.extension(
    'session-host',
    'Microsoft.Powershell',
    'DSC',
    '2.73',
    {
      settings: {
        modulesUrl: configurationUrl,
        configurationFunction: 'Configuration.ps1\\AddSessionHost',
        properties: { hostPoolName: pool.name, aadJoin: true },
      },
      protectedSettings: { properties: { registrationInfoToken: registrationToken } },
    },
    { ignoreChanges: ['protectedSettings'] },
  );
}
