import { rawInteger, rawText } from '../../lib/raw.ts';
import { type Json, type JsonObject, member } from '../../model/json.ts';
import { type Encryption, encryptionOf, goesOn } from './standard-security.ts';

/** What one request of the negotiation came to. */
type Outcome = { readonly kind: 'selected'; readonly protocol: number; readonly flags: number } | { readonly kind: 'refused'; readonly code: number | null };

export interface Negotiated extends Encryption {
  readonly standardRdp: 'accepted' | 'refused' | undefined;
  readonly tls: 'accepted' | 'refused' | undefined;
  readonly nla: 'required' | 'offered' | 'absent' | undefined;
  readonly securityLayer: 'rdp' | 'negotiate' | 'tls' | 'none' | undefined;
  readonly protocols: readonly string[] | undefined;
  readonly certificateMissing: boolean | undefined;
  readonly restrictedAdmin: boolean | undefined;
  readonly remoteCredentialGuard: boolean | undefined;
  readonly earlyAuthorization: 'accepted' | 'refused' | undefined;
  readonly rdstls: 'accepted' | 'refused' | undefined;
  readonly rdsAad: 'accepted' | 'refused' | undefined;
  readonly unrequested: readonly string[] | undefined;
}

const RDP = 0;
const TLS = 1;
const HYBRID = 2;
const RDSTLS = 4;
const HYBRID_EX = 8;
const RDSAAD = 16;
const NAMES: Readonly<Record<number, string>> = {
  [TLS]: 'TLS',
  [HYBRID]: 'CredSSP',
  [RDSTLS]: 'RDSTLS',
  [HYBRID_EX]: 'CredSSP with early user authorization',
  [RDSAAD]: 'RDSAAD',
};
const NO_CERTIFICATE = 3;
const RESTRICTED_ADMIN = 0x08;
const REDIRECTED_AUTHENTICATION = 0x10;

/**
 * What the answers to all requests say together, with what the listener said of standard RDP security when it was asked to go on.
 * Undefined: they do not say.
 */
export function negotiated(rows: readonly JsonObject[], standard?: JsonObject): Negotiated {
  const outcomes = new Map<number, Outcome | undefined>(rows.map((row) => [rawInteger(member(row, 'Requested')) ?? -1, outcomeOf(row)]));
  const known = [...outcomes.values()].filter((outcome) => outcome !== undefined);
  const selects = (...protocols: readonly number[]): Outcome | undefined =>
    known.find((outcome) => outcome.kind === 'selected' && protocols.includes(outcome.protocol));
  const asked = (request: number): boolean => outcomes.get(request) !== undefined;

  const takes = (request: number, protocol: number): 'accepted' | 'refused' | undefined =>
    selects(protocol) !== undefined ? 'accepted' : asked(request) ? 'refused' : undefined;

  const standardRdp = goesOn(standard) ? 'accepted' : takes(RDP, RDP);
  const tls = takes(TLS, TLS);
  const hybrid = selects(HYBRID, HYBRID_EX);
  const credSsp = hybrid !== undefined ? true : asked(TLS | HYBRID) && asked(TLS | HYBRID | HYBRID_EX) ? false : undefined;
  const nla = nlaOf(credSsp, standardRdp, tls);
  const overTls = tls === 'accepted' || credSsp === true ? true : tls === 'refused' && credSsp === false ? false : undefined;
  const offers = (bit: number): boolean | undefined => (hybrid?.kind === 'selected' ? (hybrid.flags & bit) !== 0 : credSsp === false ? false : undefined);
  return {
    standardRdp,
    tls,
    nla,
    securityLayer: layerOf(standardRdp, overTls),
    protocols: standardRdp === undefined || tls === undefined || credSsp === undefined ? undefined : namesOf(standardRdp, tls, credSsp),
    certificateMissing: known.some((outcome) => outcome.kind === 'refused' && outcome.code === NO_CERTIFICATE) ? true : known.length > 0 ? false : undefined,
    restrictedAdmin: offers(RESTRICTED_ADMIN),
    remoteCredentialGuard: offers(REDIRECTED_AUTHENTICATION),
    earlyAuthorization: takes(TLS | HYBRID | HYBRID_EX, HYBRID_EX),
    rdstls: takes(RDSTLS, RDSTLS),
    rdsAad: takes(RDSAAD, RDSAAD),
    unrequested: rows.length === 0 ? undefined : unrequestedOf(rows),
    ...encryptionOf(standard, standardRdp),
  };
}

/**
 * Undefined for no answer, for a confirm without negotiation data (which proves no protocol), and for a protocol that nobody
 * asked for (which is against the protocol, so it proves nothing either). Standard RDP security is asked for with every request.
 */
function outcomeOf(row: JsonObject): Outcome | undefined {
  const requested = rawInteger(member(row, 'Requested'));
  const answer = rawText(member(row, 'Answer'));
  if (answer === 'disconnect') return { kind: 'refused', code: null };
  if (answer === 'failure') return { kind: 'refused', code: rawInteger(member(row, 'FailureCode')) ?? null };
  const protocol = rawInteger(member(row, 'Selected'));
  if (answer !== 'response' || protocol === undefined || requested === undefined || (protocol & ~requested) !== 0) return undefined;
  return { kind: 'selected', protocol, flags: rawInteger(member(row, 'Flags')) ?? 0 };
}

function unrequestedOf(rows: readonly JsonObject[]): string[] {
  const found = rows.flatMap((row) => {
    const [requested, protocol] = [rawInteger(member(row, 'Requested')), rawInteger(member(row, 'Selected'))];
    const isForeign = rawText(member(row, 'Answer')) === 'response' && requested !== undefined && protocol !== undefined && (protocol & ~requested) !== 0;
    return isForeign ? [NAMES[protocol] ?? String(protocol)] : [];
  });
  return [...new Set(found)];
}

/** Required is what nothing else is accepted beside. */
function nlaOf(credSsp: boolean | undefined, standardRdp: Negotiated['standardRdp'], tls: Negotiated['tls']): Negotiated['nla'] {
  if (credSsp !== true) return credSsp === false ? 'absent' : undefined;
  if (standardRdp === 'accepted' || tls === 'accepted') return 'offered';
  return standardRdp === 'refused' && tls === 'refused' ? 'required' : undefined;
}

function layerOf(standardRdp: Negotiated['standardRdp'], overTls: boolean | undefined): Negotiated['securityLayer'] {
  if (standardRdp === undefined || overTls === undefined) return undefined;
  if (standardRdp === 'accepted') return overTls ? 'negotiate' : 'rdp';
  return overTls ? 'tls' : 'none';
}

function namesOf(standardRdp: string, tls: string, credSsp: boolean): string[] {
  return [...(standardRdp === 'accepted' ? ['RDP'] : []), ...(tls === 'accepted' ? ['TLS'] : []), ...(credSsp ? ['CredSSP'] : [])];
}

/** Where the first row that names it was read: an address and a port. */
export function placeOf(rows: readonly JsonObject[]): { readonly address: Json | undefined; readonly port: Json | undefined } {
  const [row] = rows;
  const address = rawText(member(row ?? {}, 'Address'));
  return { address, port: rawInteger(member(row ?? {}, 'Port')) };
}
