import { rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import { type Json, type JsonObject, member } from '../../../model/json.ts';
import type { Problem } from '../../../model/problem.ts';
import type { Snapshot } from '../../../model/snapshot.ts';
import { derOf, NO_CERTIFICATE, thumbprintOf } from './thumbprint.ts';
import { type Certificate, parseCertificate, signedBy } from './x509.ts';

/** One certificate of a store. */
export interface StoreEntry {
  readonly store: string;
  readonly thumbprint: string;
  readonly row: JsonObject;
  /** Undefined when its bytes are missing, broken, or those of another certificate. */
  readonly certificate: Certificate | undefined;
}

/** The local machine's certificate stores. */
export interface Store {
  readonly read: boolean;
  /** The certificate that a service would find under a thumbprint. */
  readonly own: (thumbprint: string) => StoreEntry | undefined;
  /** Candidates for the listener: everything in the personal store. */
  readonly personal: readonly StoreEntry[];
  readonly any: (thumbprint: string) => StoreEntry | undefined;
  readonly inIntermediates: (thumbprint: string) => boolean;
  /** The certificate that signed this one; null when it is not there, undefined when that cannot be computed. */
  readonly issuerOf: (certificate: Certificate) => Certificate | null | undefined;
}

/** Stores that services take their certificate from, in the order they are looked up. */
const OWN_STORES = ['My', 'Remote Desktop', 'WebHosting'];
const MAX_ROWS = 20_000;
/** More certificates of one name than this are not tried as issuers: each costs a signature. */
const MAX_ISSUERS = 16;
/** Signatures that are computed for one host; a host with a few hundred certificates needs as many. */
const MAX_SIGNATURES = 2000;
/** Broken certificates of one target that are named one by one. */
const MAX_PROBLEMS = 20;

export function readStore(snapshot: Snapshot, target: string, problems: Problem[]): Store {
  const table = readRows(snapshot, 'certificates');
  const entries = table.state === 'read' ? table.rows.slice(0, MAX_ROWS).flatMap((row) => entryOf(row, target, problems) ?? []) : [];
  const issuers = new Map<Certificate, Certificate | null | undefined>();
  let signatures = 0;
  const byThumbprint = Map.groupBy(entries, (entry) => entry.thumbprint);
  const bySubject = Map.groupBy(
    entries.flatMap((entry) => entry.certificate ?? []),
    (certificate) => certificate.subjectKey,
  );
  return {
    read: table.state === 'read',
    own: (thumbprint) => {
      const found = byThumbprint.get(thumbprint) ?? [];
      return OWN_STORES.map((store) => found.find((entry) => sameStore(entry.store, store))).find((entry) => entry !== undefined);
    },
    personal: entries.filter((entry) => sameStore(entry.store, 'My')),
    any: (thumbprint) => {
      const found = byThumbprint.get(thumbprint) ?? [];
      return found.find((entry) => entry.certificate !== undefined) ?? found[0];
    },
    inIntermediates: (thumbprint) => (byThumbprint.get(thumbprint) ?? []).some((entry) => sameStore(entry.store, 'CA')),
    issuerOf: (certificate) => {
      if (issuers.has(certificate)) return issuers.get(certificate);
      const candidates = distinct(bySubject.get(certificate.issuerKey) ?? []).slice(0, MAX_ISSUERS);
      signatures += candidates.length;
      const issuer = signatures > MAX_SIGNATURES ? undefined : signerAmong(candidates, certificate);
      issuers.set(certificate, issuer);
      return issuer;
    },
  };
}

function signerAmong(candidates: readonly Certificate[], certificate: Certificate): Certificate | null | undefined {
  const answers = candidates.map((candidate) => signedBy(certificate, candidate));
  const at = answers.indexOf(true);
  if (at >= 0) return candidates[at];
  return answers.includes(undefined) ? undefined : null;
}

const sameStore = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function distinct(certificates: readonly Certificate[]): Certificate[] {
  return [...new Map(certificates.map((certificate) => [certificate.thumbprint, certificate])).values()];
}

function entryOf(row: JsonObject, target: string, problems: Problem[]): StoreEntry | undefined {
  const thumbprint = thumbprintOf(member(row, 'Thumbprint'));
  const certificate = certificateOf(row, thumbprint, target, problems);
  const named = thumbprint === undefined || thumbprint === NO_CERTIFICATE ? certificate?.thumbprint : thumbprint;
  return named === undefined ? undefined : { store: storeName(row), thumbprint: named, row, certificate };
}

/** `Cert:\LocalMachine\My`, `LocalMachine\My` and `My` are one store. */
function storeName(row: JsonObject): string {
  return (rawText(member(row, 'Store')) ?? '').split(/[\\/]/).at(-1) ?? '';
}

/** The certificate in a row's `Der`, refused when it is not the one that the row's thumbprint names. */
export function certificateOf(row: JsonObject, thumbprint: string | undefined, target: string, problems: Problem[]): Certificate | undefined {
  const raw = member(row, 'Der');
  if (raw === undefined || raw === null || raw === '') return undefined;
  const certificate = certificateIn(raw);
  const named = thumbprint === NO_CERTIFICATE ? undefined : thumbprint;
  if (certificate !== undefined && (named === undefined || named === certificate.thumbprint)) return certificate;
  if (problems.length < MAX_PROBLEMS) problems.push(doubt(named, certificate, target));
  return undefined;
}

/** Certificates by their text: roots and issuers stand on host after host. Cleared when it is full, so that it stays small. */
const parsed = new Map<string, Certificate>();
const MAX_PARSED = 256;
const MAX_CACHED_TEXT = 8192;

function certificateIn(raw: Json): Certificate | undefined {
  const text = typeof raw === 'string' && raw.length <= MAX_CACHED_TEXT ? raw : undefined;
  const known = text === undefined ? undefined : parsed.get(text);
  if (known !== undefined) return known;
  const der = derOf(raw);
  const certificate = der === undefined ? undefined : parseCertificate(der);
  if (text !== undefined && certificate !== undefined) {
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(text, certificate);
  }
  return certificate;
}

function doubt(thumbprint: string | undefined, certificate: Certificate | undefined, target: string): Problem {
  const shown = thumbprint === undefined ? 'without a thumbprint' : `'${thumbprint}'`;
  if (certificate === undefined) {
    return {
      level: 'warning',
      code: 'certificate.unreadable',
      message: `A certificate ${shown} cannot be parsed, so nothing about it is known.`,
      hint: 'Look at it on the host; collect again when it is sound there.',
      target,
    };
  }
  return {
    level: 'warning',
    code: 'certificate.thumbprint-mismatch',
    message: `The certificate listed as ${shown} is really '${certificate.thumbprint}', so nothing about the listed one is known.`,
    hint: 'The snapshot was changed or the collector is broken: collect again.',
    target,
  };
}
