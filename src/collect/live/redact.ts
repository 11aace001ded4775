import { createHmac } from 'node:crypto';
import { splitCommand, TSCON } from '../../lib/command-line.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { addressRedactor, type Keyed } from './redact-address.ts';

export type Redactor = (snapshot: JsonObject) => JsonObject;

/** What a member's name says of its value. */
type Column = 'name' | 'address' | 'text' | 'arguments' | 'command' | 'other';

const NAME_COLUMN =
  /(?:^|[a-z_])(?:User|Users|UserName|Username|UserNames|UserGroup|UserGroupNames|Owner|Account|AccountName|LoggedOnUser|SamAccountName|Principal|PrincipalName|Member|Members|Trustee|Upn|LoginName|LogonName|StartName|RunAs|FullName)$|^(?:user|userName|members?|owner|account)$|^LastLoggedOn/;
const ADDRESS_COLUMN =
  /Address(?:es)?$|(?:^|[a-z_])(?:IP|Ip|IPv4|IPv6|Client|NextHop|Subnet|Prefix|DestinationPrefix)$|^(?:address|ip|ipPort|bindingInformation|client|IpPort|Binding)$/;
const TEXT_COLUMN = /^(?:error|message|Message|Text|Detail|Details|Properties|Parameters|Params|EventData|Data[0-9]*|Param[0-9]+)$/;
/** Sections whose rows have an account's name as their `Name`. */
const ACCOUNT_SECTION = /(?:users|members|accounts|sessions|logons)$/i;

/** Names that are the same everywhere, and that policies know by name. */
const COMMON = new Set(
  [
    'administrator,administrators,guest,guests,users,everyone,any,*,-,system,localsystem,localservice,networkservice,local service,network service,local system',
    'domain users,domain admins,domain guests,domain computers,domain controllers,enterprise admins,schema admins,authenticated users,anonymous logon,this organization',
    'remote desktop users,remote management users,power users,backup operators,event log readers,defaultaccount,wdagutilityaccount,krbtgt,public,default,default user,all users',
    'interactive,network,batch,service,none,n/a,creator owner,trustedinstaller,rds endpoint servers,rds management servers,rds remote access servers',
  ].flatMap((line) => line.split(',')),
);
const COMMON_DOMAINS = new Set(['builtin', 'nt authority', 'nt service', 'iis apppool', 'window manager', 'font driver host', 'nt virtual machine']);
/** First steps of paths that look like `DOMAIN\name`: registry roots and device classes. */
const NO_DOMAIN = /^(?:HKLM|HKCU|HKU|HKCR|HKEY_[A-Z_]+|USB|PCI|ACPI|ROOT|SWD|HID|SCSI|STORAGE|DISPLAY|BTH\w*|VMBUS|System32|SOFTWARE|SYSTEM)$/i;

const SID = /\bS-1-\d{1,14}(?:-\d{1,10}){1,15}\b/gi;
const DOMAIN_SID = /^S-1-5-21-(\d+-\d+-\d+)((?:-\d+)*)$/i;
/** Relative ids below this one are the same in every domain. */
const FIRST_OWN_RID = 1000;
const PROFILE = /(\\Users\\)([^\\/:*?"<>|;\r\n]{1,104})/gi;
const MAIL = /(?<![\w.+-])([\w.+-]{1,64})@((?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![\w-])/g;
const IN_TEXT_NAME = /(?<![\w\\:.-])([A-Za-z][\w.-]{0,62})\\([\w.$-]{1,104})(?![\w\\.$-])/g;

/** Columns of command lines, by section: what a program is started with may be a password. */
const COMMAND_COLUMNS: Readonly<Record<string, Readonly<Record<string, Column>>>> = {
  taskCommands: { Execute: 'command', Arguments: 'arguments' },
  serviceCommands: { PathName: 'command' },
};

const MAX_DEPTH = 100;

/**
 * Replaces user names, SIDs and addresses in a snapshot by stand-ins: the same for the same key, in every snapshot, so that what
 * belongs together still does. What policies judge stays: well-known names and ids, classes of addresses, subnets and what
 * lies in them. `known` are networks that the estate itself names.
 *
 * Programs that services and tasks start stay, what they are started with does not.
 * Host names, domain names and certificates stay: without them nothing could be told apart or checked.
 */
export function redactor(key: string, known: readonly string[] = []): Redactor {
  const keyed: Keyed = (label, text) => createHmac('sha256', key).update(`${label}\0${text}`).digest('hex');
  const addresses = addressRedactor(keyed, known);
  const number = (label: string, text: string, at = 0): number => Number.parseInt(keyed(label, text).slice(at * 8, at * 8 + 8), 16);

  const sid = (text: string): string => {
    const domain = DOMAIN_SID.exec(text);
    if (domain !== null) {
      const [, own = '', rest = ''] = domain;
      if (own === '0-0-0') return text;
      const relative = rest
        .split('-')
        .slice(1)
        .map((rid) => (Number(rid) < FIRST_OWN_RID ? rid : String(FIRST_OWN_RID + (number('rid', `${own}-${rid}`) % 2_000_000_000))));
      return ['S-1-5-21', number('domain', own, 0), number('domain', own, 1), number('domain', own, 2), ...relative].join('-');
    }
    // Accounts of Microsoft Entra ID.
    if (/^S-1-12-1-/i.test(text)) return `S-1-12-1-${[0, 1, 2, 3].map((at) => number('entra', text.toUpperCase(), at)).join('-')}`;
    return text;
  };
  const user = (name: string): string => {
    const known = COMMON.has(name.trim().toLowerCase()) || name.trim() === '' || /^\*?S-1-/i.test(name.trim()) || name.endsWith('$');
    return known || /^user-[0-9a-f]{12}$/.test(name) ? name : `user-${keyed('user', name.trim().toLowerCase()).slice(0, 12)}`;
  };
  const account = (text: string): string => {
    // A number names nobody.
    if (/^\d+$/.test(text)) return text;
    const slash = text.lastIndexOf('\\');
    if (slash >= 0) return COMMON_DOMAINS.has(text.slice(0, slash).toLowerCase()) ? text : `${text.slice(0, slash + 1)}${user(text.slice(slash + 1))}`;
    const at = text.lastIndexOf('@');
    return at > 0 ? `${user(text.slice(0, at))}${text.slice(at)}` : user(text);
  };
  const everywhere = (text: string): string =>
    text
      .replaceAll(SID, sid)
      .replaceAll(PROFILE, (_, folder: string, name: string) => `${folder}${user(name)}`)
      .replaceAll(MAIL, (_, name: string, domain: string) => `${user(name)}@${domain}`)
      // Rules of Group Policy: `…|RA4=10.0.0.0/255.0.0.0|…`
      .replaceAll(/(\|[LR]A[46]2?=)([^|]{1,4096})/g, (_, member: string, value: string) => member + addresses(value));
  const inText = (text: string): string =>
    addresses(text).replaceAll(IN_TEXT_NAME, (whole, domain: string, name: string) =>
      NO_DOMAIN.test(domain) || COMMON_DOMAINS.has(domain.toLowerCase()) ? whole : `${domain}\\${user(name)}`,
    );
  /** A policy looks for one word in them, which says nothing of anybody. */
  const started = (text: string): string =>
    text.trim() === '' ? text : `${TSCON.test(text) ? 'tscon ' : ''}arguments-${keyed('arguments', text).slice(0, 12)}`;
  const command = (text: string): string => {
    const { program, rest } = splitCommand(text);
    return rest.trim() === '' ? everywhere(text) : `${everywhere(program)} ${started(rest)}`;
  };
  const string = (text: string, column: Column): string => {
    if (column === 'arguments') return started(text);
    if (column === 'command') return command(text);
    // A security descriptor names SIDs only.
    if (column === 'name' && !/^[OGDS]:/.test(text)) return everywhere(text.split(';').map(account).join(';'));
    const seen = everywhere(text);
    return column === 'address' ? addresses(seen) : column === 'text' ? inText(seen) : seen;
  };
  const walk = (value: Json, column: Column, section: string, depth: number): Json => {
    if (typeof value === 'string') return string(value, column);
    if (depth > MAX_DEPTH) return null;
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => walk(item, column, section, depth + 1));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name.replaceAll(SID, sid),
        walk(member, /^value$/i.test(name) ? column : columnOf(name, section), section, depth + 1),
      ]),
    );
  };
  return (snapshot) =>
    Object.fromEntries(
      Object.entries(snapshot).map(([name, member]) => [
        name,
        name === 'sections' && isObject(member)
          ? Object.fromEntries(Object.entries(member).map(([section, content]) => [section, walk(content, 'other', section, 0)]))
          : member,
      ]),
    );
}

function columnOf(name: string, section: string): Column {
  const column = Object.hasOwn(COMMAND_COLUMNS, section) ? COMMAND_COLUMNS[section]?.[name] : undefined;
  if (column !== undefined) return column;
  if (TEXT_COLUMN.test(name)) return 'text';
  if (ADDRESS_COLUMN.test(name)) return 'address';
  if (NAME_COLUMN.test(name) || (name === 'Name' && ACCOUNT_SECTION.test(section))) return 'name';
  return 'other';
}
