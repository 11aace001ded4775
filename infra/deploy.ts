import type * as pulumi from '@pulumi/pulumi';
import { desktops, type Desktops, register } from './desktops';
import { foundation, type Foundation } from './foundation';
import { gateways } from './gateway';
import { auditLogs, flowLogs, type Logs, logs } from './logs';
import { DESKTOP, SERVER, WindowsMachine } from './machine';
import { virtualNetwork, type VirtualNetwork } from './network';
import { scheduledScan } from './scan';
import type { Settings } from './settings';

/** What somebody needs to know of what was made. */
export type Outputs = Readonly<Record<string, pulumi.Input<unknown>>>;

/** Everything, top to bottom. */
export function deploy(settings: Settings): Outputs {
  const base = foundation(settings);
  const where = virtualNetwork(base);
  const to = logs(base);
  auditLogs('bastion', where.bastion.id, to, 'BastionAuditLogs');
  flowLogs(base, where.id, to);
  const gateway = where.gateways === null ? null : gateways(base, where.gateways, to);
  const virtual = settings.access === 'gateway' ? null : desktops(base, where, to);
  const hosts = sessionHosts(base, where, virtual, to);
  const scan = settings.scan === null ? null : scheduledScan(base, settings.scan, where, to);
  return {
    resourceGroup: base.group.name,
    sessionHosts: hosts.map(({ machine }) => machine.name),
    ...(gateway === null ? {} : { gatewayAddress: gateway.address, gatewayHosts: gateway.machines.map(({ machine }) => machine.name) }),
    ...(virtual === null ? {} : { hostPool: virtual.pool.name, workspace: virtual.workspace.name }),
    ...(scan === null ? {} : { scanJob: scan.job.name, scanShare: scan.share, scanVault: scan.vault.name }),
  };
}

/** Servers behind the gateway; with Azure Virtual Desktop, multi-session desktops that join Microsoft Entra ID. */
function sessionHosts(base: Foundation, { hosts }: VirtualNetwork, virtual: Desktops | null, to: Logs): WindowsMachine[] {
  const licence = virtual === null ? {} : { licenseType: 'Windows_Client' };
  return Array.from({ length: base.settings.sessionHosts }, (_, index) => {
    const name = `rdsh${String(index + 1).padStart(2, '0')}`;
    const image = virtual === null ? SERVER : DESKTOP;
    const host = new WindowsMachine(name, base, { role: 'session-host', subnetId: hosts, image, ...licence, entraJoined: virtual !== null }, to);
    if (virtual !== null) register(host, virtual, base);
    return host;
  });
}
