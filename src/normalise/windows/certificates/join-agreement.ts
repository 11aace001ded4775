import { type Fact, UNREAD } from '../../../model/fact.ts';
import { WINDOWS_CERTIFICATE_AGREEMENT } from '../../../model/facts/windows-certificate-joins.ts';
import type { JsonObject } from '../../../model/json.ts';
import { listsHost } from '../../rds/host-names.ts';
import { settle } from './draft.ts';
import { gatewayNames } from './join-names.ts';
import { configured, hostOf, joinedFact, type JoinView, numberOf, serves, textOf, valueOf } from './joined.ts';
import { covers } from './names.ts';

const KIND = WINDOWS_CERTIFICATE_AGREEMENT.kind;
const DEFAULT_PORT = 443;

/** One place beside the gateway service; undefined is what could not be read. */
interface Other {
  readonly from: string;
  readonly thumbprint: string | undefined;
  readonly agrees: boolean | undefined;
  /** Null where the dates do not matter: what a deployment has configured is not what is served. */
  readonly daysLeft: number | null | undefined;
}

/** CERT-007: one fact for each gateway service that names a certificate, or could not be asked. */
export function agreements(view: JoinView, intended: string | null): Fact[] {
  return (view.bindings.get('gateway') ?? []).map((gateway) => agreement(gateway, view, intended));
}

function agreement(gateway: Fact, view: JoinView, intended: string | null): Fact {
  const thumbprint = textOf(gateway, 'thumbprint');
  const others = [...boundOthers(gateway, thumbprint, view, intended), ...deploymentOthers(gateway, thumbprint, view)];
  const found = valueOf(gateway, 'found');
  const { data, unknown } = settle(
    {
      host: textOf(gateway, 'host'),
      thumbprint,
      found: typeof found === 'boolean' ? found : undefined,
      // A gateway that could not be asked agrees with nobody for certain, even where there is nothing to compare.
      compared: textOf(gateway, 'binding') === undefined ? undefined : others.length,
      others: others.map((other): JsonObject => ({
        label: `${other.from}: ${other.thumbprint ?? 'not read'}`,
        from: other.from,
        thumbprint: other.thumbprint ?? null,
        agrees: other.agrees ?? null,
        daysLeft: other.daysLeft ?? null,
      })),
      anyExpired: anyExpired([numberOf(gateway, 'daysLeft'), ...others.map((other) => other.daysLeft)]),
    },
    others.flatMap((other, index) =>
      (['thumbprint', 'agrees', 'daysLeft'] as const).filter((name) => other[name] === undefined).map((name) => `/others/${index}/${name}`),
    ),
  );
  const instance = textOf(gateway, 'binding') ?? UNREAD;
  return joinedFact(gateway, KIND, [instance], `${textOf(gateway, 'host') ?? ''} gateway certificate bindings`, data, unknown);
}

function anyExpired(days: readonly (number | null | undefined)[]): boolean | undefined {
  if (days.some((left) => typeof left === 'number' && left < 0)) return true;
  return days.includes(undefined) ? undefined : false;
}

function compare(a: string | undefined, b: string | undefined): boolean | undefined {
  return a === undefined || b === undefined ? undefined : a === b;
}

/** HTTP.sys and IIS of the same host, on the gateway's port, for every name or for a name of the gateway. */
function boundOthers(gateway: Fact, thumbprint: string | undefined, view: JoinView, intended: string | null): Other[] {
  const names = gatewayNames(gateway, view, intended).flatMap(({ name }) => name ?? []);
  const ports = portsOf(gateway, view);
  return (view.byHost.get(hostOf(gateway)) ?? [])
    .filter((fact) => ['http', 'iis'].includes(textOf(fact, 'role') ?? '') && concerns(fact, names, ports))
    .map((fact) => ({
      from: `${textOf(fact, 'role') ?? ''} ${textOf(fact, 'binding') ?? '(not read)'}`,
      thumbprint: textOf(fact, 'thumbprint'),
      agrees: compare(thumbprint, textOf(fact, 'thumbprint')),
      daysLeft: numberOf(fact, 'daysLeft'),
    }));
}

function portsOf(gateway: Fact, view: JoinView): readonly number[] {
  const declared = view.estate.gateways.filter((entry) => listsHost(entry.hosts, hostOf(gateway))).map((entry) => entry.port);
  return declared.length === 0 ? [DEFAULT_PORT] : declared;
}

/** A binding on another port or for another name may have another certificate; one that was not read may be any. */
function concerns(binding: Fact, names: readonly string[], ports: readonly number[]): boolean {
  const port = numberOf(binding, 'port');
  if (port !== undefined && !ports.includes(port)) return false;
  const serverName = textOf(binding, 'serverName') ?? 'any';
  return serverName === 'any' || names.some((name) => covers({ dns: [serverName], addresses: [] }, name));
}

/** What deployments have configured for this gateway. One that may or may not use it speaks only where it agrees. */
function deploymentOthers(gateway: Fact, thumbprint: string | undefined, view: JoinView): Other[] {
  return view.deployments.flatMap((deployment): Other[] => {
    const member = serves(deployment, 'gateways', hostOf(gateway));
    const entry = configured(view, deployment, 'gateway');
    if (member === false || entry === undefined) return [];
    const theirs = textOf(entry, 'thumbprint');
    const agrees = compare(thumbprint, theirs);
    return [
      {
        from: `deployment ${textOf(deployment, 'host') ?? ''}`,
        thumbprint: theirs,
        agrees: member === undefined && agrees !== true ? undefined : agrees,
        daysLeft: null,
      },
    ];
  });
}
