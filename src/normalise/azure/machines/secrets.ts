import { isUnresolved } from '../../../model/cloud-resource.ts';
import { isObject, type Json, type JsonObject } from '../../../model/json.ts';

/** A place that holds what looks like a credential. Its value is never kept. */
export interface FoundSecret {
  /** Member names from the part's own root, `properties/adminPassword`. */
  readonly place: string;
  readonly looksLike: string;
}

export interface SecretSearch {
  readonly found: readonly FoundSecret[];
  /** Some value that would tell is unresolved, or too deep. */
  readonly unsure: boolean;
}

/** Names of members that hold a credential, without `_` and `-`. */
const SECRET_NAME =
  /(?:password|passwd|pwd|^secret|(?:client|app|application|shared)secret|secretkey|apikey|accesskey|accountkey|storagekey|sastoken|privatekey|registrationinfotoken|registrationtoken|connectionstring)$/i;
/** Members whose text is run. */
const COMMAND_NAME = /^(?:commandtoexecute|script|scriptblock|customdata|userdata|arguments)$/i;
/** Values that name a secret kept elsewhere: DSC's reference to protected settings, and addresses in a vault. */
const REFERENCE = /^(?:PrivateSettingsRef:|@Microsoft\.KeyVault\(|https:\/\/[a-z0-9-]{1,60}\.vault\.[a-z.-]{1,60}\/)/i;

/** Answers that are no secret, whatever they answer: `hasPassword: true`. */
const NO_SECRET = /^\s*(?:true|false|yes|no|none|null|n\/a|\d{0,3})\s*$/i;

/** What a command line or script gives away. Quantifiers are bounded, since the text is foreign. */
const PATTERNS: readonly (readonly [looksLike: string, pattern: RegExp])[] = [
  [
    'a password option',
    /(?:^|[\s"'`;,(])[-/]{1,2}\w{0,30}(?:password|passwd|pwd|secret|token|apikey|accountkey)(?:\s{1,4}|[:=])\s{0,4}["']?(?![-$%@{(<"'\s])[^\s"'$]{4}/i,
  ],
  ['an assigned password', /\b\w{0,30}(?:password|passwd|pwd|accountkey|sharedaccesskey|clientsecret)\s{0,4}=\s{0,4}["']?(?![-$%@{([<"'\s;])[^\s"'$;]{4}/i],
  ['a secure string in the clear', /convertto-securestring\s{1,4}(?:-string\s{1,4})?["'][^"'$]{4}/i],
  ['a signed address of a storage account', /[?&]sig=[A-Za-z0-9%+/]{20}/],
  ['a token', /\beyJ[\w-]{10,2000}\.[\w-]{10}/],
  ['a private key', /-----BEGIN (?:[A-Z]{2,10} )?PRIVATE KEY-----/],
  ['a password of net user', /\bnet1?(?:\.exe)?\s{1,4}user\s{1,4}[\w.-]{1,64}\s{1,4}(?![/*$%\s])[^\s$%]{4}/i],
];

const MAX_TEXT = 65_536;
const MAX_DEPTH = 16;
const MAX_FOUND = 20;

export function searchSecrets(value: Json | undefined, isCommand: boolean): SecretSearch {
  const found: FoundSecret[] = [];
  const unsure = walk(value ?? null, '', isCommand, found, 0);
  return { found: found.slice(0, MAX_FOUND), unsure };
}

/** Returns whether something that would tell could not be read. */
function walk(value: Json, place: string, isCommand: boolean, found: FoundSecret[], depth: number): boolean {
  if (isUnresolved(value)) return depth === 0 || isCommand;
  if (typeof value === 'string') {
    searchText(value, place, isCommand, found);
    return false;
  }
  if (typeof value !== 'object' || value === null) return false;
  if (depth > MAX_DEPTH) return true;
  if (Array.isArray(value))
    return (value as readonly Json[]).map((item, index) => walk(item, join(place, String(index)), isCommand, found, depth + 1)).includes(true);
  return Object.entries(value as JsonObject)
    .map(([name, held]) => member(name, held, place, isCommand, found, depth))
    .includes(true);
}

function member(name: string, held: Json, place: string, isCommand: boolean, found: FoundSecret[], depth: number): boolean {
  const plain = name.replaceAll(/[_-]/g, '');
  const here = join(place, name);
  if (!SECRET_NAME.test(plain)) return walk(held, here, isCommand || COMMAND_NAME.test(plain), found, depth + 1);
  if (isUnresolved(held)) return true;
  // A credential of DSC is an object with a user name and a password of its own.
  if (isObject(held) || Array.isArray(held)) return walk(held, here, isCommand, found, depth + 1);
  if (typeof held === 'string' && !NO_SECRET.test(held) && !REFERENCE.test(held))
    found.push({ place: here, looksLike: 'a member that is named as a credential' });
  return false;
}

function join(place: string, name: string): string {
  return `${place}${place === '' ? '' : '/'}${name.slice(0, 80)}`;
}

function searchText(text: string, place: string, isCommand: boolean, found: FoundSecret[]): void {
  const texts = [text.slice(0, MAX_TEXT), ...(isCommand ? decoded(text) : [])];
  for (const [looksLike, pattern] of PATTERNS) {
    if (texts.some((candidate) => pattern.test(candidate))) found.push({ place: place === '' ? 'its text' : place, looksLike });
  }
}

/** `customData` and `userData` are Base64. */
function decoded(text: string): string[] {
  const plain = text.slice(0, MAX_TEXT).replaceAll(/\s/g, '');
  return plain.length >= 16 && /^[A-Za-z0-9+/]+={0,2}$/.test(plain) ? [Buffer.from(plain, 'base64').toString('utf8')] : [];
}
