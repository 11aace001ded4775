/**
 * Principals that hold everybody, by SID: names are localised, SIDs are not.
 * https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers
 */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  'S-1-1-0': 'Everyone',
  'S-1-5-7': 'Anonymous Logon',
  'S-1-5-11': 'Authenticated Users',
  'S-1-5-15': 'This Organization',
  'S-1-5-32-545': 'BUILTIN\\Users',
  'S-1-5-32-546': 'BUILTIN\\Guests',
};

/** Relative ids of a domain or of a computer. */
const DOMAIN_RELATIVE: Readonly<Record<string, string>> = {
  '501': 'Guest',
  '513': 'Domain Users',
  '514': 'Domain Guests',
};

/** English names, for a list whose SIDs nobody looked up. The domain prefix does not matter. */
const ENGLISH: Readonly<Record<string, string>> = {
  everyone: 'Everyone',
  'anonymous logon': 'Anonymous Logon',
  'authenticated users': 'Authenticated Users',
  'this organization': 'This Organization',
  users: 'BUILTIN\\Users',
  guests: 'BUILTIN\\Guests',
  'domain users': 'Domain Users',
  'domain guests': 'Domain Guests',
};

/**
 * Who a group stands for when it is too broad, null when it is certainly not, undefined when it cannot be said: without a SID
 * a name can only tell that a group is broad, never that it is not.
 */
export function broadPrincipal(name: string, sid: string | null): string | null | undefined {
  if (sid !== null && SID.test(sid)) return broadSid(sid.toUpperCase());
  // A list that somebody wrote may have the SID in the name's place, with secedit's asterisk or without.
  const written = name.trim().replace(/^\*/, '');
  if (SID.test(written)) return broadSid(written.toUpperCase());
  const { domain, account } = partsOf(name.toLowerCase());
  // `CONTOSO\Users` may be a group of its own; the built-in ones come as BUILTIN\…, .\… or bare.
  if ((account === 'users' || account === 'guests') && !['', '.', 'builtin'].includes(domain)) return undefined;
  return Object.hasOwn(ENGLISH, account) ? ENGLISH[account] : undefined;
}

const SID = /^S-1-[0-9-]{1,180}$/i;

/** `DOMAIN\account`, `account@domain`, or the account alone. */
function partsOf(name: string): { domain: string; account: string } {
  if (name.includes('\\')) return { domain: name.slice(0, name.indexOf('\\')).trim(), account: name.slice(name.lastIndexOf('\\') + 1).trim() };
  const at = name.lastIndexOf('@');
  return at < 0 ? { domain: '', account: name.trim() } : { domain: name.slice(at + 1).trim(), account: name.slice(0, at).trim() };
}

function broadSid(sid: string): string | null {
  if (Object.hasOwn(WELL_KNOWN, sid)) return WELL_KNOWN[sid] ?? null;
  const relative = /^S-1-5-21-\d+-\d+-\d+-(\d+)$/.exec(sid)?.[1];
  return relative !== undefined && Object.hasOwn(DOMAIN_RELATIVE, relative) ? (DOMAIN_RELATIVE[relative] ?? null) : null;
}
