import * as pulumi from '@pulumi/pulumi';
import { isPrivate, parseNetwork, sizeOf } from './addresses';

/** What a deployment decides, checked. */
export interface Settings {
  readonly location: string;
  readonly adminUsername: string;
  readonly adminPassword: pulumi.Output<string>;
  readonly adminNetworks: readonly string[];
  readonly alertEmail: string;
  readonly virtualNetwork: string;
  readonly access: 'gateway' | 'avd' | 'both';
  readonly gateways: number;
  readonly sessionHosts: number;
  readonly machineSize: string;
  readonly logDays: number;
  /** Null leaves the machines in a workgroup: the gateway role needs a domain to work. */
  readonly domain: DomainSettings | null;
  readonly desktops: DesktopSettings;
  /** Null: no scheduled scan. */
  readonly scan: ScanSettings | null;
}

export interface DomainSettings {
  readonly name: string;
  readonly unit: string;
  readonly user: string;
  readonly password: pulumi.Output<string>;
}

export interface DesktopSettings {
  /** Object id of the group whose members may use the desktops; null: nobody yet. */
  readonly usersGroup: string | null;
  /** Registers new hosts; null: hosts are made and join nothing yet. */
  readonly registrationToken: pulumi.Output<string> | null;
  /** Address of the archive that holds the configuration `AddSessionHost`. */
  readonly configurationUrl: string | null;
}

export interface ScanSettings {
  readonly image: string;
  /** Resource id of the registry that the image is in; null: the registry asks for nothing. */
  readonly registryId: string | null;
  readonly schedule: string;
  readonly hosts: 'snapshots' | 'ssh';
}

/** What is tried first: the list of the policy VMH-013. */
const GUESSED =
  'administrator admin administrateur adm azureadmin azureuser azureadministrator avdadmin vmadmin localadmin sysadmin root user test guest adminuser rdpadmin demouser';
/** Whoever reaches RDP tries passwords there: a few jump hosts do, whole networks of people do not (the policy NET-013). */
const MOST_ADMINISTRATORS = 32;
/** Container Apps take five fields. */
const CRON = /^(?:[\d*,/-]+\s+){4}[\d*,/-]+$/;
/** With a tag other than `latest`, or a digest: what runs with rights over a subscription does not change by itself. */
const IMAGE = /^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)+(?::(?!latest(?:@|$))[\w.-]+|@sha256:[0-9a-f]{64})+$/;
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads and checks the configuration of the stack. All that is wrong is said at once. */
export function readSettings(): Settings {
  const config = new pulumi.Config();
  const problems: string[] = [];
  const check = (isRight: boolean, problem: string): void => void (isRight || problems.push(problem));

  const access = config.get('access') ?? 'gateway';
  check(['gateway', 'avd', 'both'].includes(access), `'access' is '${access}'; it should be gateway, avd or both.`);
  const adminUsername = config.require('adminUsername');
  check(/^[A-Za-z][\w-]{0,19}$/.test(adminUsername), `'adminUsername' should be a letter and at most 19 letters, digits, '-' or '_' more.`);
  check(!GUESSED.split(' ').includes(adminUsername.toLowerCase()), `'adminUsername' is '${adminUsername}', which is guessed first.`);
  const virtualNetwork = config.get('virtualNetwork') ?? '10.60.0.0/22';
  const network = parseNetwork(virtualNetwork);
  check(
    network !== undefined && isPrivate(network) && network.length <= 22,
    `'virtualNetwork' is '${virtualNetwork}'; it should be a private network of /22 or larger.`,
  );
  const adminNetworks = config.getObject<string[]>('adminNetworks') ?? [];
  for (const text of adminNetworks) {
    const admin = parseNetwork(text);
    // Machines have no public address: whoever is let in comes over a VPN or a peering.
    check(admin !== undefined && isPrivate(admin), `'adminNetworks' holds '${text}'; it should hold private networks such as 10.20.0.16/28.`);
  }
  const administrators = adminNetworks.reduce((sum, text) => sum + sizeOf(parseNetwork(text)?.length ?? 32), 0);
  check(administrators <= MOST_ADMINISTRATORS, `'adminNetworks' holds ${administrators} addresses; it should hold jump hosts, ${MOST_ADMINISTRATORS} at most.`);
  const alertEmail = config.require('alertEmail');
  check(/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(alertEmail), `'alertEmail' is no address: '${alertEmail}'.`);
  const count = (name: string, least: number, most: number): number => {
    const value = config.getNumber(name) ?? 2;
    check(Number.isInteger(value) && value >= least && value <= most, `'${name}' is ${value}; it should be a whole number from ${least} to ${most}.`);
    return value;
  };
  const logDays = config.getNumber('logDays') ?? 90;
  // https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
  check(Number.isInteger(logDays) && logDays >= 90 && logDays <= 730, `'logDays' is ${logDays}; it should be from 90 to 730.`);

  const settings: Settings = {
    location: new pulumi.Config('azure-native').require('location'),
    adminUsername,
    adminPassword: config.requireSecret('adminPassword').apply(strongPassword),
    adminNetworks,
    alertEmail,
    virtualNetwork,
    access: access as Settings['access'],
    gateways: count('gateways', 1, 10),
    sessionHosts: count('sessionHosts', 0, 100),
    machineSize: config.get('machineSize') ?? 'Standard_D4s_v5',
    logDays,
    domain: readDomain(config),
    desktops: readDesktops(config, check),
    scan: (config.getBoolean('scanEnabled') ?? true) ? readScan(config, check) : null,
  };
  if (problems.length > 0) throw new pulumi.RunError(`The configuration cannot be used:\n  ${problems.join('\n  ')}`);
  return settings;
}

type Check = (isRight: boolean, problem: string) => void;

function strongPassword(password: string): string {
  if (password.length < 14) throw new pulumi.RunError("'adminPassword' is shorter than 14 characters.");
  return password;
}

function readDomain(config: pulumi.Config): DomainSettings | null {
  const name = config.get('domainName');
  if (name === undefined) return null;
  return { name, unit: config.get('domainUnit') ?? '', user: config.require('domainUser'), password: config.requireSecret('domainPassword') };
}

function readDesktops(config: pulumi.Config, check: Check): DesktopSettings {
  const usersGroup = config.get('avdUsersGroup') ?? null;
  check(usersGroup === null || GUID.test(usersGroup), `'avdUsersGroup' should be the object id of a group.`);
  const registrationToken = config.getSecret('avdRegistrationToken') ?? null;
  const configurationUrl = config.get('avdConfigurationUrl') ?? null;
  check(registrationToken === null || configurationUrl !== null, `'avdRegistrationToken' needs 'avdConfigurationUrl': the archive that registers hosts.`);
  check(configurationUrl === null || configurationUrl.startsWith('https://'), `'avdConfigurationUrl' should begin with https://.`);
  return { usersGroup, registrationToken, configurationUrl };
}

function readScan(config: pulumi.Config, check: Check): ScanSettings {
  const image = config.require('scanImage');
  check(IMAGE.test(image), `'scanImage' is '${image}'; it should name a registry, and a version or a digest, not 'latest'.`);
  const schedule = config.get('scanSchedule') ?? '0 4 * * *';
  check(CRON.test(schedule), `'scanSchedule' is '${schedule}'; it should be five fields of cron.`);
  const hosts = config.get('scanHosts') ?? 'snapshots';
  check(hosts === 'snapshots' || hosts === 'ssh', `'scanHosts' is '${hosts}'; it should be snapshots or ssh.`);
  return { image, registryId: config.get('scanRegistryId') ?? null, schedule, hosts: hosts as ScanSettings['hosts'] };
}
