import { rawEnum, rawInteger, rawText } from '../../lib/raw.ts';
import { readRegistryValue, readRows } from '../../lib/snapshot-read.ts';
import { type Fact, factId, UNREAD } from '../../model/fact.ts';
import { LISTENER_VALUES } from '../../model/facts/endpoint.ts';
import { type JsonObject, member } from '../../model/json.ts';
import type { SnapshotInput, SnapshotNormaliser } from '../../model/normalise.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { settle } from '../windows/certificates/draft.ts';

const { kind: KIND } = LISTENER_VALUES;
const POLICY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
const STATIONS = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations';
const DEFAULT_PORT = 3389;

const AUTHENTICATION = { 0: 'not-required', 1: 'required' } as const;
/** The class page says 1 to 3; real hosts and the method use 0 to 2. */
const LAYER = { 0: 'rdp', 1: 'negotiate', 2: 'tls' } as const;
const LEVEL = { 1: 'low', 2: 'client-compatible', 3: 'high', 4: 'fips' } as const;

/** The security of every listener of a host, policy and effect apart: what the wire is compared with. */
export const normaliseListenerValues: SnapshotNormaliser = (input, context) => {
  if (context.wanted?.has(KIND) === false) return { facts: [], problems: [] };
  const table = readRows(input.snapshot, 'Win32_TSGeneralSetting');
  if (table.state === 'absent') return { facts: [], problems: [] };
  if (table.state === 'unread') return { facts: [factOf(input, UNREAD, {}, [''])], problems: [] };
  const facts = table.rows.flatMap((row): Fact[] => {
    const listener = rawText(member(row, 'TerminalName')) ?? '';
    return listener === '' || isOff(input.snapshot, listener) ? [] : [factOf(input, listener, row)];
  });
  return { facts, problems: [] };
};

function factOf(input: SnapshotInput, listener: string, row: JsonObject, whole: readonly string[] = []): Fact {
  const { data, unknown } = settle(
    {
      host: input.target.name,
      listener,
      port: portOf(input.snapshot, listener),
      userAuthenticationPolicy: policyOf(input.snapshot, 'UserAuthentication', AUTHENTICATION),
      userAuthenticationEffective: rawEnum(member(row, 'UserAuthenticationRequired'), AUTHENTICATION) ?? booleanOf(row),
      securityLayerPolicy: policyOf(input.snapshot, 'SecurityLayer', LAYER),
      securityLayerEffective: rawEnum(member(row, 'SecurityLayer'), LAYER),
      encryptionLevelPolicy: policyOf(input.snapshot, 'MinEncryptionLevel', LEVEL),
      encryptionLevelEffective: rawEnum(member(row, 'MinEncryptionLevel'), LEVEL),
    },
    whole,
  );
  return {
    kind: KIND,
    id: factId(input.target.id, KIND, listener),
    name: `${input.target.name}: ${listener}`,
    target: input.target.id,
    data,
    unknown,
    origin: { at: 'setting' },
    observedAt: input.snapshot.collectedAt,
  };
}

function booleanOf(row: JsonObject): 'required' | 'not-required' | undefined {
  const value = member(row, 'UserAuthenticationRequired');
  return typeof value === 'boolean' ? (value ? 'required' : 'not-required') : undefined;
}

function policyOf<Name extends string>(snapshot: Snapshot, name: string, names: Readonly<Record<number, Name>>): Name | 'none' | undefined {
  const reading = readRegistryValue(snapshot, POLICY, name);
  if (!reading.known) return undefined;
  return reading.value === undefined ? 'none' : rawEnum(reading.value, names);
}

function portOf(snapshot: Snapshot, listener: string): number | undefined {
  const reading = readRegistryValue(snapshot, `${STATIONS}\\${listener}`, 'PortNumber');
  if (!reading.known) return undefined;
  return reading.value === undefined && listener.toLowerCase() === 'rdp-tcp' ? DEFAULT_PORT : rawInteger(reading.value);
}

function isOff(snapshot: Snapshot, listener: string): boolean {
  const reading = readRegistryValue(snapshot, `${STATIONS}\\${listener}`, 'fEnableWinStation');
  return reading.known && rawInteger(reading.value) === 0;
}
