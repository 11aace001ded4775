import { rawEnum, rawInteger, rawText } from '../../../lib/raw.ts';
import { readRegistryValue, readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { PRINT_SPOOLER, type PrintSpooler } from '../../../model/facts/windows-print-spooler.ts';
import { PRINTER_DRIVER, type PrinterDriver } from '../../../model/facts/windows-printer-driver.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { hostFact, isDomainController, isSessionHost, numberOf, unreadFact } from './parts.ts';

const PRINTERS = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Printers';

const START_TYPES: Readonly<Record<number, string>> = {
  0: 'boot',
  1: 'system',
  2: 'automatic',
  3: 'manual',
  4: 'disabled',
};
const STATES: Readonly<Record<number, string>> = {
  1: 'stopped',
  2: 'start-pending',
  3: 'stop-pending',
  4: 'running',
  5: 'continue-pending',
  6: 'pause-pending',
  7: 'paused',
};

/** One fact an installed printer driver. */
export function printerDrivers(input: SnapshotInput): Fact[] {
  const drivers = readRows(input.snapshot, 'printerDrivers');
  if (drivers.state === 'absent') return [];
  if (drivers.state === 'unread') return [unreadFact(input, PRINTER_DRIVER.kind)];
  const sessionHost = isSessionHost(input);
  const seen = new Set<string>();
  const facts: Fact[] = [];
  for (const row of drivers.rows) {
    const driver = driverOf(input.target.name, row, sessionHost);
    const key = `${driver?.driver ?? ''}\n${driver?.environment ?? ''}`.toLowerCase();
    if (driver === undefined || seen.has(key)) continue;
    seen.add(key);
    facts.push(hostFact(input, PRINTER_DRIVER.kind, [driver.driver, driver.environment], driver.driver, driver));
  }
  return facts;
}

function driverOf(host: string, row: JsonObject, sessionHost: boolean | null): PrinterDriver | undefined {
  const driver = rawText(member(row, 'Name'));
  if (driver === undefined) return undefined;
  const manufacturer = rawText(member(row, 'Manufacturer'))?.trim() ?? '';
  const signed = member(row, 'IsSigned');
  return {
    host,
    driver,
    environment: rawText(member(row, 'PrinterEnvironment')) ?? '',
    model: rawInteger(member(row, 'MajorVersion')) ?? null,
    manufacturer: manufacturer === '' ? null : manufacturer,
    microsoft: manufacturer === '' ? null : /^microsoft( corporation)?$/i.test(manufacturer),
    signed: typeof signed === 'boolean' ? signed : null,
    sessionHost,
  };
}

/** The spooler is out of reach when it cannot run, or when policy closes its endpoint. */
export function printSpooler(input: SnapshotInput): Fact {
  const endpoint = numberOf(readRegistryValue(input.snapshot, PRINTERS, 'RegisterSpoolerRemoteRpcEndPoint'));
  // 1 is enabled, 2 disabled; without the policy the spooler accepts client connections.
  const accepts = endpoint === null ? null : endpoint !== 2;
  const { startType, running } = serviceOf(input);
  const mayRun = startType === null ? null : startType !== 'disabled';
  const data: PrintSpooler = {
    host: input.target.name,
    reachable: accepts === false || (mayRun === false && running === false) ? false : accepts === null || mayRun === null ? null : true,
    running,
    startType,
    domainController: isDomainController(input),
    printServer: input.host?.roles.includes('print-server') === true,
  };
  return hostFact(input, PRINT_SPOOLER.kind, [], `print spooler of ${input.target.name}`, data, {
    '/reachable': '/printing/remoteClients',
  });
}

/** A disabled service may still run until it is stopped. */
function serviceOf(input: SnapshotInput): { startType: string | null; running: boolean | null } {
  const services = readRows(input.snapshot, 'services');
  if (services.state !== 'read') return { startType: null, running: null };
  const row = services.rows.find((candidate) => rawText(member(candidate, 'Name'))?.toLowerCase() === 'spooler');
  if (row === undefined) return { startType: null, running: null };
  const status = rawEnum(member(row, 'Status'), STATES);
  return {
    startType: rawEnum(member(row, 'StartType'), START_TYPES) ?? null,
    running: status === undefined ? null : status !== 'stopped',
  };
}
