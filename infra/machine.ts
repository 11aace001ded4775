import * as compute from '@pulumi/azure-native/compute';
import * as monitor from '@pulumi/azure-native/monitor';
import * as network from '@pulumi/azure-native/network';
import * as security from '@pulumi/azure-native/security';
import * as pulumi from '@pulumi/pulumi';
import { common, type Foundation } from './foundation';
import type { Logs } from './logs';

export interface MachineArgs {
  readonly role: 'rd-gateway' | 'session-host';
  readonly subnetId: pulumi.Input<string>;
  readonly image: { readonly publisher: string; readonly offer: string; readonly sku: string };
  readonly licenseType?: string;
  readonly backendPoolId?: pulumi.Input<string>;
  readonly availabilitySetId?: pulumi.Input<string>;
  /** Joins Microsoft Entra ID instead of a domain. */
  readonly entraJoined: boolean;
}

/** A supported release with a generation 2 image, which Trusted Launch needs. */
export const SERVER = { publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku: '2025-datacenter-azure-edition' };
export const DESKTOP = { publisher: 'MicrosoftWindowsDesktop', offer: 'windows-11', sku: 'win11-25h2-avd' };

/** A Windows machine without a public address, hardened as far as Azure can see. */
export class WindowsMachine extends pulumi.ComponentResource {
  readonly machine: compute.VirtualMachine;
  readonly address: pulumi.Output<string>;
  readonly #name: string;
  readonly #base: Foundation;

  constructor(name: string, base: Foundation, args: MachineArgs, logs: Logs, options?: pulumi.ComponentResourceOptions) {
    super('rdposture:infra:WindowsMachine', name, {}, options);
    this.#name = name;
    this.#base = base;
    const card = new network.NetworkInterface(
      name,
      {
        ...common(base),
        enableAcceleratedNetworking: true,
        ipConfigurations: [
          {
            name: 'primary',
            primary: true,
            subnet: { id: args.subnetId },
            privateIPAllocationMethod: 'Dynamic',
            ...(args.backendPoolId === undefined ? {} : { loadBalancerBackendAddressPools: [{ id: args.backendPoolId }] }),
          },
        ],
      },
      { parent: this },
    );
    this.address = card.ipConfigurations.apply((configurations) => configurations?.[0]?.privateIPAddress ?? '');
    this.machine = this.#machine(args, card);
    this.#protect(logs);
    this.#join(args);
    this.registerOutputs({});
  }

  #machine(args: MachineArgs, card: network.NetworkInterface): compute.VirtualMachine {
    const { settings } = this.#base;
    return new compute.VirtualMachine(
      this.#name,
      {
        ...common(this.#base),
        // The scanner knows the gateway by this tag: what may be open to the Internet there, may nowhere else.
        tags: { role: args.role },
        hardwareProfile: { vmSize: settings.machineSize },
        identity: { type: 'SystemAssigned' },
        ...(args.licenseType === undefined ? {} : { licenseType: args.licenseType }),
        ...(args.availabilitySetId === undefined ? {} : { availabilitySet: { id: args.availabilitySetId } }),
        securityProfile: { securityType: 'TrustedLaunch', encryptionAtHost: true, uefiSettings: { secureBootEnabled: true, vTpmEnabled: true } },
        storageProfile: {
          imageReference: { ...args.image, version: 'latest' },
          osDisk: {
            createOption: 'FromImage',
            deleteOption: 'Delete',
            osType: 'Windows',
            caching: 'ReadWrite',
            managedDisk: { storageAccountType: 'Premium_LRS' },
          },
        },
        osProfile: {
          // Windows takes 15 characters at most.
          computerName: this.#name.slice(0, 15),
          adminUsername: settings.adminUsername,
          adminPassword: settings.adminPassword,
          windowsConfiguration: {
            provisionVMAgent: true,
            enableAutomaticUpdates: true,
            patchSettings: { patchMode: 'AutomaticByPlatform', assessmentMode: 'AutomaticByPlatform' },
          },
        },
        diagnosticsProfile: { bootDiagnostics: { enabled: true } },
        networkProfile: { networkInterfaces: [{ id: card.id, primary: true }] },
      },
      // A password that is changed on the machine, or an image that has a newer version, does not make it anew.
      { parent: this, ignoreChanges: ['osProfile.adminPassword', 'storageProfile.imageReference.version'] },
    );
  }

  /** Endpoint detection, logs, and the audit of settings inside. */
  #protect({ windowsRule }: Logs): void {
    const { scan } = this.#base.settings;
    new security.Pricing(this.#name, { pricingName: 'VirtualMachines', pricingTier: 'Standard', subPlan: 'P1', scopeId: this.machine.id }, { parent: this });
    const agent = this.extension('monitor-agent', 'Microsoft.Azure.Monitor', 'AzureMonitorWindowsAgent', '1.0');
    new monitor.DataCollectionRuleAssociation(
      this.#name,
      { resourceUri: this.machine.id, dataCollectionRuleId: windowsRule.id },
      { parent: this, dependsOn: [agent] },
    );
    this.extension('machine-configuration', 'Microsoft.GuestConfiguration', 'ConfigurationforWindows', '1.0');
    if (scan?.hosts === 'ssh') this.extension('open-ssh', 'Microsoft.Azure.OpenSSH', 'WindowsOpenSSH', '3.0');
  }

  #join({ entraJoined }: MachineArgs): void {
    const { domain } = this.#base.settings;
    if (entraJoined) {
      this.extension('entra-join', 'Microsoft.Azure.ActiveDirectory', 'AADLoginForWindows', '2.0');
    } else if (domain !== null) {
      this.extension('domain-join', 'Microsoft.Compute', 'JsonADDomainExtension', '1.3', {
        // 3: join, and make the account.
        settings: { Name: domain.name, OUPath: domain.unit, User: domain.user, Restart: 'true', Options: '3' },
        protectedSettings: { Password: domain.password },
      });
    }
  }

  extension(
    what: string,
    publisher: string,
    type: string,
    typeHandlerVersion: string,
    more: Partial<compute.VirtualMachineExtensionArgs> = {},
    options: pulumi.CustomResourceOptions = {},
  ): compute.VirtualMachineExtension {
    return new compute.VirtualMachineExtension(
      `${this.#name}-${what}`,
      {
        ...common(this.#base),
        vmName: this.machine.name,
        vmExtensionName: what,
        publisher,
        type,
        typeHandlerVersion,
        autoUpgradeMinorVersion: true,
        ...more,
      },
      { parent: this, ...options },
    );
  }
}
