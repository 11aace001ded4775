import { rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import {
  DISPLAY_ADAPTER,
  DISPLAY_CRASHES,
  type DisplayAdapter,
  type DisplayCrashes,
  GRAPHICS,
  type Graphics,
  REMOTE_DISPLAY,
  type RemoteDisplay,
} from '../../../model/facts/windows-sessions.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { hostFact, isSessionHost, memberOf, unreadFact } from '../drivers/parts.ts';
import { POLICIES, registryNumber } from './values.ts';

/** https://learn.microsoft.com/windows-hardware/drivers/install/system-defined-device-setup-classes-available-to-vendors */
const DISPLAY_CLASS = '{4d36e968-e325-11ce-bfc1-08002be10318}';
const REMOTE = 'swd\\remotedisplayenum\\';

interface Device {
  readonly id: string;
  readonly row: JsonObject;
  readonly present: boolean | null;
}

/** Display devices, each once; null when nobody could look. A remote one exists only while its session does, or remembered. */
function displayDevices(input: SnapshotInput): readonly Device[] | null {
  const rows = readRows(input.snapshot, 'pnpDevices');
  if (rows.state !== 'read') return rows.state === 'absent' ? [] : null;
  const devices = new Map<string, Device>();
  for (const row of rows.rows) {
    const id = rawText(member(row, 'InstanceId')) ?? '';
    const isDisplay = rawText(member(row, 'ClassGuid'))?.toLowerCase() === DISPLAY_CLASS || id.toLowerCase().startsWith(REMOTE);
    if (!isDisplay || id === '' || devices.has(id.toLowerCase())) continue;
    const present = member(row, 'Present');
    devices.set(id.toLowerCase(), { id, row, present: typeof present === 'boolean' ? present : null });
  }
  return [...devices.values()];
}

/** One fact a display adapter that is present, or may be. */
export function displayAdapters(input: SnapshotInput): Fact[] {
  const devices = displayDevices(input);
  if (devices === null) return [unreadFact(input, DISPLAY_ADAPTER.kind)];
  return devices.flatMap(({ id, row, present }) => {
    if (present === false) return [];
    // What is not certainly present may report an error that means nothing.
    const code = present === null ? null : (rawInteger(member(row, 'ConfigManagerErrorCode')) ?? null);
    const data: DisplayAdapter = {
      host: input.target.name,
      device: id,
      name: rawText(member(row, 'FriendlyName')) ?? id,
      remote: id.toLowerCase().startsWith(REMOTE),
      code,
    };
    return [hostFact(input, DISPLAY_ADAPTER.kind, [id], data.name, data)];
  });
}

export function remoteDisplay(input: SnapshotInput): Fact {
  const remote = displayDevices(input)?.filter(({ id }) => id.toLowerCase().startsWith(REMOTE));
  const data: RemoteDisplay = {
    host: input.target.name,
    leftOver: remote === undefined || remote.some(({ present }) => present === null) ? null : remote.filter(({ present }) => present === false).length,
  };
  return hostFact(input, REMOTE_DISPLAY.kind, [], `remote display adapters of ${input.target.name}`, data);
}

const CRASH_IDS = new Set([10_110, 10_111, 10_120, 10_121]);
const SEVEN_DAYS = 7 * 24 * 60 * 60 * 1000;

export function displayCrashes(input: SnapshotInput): Fact {
  const data: DisplayCrashes = { host: input.target.name, crashes: countCrashes(input) };
  return hostFact(input, DISPLAY_CRASHES.kind, [], `crashes of the remote display driver of ${input.target.name}`, data);
}

function countCrashes(input: SnapshotInput): number | null {
  const rows = readRows(input.snapshot, 'events.displayDriver');
  if (rows.state !== 'read') return rows.state === 'absent' ? 0 : null;
  const collected = Date.parse(input.snapshot.collectedAt);
  if (Number.isNaN(collected)) return null;
  return rows.rows.filter((row) => {
    const age = collected - Date.parse(rawText(member(row, 'TimeCreated')) ?? '');
    const isNamed = rawList(member(row, 'Data')).some((text) => /rdpidd|remotedisplayenum/i.test(rawText(text) ?? ''));
    return isNamed && age <= SEVEN_DAYS && CRASH_IDS.has(rawInteger(member(row, 'Id')) ?? 0);
  }).length;
}

/** NVIDIA, AMD and Intel, and the device by which Hyper-V hands in a part of a card. */
const GPU = /^pci\\ven_(?:10de|1002|8086|1414&dev_008e)/i;

export function graphics(input: SnapshotInput): Fact {
  const build = rawInteger(memberOf(input, 'os', 'build'));
  const encoding = registryNumber(input, POLICIES, 'AVCHardwareEncodePreferred');
  const data: Graphics = {
    host: input.target.name,
    sessionHost: isSessionHost(input),
    gpu: hasGpu(displayDevices(input)),
    wddmDriver: policyFlag(input, 'fEnableWddmDriver'),
    // Declared for Windows 10 1903 (18362) to 2004 (19041); later releases of that base share its files.
    wddmCounts: build === undefined ? null : build >= 18_362 && build <= 19_045,
    hardwareAdapters: policyFlag(input, 'bEnumerateHWBeforeSW'),
    avc444: policyFlag(input, 'AVC444ModePreferred'),
    // Older templates wrote 1 to 3, newer ones 1 and 0.
    hardwareEncoding: encoding === undefined ? 'not-set' : encoding === null ? null : encoding !== 0,
  };
  return hostFact(input, GRAPHICS.kind, [], `graphics of ${input.target.name}`, data, {
    '/wddmDriver': '/display/wddmDriver',
    '/hardwareAdapters': '/display/hardwareAdapters',
    '/avc444': '/display/avc444',
    '/hardwareEncoding': '/display/hardwareEncoding',
  });
}

function hasGpu(devices: readonly Device[] | null): boolean | null {
  if (devices === null) return null;
  const cards = devices.filter(({ id }) => GPU.test(id));
  return cards.some(({ present }) => present === true) ? true : cards.some(({ present }) => present === null) ? null : false;
}

function policyFlag(input: SnapshotInput, name: string): boolean | 'not-set' | null {
  const number = registryNumber(input, POLICIES, name);
  return number === undefined ? 'not-set' : number === 1 ? true : number === 0 ? false : null;
}
