import { createHash } from 'node:crypto';
import { rawEnum, rawInteger, rawList, rawText, unwrap } from '../../../lib/raw.ts';
import { type Json, member } from '../../../model/json.ts';

/** Who may read a private key's file; a right is a bit mask of FileSystemRights. */
export interface KeyAccess {
  readonly sid: string;
  readonly allow: boolean;
  readonly rights: number;
}

const FULL_CONTROL = 0x1f01ff;
const GENERIC_ALL = 0x10000000;
const GENERIC_READ = 0x80000000;
/** FILE_READ_DATA: what opening a key needs. */
const READ_DATA = 0x1;

/** Names of System.Security.AccessControl.FileSystemRights that a collector may write instead of the number. */
const RIGHTS: Readonly<Record<string, number>> = {
  read: 0x20089,
  readandexecute: 0x200a9,
  readdata: READ_DATA,
  write: 0x116,
  modify: 0x301bf,
  fullcontrol: FULL_CONTROL,
  genericread: GENERIC_READ,
  genericall: GENERIC_ALL,
};

/** Undefined when the list could not be read or holds an entry that cannot be understood. */
export function keyAccessOf(value: Json | undefined): KeyAccess[] | undefined {
  const plain = unwrap(value);
  if (plain === undefined || plain === null) return undefined;
  const entries: KeyAccess[] = [];
  for (const row of rawList(plain).slice(0, 500)) {
    const sid = rawText(member(row, 'Sid'))?.trim().toUpperCase();
    const access = rawEnum(member(row, 'Access'), { 0: 'Allow', 1: 'Deny' } as const);
    const rights = rightsOf(member(row, 'Rights'));
    if (sid === undefined || !/^S-1-[0-9-]+$/.test(sid) || access === undefined || rights === undefined) return undefined;
    entries.push({ sid, allow: access === 'Allow', rights });
  }
  return entries;
}

function rightsOf(value: Json | undefined): number | undefined {
  const number = rawInteger(value);
  if (number !== undefined) return number;
  let rights = 0;
  for (const name of (rawText(value) ?? '').toLowerCase().split(',')) {
    const known = Object.hasOwn(RIGHTS, name.trim()) ? RIGHTS[name.trim()] : undefined;
    // Names that grant nothing about reading (Synchronize, Delete, …) are passed over.
    if (known !== undefined) rights = (rights | known) >>> 0;
  }
  return rightsAreNamed(value) ? rights : undefined;
}

function rightsAreNamed(value: Json | undefined): boolean {
  return /^[A-Za-z]+(?: *, *[A-Za-z]+)*$/.test(rawText(value)?.trim() ?? '');
}

const canRead = (rights: number): boolean => (rights & READ_DATA) !== 0 || (rights & GENERIC_ALL) !== 0 || (rights & GENERIC_READ) !== 0;
const isFull = (rights: number): boolean => (rights & FULL_CONTROL) === FULL_CONTROL || (rights & GENERIC_ALL) !== 0;

/** Groups that every process of a service account is in. */
const EVERY_ACCOUNT = ['S-1-1-0', 'S-1-5-11', 'S-1-5-6', 'S-1-5-15'];
const NETWORK_SERVICE = ['S-1-5-20', 'S-1-5-32-545', ...EVERY_ACCOUNT];
const SYSTEM = ['S-1-5-18', 'S-1-5-32-544', ...EVERY_ACCOUNT];

/** The SID of a service (`NT SERVICE\NAME`): S-1-5-80 and the SHA-1 of its upper-case name in UTF-16. */
export function serviceSid(service: string): string {
  const hash = createHash('sha1').update(Buffer.from(service.toUpperCase(), 'utf16le')).digest();
  return `S-1-5-80-${[0, 4, 8, 12, 16].map((at) => hash.readUInt32LE(at)).join('-')}`;
}

/** Who opens the key: the listener and the gateway run as NETWORK SERVICE, HTTP.sys as the system. */
export type KeyUser = 'TermService' | 'TSGateway' | 'http';

export function readableBy(user: KeyUser, entries: readonly KeyAccess[]): boolean {
  const groups = new Set(user === 'http' ? SYSTEM : [...NETWORK_SERVICE, serviceSid(user)]);
  const mine = entries.filter((entry) => groups.has(entry.sid) && canRead(entry.rights));
  return mine.length > 0 && mine.every((entry) => entry.allow);
}

/** Principals that stand for everybody, or for everybody who may log on here. */
const BROAD: ReadonlyMap<string, string> = new Map([
  ['S-1-1-0', 'Everyone'],
  ['S-1-5-7', 'ANONYMOUS LOGON'],
  ['S-1-5-11', 'Authenticated Users'],
  ['S-1-5-4', 'INTERACTIVE'],
  ['S-1-5-14', 'REMOTE INTERACTIVE LOGON'],
  ['S-1-5-32-545', 'Users'],
  ['S-1-5-32-546', 'Guests'],
  ['S-1-5-32-555', 'Remote Desktop Users'],
]);

function broadName(sid: string): string | undefined {
  return BROAD.get(sid) ?? (/^S-1-5-21-\d+-\d+-\d+-513$/.test(sid) ? 'Domain Users' : undefined);
}

/** The broad groups that can read the key, and whether one of them has full control. */
export function exposureOf(entries: readonly KeyAccess[]): { openTo: string[]; everyoneFull: boolean } {
  const broad = entries.filter((entry) => entry.allow && broadName(entry.sid) !== undefined);
  const readers = broad.filter((entry) => canRead(entry.rights)).map((entry) => broadName(entry.sid) ?? entry.sid);
  return { openTo: [...new Set(readers)].toSorted(), everyoneFull: broad.some((entry) => isFull(entry.rights)) };
}
