import { rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import { readRegistryValue, readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { DRIVER_INTEGRITY, type DriverIntegrity } from '../../../model/facts/windows-driver-integrity.ts';
import { PRINT_SPOOLER } from '../../../model/facts/windows-print-spooler.ts';
import { PRINTER_DRIVER } from '../../../model/facts/windows-printer-driver.ts';
import { RDS_DEVICE, type RdsDevice } from '../../../model/facts/windows-rds-device.ts';
import { SESSION_HOST_STATE, type SessionHostState } from '../../../model/facts/windows-session-host-state.ts';
import { member } from '../../../model/json.ts';
import type { SnapshotInput, SnapshotNormaliser } from '../../../model/normalise.ts';
import { decidingRule, isBlocked } from './device-policy.ts';
import { hostFact, memberOf, numberOf } from './parts.ts';
import { printerDrivers, printSpooler } from './printing.ts';
import { NEEDED_DEVICES, type NeededDevice } from './rds-devices.ts';
import { entryBehind, policyFor, readRestrictions, type Restrictions, retroactivePolicyFor } from './restrictions.ts';

/** What a host's driver and device policies amount to: devices that sessions need, driver signatures, printing. */
export const normaliseDrivers: SnapshotNormaliser = (input, context) => {
  if (input.snapshot.target.kind !== 'windows-host') return { facts: [], problems: [] };
  const wanted = Object.entries(MAKERS).filter(([kind]) => context.wanted?.has(kind) !== false);
  return { facts: wanted.flatMap(([, make]) => make(input)), problems: [] };
};

/** Makers of facts by kind. */
const MAKERS: Readonly<Record<string, (input: SnapshotInput) => readonly Fact[]>> = {
  [RDS_DEVICE.kind]: deviceFacts,
  [DRIVER_INTEGRITY.kind]: (input) => [driverIntegrity(input)],
  [PRINT_SPOOLER.kind]: (input) => [printSpooler(input)],
  [PRINTER_DRIVER.kind]: printerDrivers,
  [SESSION_HOST_STATE.kind]: (input) => [sessionHostState(input)],
};

function deviceFacts(input: SnapshotInput): Fact[] {
  const restrictions = readRestrictions(input.snapshot);
  return NEEDED_DEVICES.map((device) => deviceFact(input, restrictions, device));
}

function deviceFact(input: SnapshotInput, restrictions: Restrictions, device: NeededDevice): Fact {
  const policy = policyFor(restrictions, device);
  const blocked = isBlocked(policy);
  const decidedBy = decidingRule(policy);
  const data: RdsDevice = {
    host: input.target.name,
    device: device.name,
    classGuid: device.classGuid,
    essential: device.essential,
    outcome: blocked === null ? null : blocked ? 'blocked' : 'allowed',
    decidedBy,
    rule: decidedBy === null ? null : entryBehind(restrictions, decidedBy, device),
    layered: restrictions.layered,
    retroactive: isBlocked(retroactivePolicyFor(restrictions, device)),
    problems: problemDevices(input, device),
  };
  return hostFact(input, RDS_DEVICE.kind, [device.name], `${device.name} of ${input.target.name}`, data, {
    '/outcome': `/deviceInstall/${decidedBy === null || decidedBy === 'nothing' ? 'denyClasses' : decidedBy}`,
    '/retroactive': '/deviceInstall/denyClassesRetroactive',
  });
}

/** CM_PROB_DISABLED and CM_PROB_FAILED_INSTALL: what a refused installation leaves behind. */
const REFUSED = new Set([22, 28]);

function problemDevices(input: SnapshotInput, device: NeededDevice): RdsDevice['problems'] {
  const devices = readRows(input.snapshot, 'pnpDevices');
  if (devices.state !== 'read') return null;
  return devices.rows
    .filter((row) => rawText(member(row, 'ClassGuid'))?.toLowerCase() === device.classGuid)
    .map((row) => ({
      instanceId: rawText(member(row, 'InstanceId')) ?? '',
      code: rawInteger(member(row, 'ConfigManagerErrorCode')) ?? 0,
    }))
    .filter(({ code }) => REFUSED.has(code));
}

const PRINTERS = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Printers';
const DEVICE_INSTALL = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\DeviceInstall\\Settings';

function driverIntegrity(input: SnapshotInput): Fact {
  const reading = readRegistryValue(input.snapshot, 'HKLM\\SYSTEM\\CurrentControlSet\\Control', 'SystemStartOptions');
  // Windows always writes the value, if only as an empty text.
  const options = reading.known ? rawText(reading.value)?.toUpperCase() : undefined;
  const words = options?.split(/\s+/).map((word) => word.replace(/^\//, ''));
  const kernelPrinters = numberOf(readRegistryValue(input.snapshot, PRINTERS, 'KMPrintersAreBlocked'));
  const isolation = numberOf(readRegistryValue(input.snapshot, PRINTERS, 'PrintDriverIsolationExecutionPolicy'));
  const remote = numberOf(readRegistryValue(input.snapshot, DEVICE_INSTALL, 'AllowRemoteRPC'));
  const running = memberOf(input, 'deviceGuard', 'SecurityServicesRunning');
  const data: DriverIntegrity = {
    host: input.target.name,
    testSigning: words === undefined ? null : words.some((word) => word === 'TESTSIGNING' || /^TESTSIGNING=(ON|YES|TRUE|1)$/.test(word)),
    integrityChecks: words === undefined ? null : !words.some((word) => word === 'NOINTEGRITYCHECKS' || word === 'DISABLE_INTEGRITY_CHECKS'),
    kernelModePrinterDrivers: kernelPrinters === null ? null : kernelPrinters === 0,
    memoryIntegrity: running === undefined ? null : rawList(running).some((service) => rawInteger(service) === 2),
    remotePlugAndPlay: remote === null ? null : remote === 1,
    isolatedPrintDrivers: isolation === null ? null : isolation !== 0,
  };
  return hostFact(input, DRIVER_INTEGRITY.kind, [], `drivers of ${input.target.name}`, data, {
    '/testSigning': '/boot/startOptions',
    '/remotePlugAndPlay': '/deviceInstall/remoteRpc',
    '/isolatedPrintDrivers': '/printing/driverIsolation',
  });
}

/** `change logon /disable` sets Logons, `/drain` the drain mode. */
function sessionHostState(input: SnapshotInput): Fact {
  const drain = rawInteger(memberOf(input, 'Win32_TerminalServiceSetting', 'SessionBrokerDrainMode'));
  const logons = rawInteger(memberOf(input, 'Win32_TerminalServiceSetting', 'Logons'));
  const closed = (drain !== undefined && drain !== 0) || logons === 1;
  const data: SessionHostState = {
    host: input.target.name,
    acceptsLogons: closed ? false : drain === undefined ? null : true,
  };
  return hostFact(input, SESSION_HOST_STATE.kind, [], `new sessions of ${input.target.name}`, data);
}
