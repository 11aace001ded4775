import { rawEnum, rawText, unwrap } from '../../../lib/raw.ts';
import type { Reading } from '../../../lib/snapshot-read.ts';
import { type Fact, factId, UNREAD } from '../../../model/fact.ts';
import { type Json, type JsonObject, member } from '../../../model/json.ts';
import type { Origin } from '../../../model/location.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { type Pointer, pointerOf } from '../../../model/pointer.ts';
import { WINDOWS_CERTIFICATE_BINDING } from '../../../model/facts/windows-certificate-binding.ts';
import { type Binding, hashTypeOf, type Role } from './bindings.ts';
import { chainStatusOf, chainVerdictOf, isSelfSigned, issuersOf, revocationChecked } from './chain.ts';
import { settle } from './draft.ts';
import { exposureOf, keyAccessOf, readableBy } from './key-access.ts';
import { covers, presentedNames, referenceName } from './names.ts';
import type { Store, StoreEntry } from './store.ts';
import { NO_CERTIFICATE } from './thumbprint.ts';
import { inDate, validityAt } from './time.ts';
import type { Certificate } from './x509.ts';
import { keyUsageOf, revocationSourcesOf, serverAuthOf } from './x509-extensions.ts';

export const BINDING_KIND = WINDOWS_CERTIFICATE_BINDING.kind;

/** What the facts of one host share. Times are milliseconds since 1970. */
export interface HostView {
  readonly input: SnapshotInput;
  readonly store: Store;
  readonly now: number;
  readonly collectedAt: number;
  /** Names that the gateway's certificate has to cover. */
  readonly gatewayNames: readonly string[];
  /** The host's own full name; null when it is known by an address only. */
  readonly hostName: string | null;
  readonly domainJoined: boolean | undefined;
  /** Name of the certificate template policy, `none`, or undefined when it could not be read. */
  readonly templatePolicy: string | undefined;
}

type Members = Readonly<Record<string, Json | undefined>>;

/** Every member of the kind, unknown. */
const UNKNOWN_MEMBERS: Members = Object.fromEntries(WINDOWS_CERTIFICATE_BINDING.members.map((name) => [name, undefined]));

export function bindingFact(binding: Binding, view: HostView, candidate: string | undefined, certificate?: Certificate): Fact {
  const { role, thumbprint } = binding;
  const entry = thumbprint === undefined || thumbprint === NO_CERTIFICATE ? undefined : view.store.own(thumbprint);
  const leaf = certificate ?? entry?.certificate;
  const issuers = leaf === undefined ? undefined : issuerMembers(leaf, entry, view);
  const { data, unknown } = settle(
    {
      ...UNKNOWN_MEMBERS,
      host: view.input.target.name,
      domainJoined: view.domainJoined,
      role,
      binding: binding.name,
      port: binding.port,
      serverName: binding.serverName ?? 'any',
      thumbprint,
      configured: thumbprint === undefined ? undefined : thumbprint !== NO_CERTIFICATE,
      ...(role === 'web-client' ? { found: leaf === undefined ? undefined : true, store: NO_CERTIFICATE } : foundMembers(thumbprint, entry, view)),
      ...(leaf === undefined ? {} : { ...certificateMembers(leaf, view), ...nameMembers(leaf, binding, view) }),
      ...issuers?.members,
      ...keyMembers(role, thumbprint, entry, view.store),
      ...listenerMembers(binding, entry, view, candidate),
    },
    issuers?.unknown,
  );
  return fact(view.input, [role, binding.name], `${view.input.target.name} ${binding.name}`, data, unknown, originOf(binding));
}

/** Stands for the bindings of one role that could not be read: everything but the role is unknown. */
export function unreadFact(role: Role, view: Pick<HostView, 'input' | 'domainJoined'>): Fact {
  const { data, unknown } = settle({ ...UNKNOWN_MEMBERS, host: view.input.target.name, domainJoined: view.domainJoined, role });
  return fact(view.input, [role, UNREAD], `${view.input.target.name} ${role} (not read)`, data, unknown, { at: 'setting' });
}

function fact(input: SnapshotInput, instance: readonly string[], name: string, data: JsonObject, unknown: readonly Pointer[], origin: Origin): Fact {
  return {
    kind: BINDING_KIND,
    id: factId(input.target.id, BINDING_KIND, ...instance),
    name,
    target: input.target.id,
    data,
    unknown,
    origin,
    observedAt: input.snapshot.collectedAt,
  };
}

function originOf(binding: Binding): Origin {
  if (binding.role !== 'listener') return { at: 'setting' };
  const setting = pointerOf(['certificates', 'listeners', binding.name, 'thumbprint']);
  return { at: 'setting', members: { '/thumbprint': setting, '/hashType': setting, '/templatePolicy': '/certificates/policy/template' } };
}

function foundMembers(thumbprint: string | undefined, entry: StoreEntry | undefined, view: HostView): Members {
  if (thumbprint === NO_CERTIFICATE) return { found: false, store: NO_CERTIFICATE };
  if (thumbprint === undefined || !view.store.read) return {};
  // A row whose bytes are those of another certificate, or broken, proves nothing about this one.
  if (entry !== undefined && entry.certificate === undefined && hasBytes(entry)) return { store: entry.store };
  return { found: entry !== undefined, store: entry?.store ?? NO_CERTIFICATE };
}

function hasBytes(entry: StoreEntry): boolean {
  const der = unwrap(member(entry.row, 'Der'));
  return der !== undefined && der !== null && der !== '';
}

export function certificateMembers(leaf: Certificate, view: Pick<HostView, 'now'>): Members {
  const presented = presentedNames(leaf);
  return {
    subject: leaf.subject,
    issuer: leaf.issuer,
    names: presented.dns,
    addresses: presented.addresses,
    ...validityAt(leaf, view.now),
    selfSigned: isSelfSigned(leaf),
    serverAuth: serverAuthOf(leaf.eku),
    eku: leaf.eku ?? [],
    keyUsage: keyUsageOf(leaf.keyUsage),
    keyType: leaf.keyType ?? undefined,
    keyBits: leaf.keyBits ?? undefined,
    keyId: leaf.keyId,
    signature: leaf.signature ?? undefined,
    revocationSources: revocationSourcesOf(leaf.revocationUrls),
  };
}

function issuerMembers(leaf: Certificate, entry: StoreEntry | undefined, view: HostView): { members: Members; unknown: Pointer[] } {
  const row = entry?.row ?? {};
  const issuers = issuersOf(leaf, isSelfSigned(leaf), row, view.store);
  const status = chainStatusOf(member(row, 'ChainStatus'));
  const known = [...issuers.intermediates, issuers.root].filter((issuer) => issuer !== undefined);
  const verdict = chainVerdictOf(
    status,
    inDate(leaf, view.collectedAt),
    known.every((issuer) => issuer === leaf || inDate(issuer, view.now)),
  );
  const mode = rawEnum(member(row, 'RevocationMode'), { 0: 'NoCheck', 1: 'Online', 2: 'Offline' } as const);
  return {
    members: {
      chain: verdict,
      chainFlags: status === undefined ? undefined : [...status.flags].toSorted(),
      revocationChecked: revocationChecked(status, mode),
      issuers: issuers.intermediates.map((issuer) => (issuer === undefined ? null : issuerSummary(issuer))),
      intermediatesInstalled: issuers.installed,
    },
    unknown: issuers.intermediates.flatMap((issuer, index) => {
      if (issuer === undefined) return [`/issuers/${index}`];
      return [
        ...(issuer.signature === null ? [`/issuers/${index}/signature`] : []),
        ...(issuer.keyType === null ? [`/issuers/${index}/keyType`] : []),
        ...(issuer.keyBits === null ? [`/issuers/${index}/keyBits`] : []),
      ];
    }),
  };
}

function issuerSummary(issuer: Certificate): JsonObject {
  const { subject, keyType, keyBits, signature } = issuer;
  return { label: `${subject} (${keyType ?? '?'} ${keyBits ?? '?'}, ${signature ?? '?'})`, subject, keyType, keyBits, signature };
}

/** HTTP.sys and IIS open the key as the system; the web client has the certificate without a key. */
const KEY_USERS = { gateway: 'TSGateway', listener: 'TermService', http: 'http', iis: 'http' } as const;

const NO_KEY: Members = { privateKey: 'missing', everyoneFull: false, keyOpenTo: [] };

function keyMembers(role: Role, thumbprint: string | undefined, entry: StoreEntry | undefined, store: Store): Members {
  if (role === 'web-client') return { privateKey: 'not-asked', everyoneFull: false, keyOpenTo: [] };
  if (entry === undefined) return thumbprint === NO_CERTIFICATE || (thumbprint !== undefined && store.read) ? NO_KEY : {};
  const has = unwrap(member(entry.row, 'HasPrivateKey'));
  const there = unwrap(member(entry.row, 'PrivateKeyFound'));
  if (has === false || there === false) return NO_KEY;
  const access = keyAccessOf(member(entry.row, 'PrivateKeyAccess'));
  if (access === undefined || has !== true) return {};
  const exposure = exposureOf(access);
  return { privateKey: readableBy(KEY_USERS[role], access) ? 'readable' : 'not-readable', everyoneFull: exposure.everyoneFull, keyOpenTo: exposure.openTo };
}

function listenerMembers(binding: Binding, entry: StoreEntry | undefined, view: HostView, candidate: string | undefined): Members {
  if (binding.role !== 'listener') return { hashType: 'not-asked', templatePolicy: 'not-asked', candidate: NO_CERTIFICATE };
  return { hashType: hashTypeOf(binding.row, entry?.store), templatePolicy: view.templatePolicy, candidate };
}

function nameMembers(leaf: Certificate, binding: Binding, view: HostView): Members {
  const expected = expectedNames(binding, view);
  if (expected.length === 0) return { expectedNames: [], nameMatch: 'not-asked' };
  const presented = presentedNames(leaf);
  const match = binding.role === 'listener' ? expected.every((name) => coversHost(leaf, name)) : expected.every((name) => covers(presented, name));
  return { expectedNames: expected, nameMatch: match ? 'match' : 'mismatch' };
}

function expectedNames(binding: Binding, view: HostView): readonly string[] {
  if (binding.role === 'gateway') return view.gatewayNames;
  if (binding.role === 'listener') return view.hostName === null ? [] : [view.hostName];
  return binding.serverName === null ? [] : [binding.serverName];
}

/** A host that is known by its first label only may be any host of that label: its domain is not known here. */
export function coversHost(certificate: Certificate, host: string): boolean {
  const presented = presentedNames(certificate);
  const wanted = referenceName(host);
  if (wanted === undefined || wanted.includes('.')) return covers(presented, host);
  return presented.dns.some((name) => name.toLowerCase() === wanted || name.toLowerCase().startsWith(`${wanted}.`) || name.startsWith('*.'));
}

/** The template's name; `none` when the policy is not set. */
export function templateName(reading: Reading): string | undefined {
  if (!reading.known) return undefined;
  const text = rawText(reading.value)?.trim() ?? '';
  return text === '' ? NO_CERTIFICATE : text;
}
