/**
 * Principals by SID: names are localised, SIDs are not.
 * https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers
 */
export const ADMINISTRATORS = 'S-1-5-32-544';
export const USERS = 'S-1-5-32-545';
export const REMOTE_DESKTOP_USERS = 'S-1-5-32-555';
export const ENDPOINT_SERVERS = 'S-1-5-32-576';
export const EVERYONE = 'S-1-1-0';
export const AUTHENTICATED_USERS = 'S-1-5-11';
export const LOCAL_ACCOUNT = 'S-1-5-113';
export const LOCAL_ADMINISTRATOR = 'S-1-5-114';

/** Groups that hold everybody, or every guest. */
const BROAD: Readonly<Record<string, string>> = {
  [EVERYONE]: 'Everyone',
  'S-1-5-2': 'NETWORK',
  'S-1-5-4': 'INTERACTIVE',
  'S-1-5-7': 'ANONYMOUS LOGON',
  [AUTHENTICATED_USERS]: 'Authenticated Users',
  'S-1-5-14': 'REMOTE INTERACTIVE LOGON',
  'S-1-5-15': 'This Organization',
  [USERS]: 'Users',
  'S-1-5-32-546': 'Guests',
};

/** Relative ids of a domain or a computer. */
const BROAD_RELATIVE: Readonly<Record<string, string>> = { 501: 'Guest', 513: 'Domain Users', 514: 'Domain Guests', 515: 'Domain Computers' };

/** What a SID is called when it stands for everybody; null when it does not. */
export function broadName(sid: string): string | null {
  if (Object.hasOwn(BROAD, sid)) return BROAD[sid] ?? null;
  const relative = relativeId(sid);
  return relative !== null && Object.hasOwn(BROAD_RELATIVE, relative) ? (BROAD_RELATIVE[relative] ?? null) : null;
}

/** The last part of the SID of an account of a domain or a computer; null for all others. */
export function relativeId(sid: string): string | null {
  return /^S-1-5-21-\d+-\d+-\d+-(\d+)$/.exec(sid)?.[1] ?? null;
}

/** The domain or computer that an account's SID belongs to. */
export function authorityOf(sid: string): string | null {
  return /^(S-1-5-21-\d+-\d+-\d+)-\d+$/.exec(sid)?.[1] ?? null;
}

/** An account, a group or a role of Microsoft Entra ID; Windows shows no name for most of them. */
export function isEntra(sid: string): boolean {
  return sid.startsWith('S-1-12-1-');
}
