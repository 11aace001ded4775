import type { Fact } from '../../../src/model/fact.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Join, JoinEstate, NormaliseContext, SnapshotInput } from '../../../src/model/normalise.ts';
import type { Pointer } from '../../../src/model/pointer.ts';
import type { Section, SnapshotKind } from '../../../src/model/snapshot.ts';

export function snapshotInput(kind: SnapshotKind, name: string, sections: Readonly<Record<string, Section>>): SnapshotInput {
  return {
    target: { id: `${kind}:${name}`, kind, name, group: 'contoso', status: 'complete' },
    snapshot: {
      schemaVersion: 1,
      target: { kind, name },
      collectedAt: '2026-11-22T10:00:00Z',
      sections,
    },
    host: null,
    deployment: null,
    gateway: null,
  };
}

export function contextWith(gatewayFqdn: string | null = null): NormaliseContext {
  return {
    intent: { gatewayFqdn, adminNetworks: [], all: {} },
    now: '2026-11-23T10:00:00Z',
    catalogue: [],
  };
}

const ESTATE: JoinEstate = { hosts: [], deployments: [], gateways: [] };

export function runJoin(join: Join, facts: readonly Fact[]): readonly Fact[] {
  return join.join(
    facts.filter((fact) => join.kinds.includes(fact.kind)),
    ESTATE,
    contextWith(),
  );
}

export function makeFact(target: string, kind: string, data: JsonObject, unknown: readonly Pointer[] = []): Fact {
  const host = target.slice(target.indexOf(':') + 1);
  return {
    kind,
    id: `${target}/${kind}`,
    name: kind,
    target,
    data: { host, ...data },
    unknown,
    origin: { at: 'setting' },
    observedAt: '2026-11-22T10:00:00Z',
  };
}

export const BROKER = 'rds-deployment:rdcb01.contoso.com';
export const HOST1 = 'windows-host:rdsh01.contoso.com';
export const HOST2 = 'windows-host:rdsh02.contoso.com';
