import type { HttpClient } from '@azure/core-rest-pipeline';
import type { AccessToken, TokenCredential } from '@azure/identity';
import type { Cloud } from './cloud.ts';
import { cleaned, failed, type Failure, type Outcome } from './failure.ts';
import { within } from './wait.ts';

/** Gives tokens; whoever asks at once for the same gets the same. */
export interface Tokens {
  /** Within so many milliseconds. `claims`: what the service wants the token to say besides; the known token is dropped then. */
  readonly get: (scope: string, milliseconds: number, claims?: string) => Promise<Outcome<string>>;
  /** The way that gave the first one; null before. */
  readonly way: () => string | null;
}

interface Wanted {
  readonly scope: string;
  readonly milliseconds: number;
  readonly claims?: string;
}

interface Way {
  readonly name: string;
  /** Null when the environment says nothing of this way. */
  readonly open: () => Promise<TokenCredential | null>;
}

const TOKEN_MS = 45_000;
const PROBE_MS = 1000;
/** A token that ends sooner is fetched again. */
const MARGIN_MS = 300_000;
const METADATA = '169.254.169.254';
/** Set where a platform has an endpoint of its own for managed identities. */
const PLATFORM = ['IDENTITY_ENDPOINT', 'MSI_ENDPOINT', 'IMDS_ENDPOINT', 'AZURE_FEDERATED_TOKEN_FILE'];

/**
 * The ways to an identity, in the order in which they are tried: the environment, workload identity, managed identity, the
 * Azure CLI. The first that is set up counts, and one that is set up and is turned down ends the search: another identity
 * would see something else.
 */
function waysOf(cloud: Cloud, httpClient: HttpClient, signal: AbortSignal): Way[] {
  const options = { authorityHost: cloud.authority, disableInstanceDiscovery: cloud.name === 'custom', httpClient };
  const clientId = process.env['AZURE_CLIENT_ID'];
  return [
    {
      name: 'environment',
      open: async () => {
        const { EnvironmentCredential } = await import('@azure/identity');
        return new EnvironmentCredential(options);
      },
    },
    {
      name: 'workload identity',
      open: async () => {
        const { AZURE_TENANT_ID: tenantId, AZURE_FEDERATED_TOKEN_FILE: tokenFilePath } = process.env as Readonly<Record<string, string | undefined>>;
        if (tenantId === undefined || clientId === undefined || tokenFilePath === undefined) return null;
        const { WorkloadIdentityCredential } = await import('@azure/identity');
        return new WorkloadIdentityCredential({ ...options, tenantId, clientId, tokenFilePath });
      },
    },
    {
      name: 'managed identity',
      open: async () => {
        const onPlatform = PLATFORM.some((name) => process.env[name] !== undefined);
        if (!onPlatform && !(await answers(METADATA, 80, signal))) return null;
        const { ManagedIdentityCredential } = await import('@azure/identity');
        return new ManagedIdentityCredential(clientId === undefined ? { httpClient } : { clientId, httpClient });
      },
    },
    {
      name: 'Azure CLI',
      open: async () => {
        const { AzureCliCredential } = await import('@azure/identity');
        return new AzureCliCredential({ processTimeoutInMs: TOKEN_MS });
      },
    },
  ];
}

/**
 * A client whose requests end with the signal, and by themselves: the library forgets a request that hangs, and its connection
 * would keep this program from ending.
 */
function ending(http: HttpClient, signal: AbortSignal): HttpClient {
  return {
    sendRequest: async (request) => {
      const own = request.abortSignal;
      const ends = [signal, AbortSignal.timeout(TOKEN_MS), ...(own instanceof AbortSignal ? [own] : [])];
      return await http.sendRequest(Object.assign(request, { abortSignal: AbortSignal.any(ends) }));
    },
  };
}

/** Whether something listens. The library asks for minutes where nothing does. */
async function answers(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  const { connect } = await import('node:net');
  const socket = connect({ host, port });
  const connected = new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  const seen = await within(connected, PROBE_MS, signal);
  socket.destroy();
  return seen === true;
}

/** `reach`: why the authority could not be asked, where the library does not say it. */
export function tokensOf(cloud: Cloud, http: HttpClient, signal: AbortSignal, reach: (address: string) => Promise<Failure | null>): Tokens {
  const ways = waysOf(cloud, ending(http, signal), signal);
  const known = new Map<string, AccessToken>();
  const running = new Map<string, Promise<Outcome<string>>>();
  let chosen: { readonly name: string; readonly credential: TokenCredential } | null = null;
  let choosing: Promise<unknown> = Promise.resolve();

  const ask = async (name: string, credential: TokenCredential, { scope, milliseconds, claims }: Wanted): Promise<Outcome<AccessToken> | 'unavailable'> => {
    try {
      const token = await within(credential.getToken(scope, claims === undefined ? {} : { claims }), Math.min(milliseconds, TOKEN_MS), signal);
      if (signal.aborted) return failed('stopped', 'The collection was ended.');
      return token === null ? failed('timeout', `No token came by way of the ${name} in time.`) : { value: token };
    } catch (error) {
      return await tokenFailure(error, name, cloud, reach);
    }
  };

  const choose = async (wanted: Wanted): Promise<Outcome<AccessToken>> => {
    const tried: string[] = [];
    for (const { name, open } of ways) {
      const credential = await open();
      const answer = credential === null ? 'unavailable' : await ask(name, credential, wanted);
      tried.push(name);
      if (answer === 'unavailable' || credential === null) continue;
      if ('value' in answer) chosen = { name, credential };
      return answer;
    }
    return failed('no-credential', `There is no identity for Azure here; tried: ${tried.join(', ')}.`);
  };

  const fetch = async (wanted: Wanted): Promise<Outcome<string>> => {
    // The first token decides the way, and everybody else waits for it.
    const before = choosing;
    let release = (): void => {};
    if (chosen === null) choosing = new Promise<void>((resolve) => (release = resolve));
    await before;
    const answer = chosen === null ? await choose(wanted) : await ask(chosen.name, chosen.credential, wanted);
    release();
    if (answer === 'unavailable') return failed('credential', `The ${chosen?.name ?? 'identity'} gives no more tokens.`);
    if ('failure' in answer) return answer;
    known.set(wanted.scope, answer.value);
    return { value: answer.value.token };
  };

  return {
    way: () => chosen?.name ?? null,
    get: async (scope, milliseconds, claims) => {
      const token = known.get(scope);
      if (claims === undefined && token !== undefined && token.expiresOnTimestamp - Date.now() > MARGIN_MS) return { value: token.token };
      const already = running.get(scope);
      if (already !== undefined) return await already;
      const work = fetch({ scope, milliseconds, ...(claims === undefined ? {} : { claims }) }).finally(() => running.delete(scope));
      running.set(scope, work);
      return await work;
    },
  };
}

/** What Microsoft Entra ID says, by number: https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const AADSTS: Readonly<Record<string, string>> = {
  '7000215': 'the client secret is wrong',
  '7000222': 'the client secret has expired',
  '700016': 'the application is not known in the tenant',
  '700027': 'the client certificate is not accepted',
  '90002': 'the tenant does not exist',
  '700211': 'no federated credential fits the token',
  '700213': 'no federated credential fits the token',
};

async function tokenFailure(
  error: unknown,
  way: string,
  cloud: Cloud,
  reach: (address: string) => Promise<Failure | null>,
): Promise<{ readonly failure: Failure } | 'unavailable'> {
  const message = error instanceof Error ? error.message : String(error);
  const name = error instanceof Error ? error.name : '';
  const number = /AADSTS(\d{4,9})/.exec(message)?.[1];
  if (number !== undefined) {
    const known = AADSTS[number];
    return failed('credential', `Microsoft Entra ID turned the ${way} down: ${known ?? cleaned(message)} (AADSTS${number}).`, null, `AADSTS${number}`);
  }
  const isNetwork = /endpoints_resolution_error|network_error|openid_config_error|ECONN|ENOTFOUND|EAI_AGAIN|CERT|SELF_SIGNED|UNABLE_TO_/.test(message);
  if (isNetwork && way !== 'managed identity' && way !== 'Azure CLI') {
    const reason = await reach(cloud.authority);
    return reason === null
      ? failed('authority', `'${cloud.authority}' answers, and not as Microsoft Entra ID does; or the tenant does not exist there.`)
      : { failure: reason };
  }
  if (name === 'CredentialUnavailableError') return 'unavailable';
  return failed('credential', `No token by way of the ${way}: ${cleaned(message)}`);
}
