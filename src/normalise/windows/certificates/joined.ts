import { type Fact, factId } from '../../../model/fact.ts';
import { type Json, type JsonObject, member } from '../../../model/json.ts';
import type { JoinEstate } from '../../../model/normalise.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { listsHost } from '../../rds/host-names.ts';
import { BINDING_KIND } from './binding-fact.ts';
import { RDS_DEPLOYMENT_CERTIFICATE, RDS_DEPLOYMENT_NAMES } from '../../../model/facts/rds-deployment-certificate.ts';

/** A fact as the joins read it: what is unknown is undefined. */
export function valueOf(fact: Fact, name: string): Json | undefined {
  return fact.unknown.includes(`/${name}`) || fact.unknown.includes('') ? undefined : member(fact.data, name);
}

export function textOf(fact: Fact, name: string): string | undefined {
  const value = valueOf(fact, name);
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(fact: Fact, name: string): number | undefined {
  const value = valueOf(fact, name);
  return typeof value === 'number' ? value : undefined;
}

export function textsOf(fact: Fact, name: string): readonly string[] | undefined {
  const value = valueOf(fact, name);
  return Array.isArray(value) ? (value as readonly Json[]).filter((element) => typeof element === 'string') : undefined;
}

export const hostOf = (fact: Fact): string => (textOf(fact, 'host') ?? '').toLowerCase();

/** The facts that the joins are made of, sorted once. */
export interface JoinView {
  readonly estate: JoinEstate;
  /** Bindings by role, placeholders included. */
  readonly bindings: ReadonlyMap<string, readonly Fact[]>;
  /** Bindings of one host. */
  readonly byHost: ReadonlyMap<string, readonly Fact[]>;
  readonly certificates: readonly Fact[];
  readonly deployments: readonly Fact[];
}

export const JOINED_KINDS: readonly string[] = [BINDING_KIND, RDS_DEPLOYMENT_CERTIFICATE.kind, RDS_DEPLOYMENT_NAMES.kind];

export function joinView(facts: readonly Fact[], estate: JoinEstate): JoinView {
  const bindings = facts.filter((fact) => fact.kind === BINDING_KIND);
  return {
    estate,
    bindings: Map.groupBy(bindings, (fact) => textOf(fact, 'role') ?? ''),
    byHost: Map.groupBy(bindings, hostOf),
    certificates: facts.filter((fact) => fact.kind === RDS_DEPLOYMENT_CERTIFICATE.kind),
    deployments: facts.filter((fact) => fact.kind === RDS_DEPLOYMENT_NAMES.kind),
  };
}

/** Whether a deployment counts a host among the servers of one of its lists; undefined when the list could not be read. */
export function serves(deployment: Fact, list: 'gateways' | 'webServers', host: string): boolean | undefined {
  const servers = textsOf(deployment, list);
  return servers === undefined ? undefined : listsHost(servers, host);
}

/** The certificates that a deployment has configured for a role; a placeholder stands for every role. */
export function configured(view: JoinView, deployment: Fact, role: string): Fact | undefined {
  const own = view.certificates.filter((fact) => fact.target === deployment.target);
  return own.find((fact) => textOf(fact, 'role') === role) ?? own.find((fact) => textOf(fact, 'role') === undefined);
}

/** A joined fact at the target, and with the origin and time, of the fact that it is made from. */
export function joinedFact(from: Fact, kind: string, instance: readonly string[], name: string, data: JsonObject, unknown: readonly Pointer[]): Fact {
  return { kind, id: factId(from.target, kind, ...instance), name, target: from.target, data, unknown, origin: { at: 'setting' }, observedAt: from.observedAt };
}
