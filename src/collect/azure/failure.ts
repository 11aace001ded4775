/** Why something could not be read. Each is another thing to mend. */
export type FailureKind =
  | 'no-credential'
  | 'credential'
  | 'authority'
  | 'denied'
  | 'firewall'
  | 'absent'
  | 'network'
  | 'certificate'
  | 'timeout'
  | 'throttled'
  | 'malformed'
  | 'too-large'
  | 'refused'
  | 'server'
  | 'stopped';

export interface Failure {
  readonly kind: FailureKind;
  /** Of the answer, when there was one. */
  readonly status: number | null;
  /** As the service names it: `AuthorizationFailed`, `ForbiddenByFirewall`. */
  readonly code: string | null;
  /** What happened, for people; bounded, without credentials, hostile all the same. */
  readonly message: string;
}

export type Outcome<Value> = { readonly value: Value } | { readonly failure: Failure };

export function failed(kind: FailureKind, message: string, status: number | null = null, code: string | null = null): { readonly failure: Failure } {
  return { failure: { kind, status, code, message: cleaned(message) } };
}

const MAX_MESSAGE = 300;
/** Values of the environment that are secrets. */
const SECRETS = ['AZURE_CLIENT_SECRET', 'AZURE_PASSWORD', 'AZURE_CLIENT_CERTIFICATE_PASSWORD', 'IDENTITY_HEADER', 'MSI_SECRET'];

/** One line, short, and without anything that could log somebody on. */
export function cleaned(text: string): string {
  let shown = text.replaceAll(/\s+/g, ' ').trim();
  for (const name of SECRETS) {
    const secret = process.env[name];
    if (secret !== undefined && secret.length > 3) shown = shown.replaceAll(secret, '***');
  }
  shown = shown.replaceAll(/eyJ[\w-]{10,}(?:\.[\w-]+){0,2}/g, '***');
  return shown.length > MAX_MESSAGE ? `${shown.slice(0, MAX_MESSAGE)}…` : shown;
}

/** The system's and TLS' codes of connections that came to nothing. */
export function failureOfCode(code: string, host: string): { readonly failure: Failure } {
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|ERR_SSL|ERR_TLS|EPROTO/.test(code))
    return failed('certificate', `The certificate of '${host}' is not trusted here (${code}).`, null, code);
  return failed('network', `'${host}' could not be reached (${code}).`, null, code);
}
