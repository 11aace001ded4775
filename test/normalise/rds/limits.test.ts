import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { GATEWAY_IDLE_JOIN, SESSION_LIMITS_JOIN } from '../../../src/normalise/rds/limits-join.ts';
import { PUBLISHER_JOIN } from '../../../src/normalise/rds/publisher-join.ts';
import { BROKER, HOST1, HOST2, makeFact, runJoin } from './support.ts';

const GATEWAY = 'windows-host:rdgw01.contoso.com';
const MINUTE = 60_000;
const collection = (limits: JsonObject = {}, unknown: readonly string[] = []): Fact =>
  makeFact(BROKER, 'rds.collection', { collection: 'Finance', hosts: ['rdsh01.contoso.com', 'rdsh02.contoso.com'], ...limits }, unknown);
const listener = (target: string, limits: JsonObject, unknown: readonly string[] = []): Fact =>
  makeFact(target, 'windows.rdpListener', { listener: 'RDP-Tcp', sources: { idleLimit: 'gpo' }, ...limits }, unknown);
const policy = (limits: JsonObject, unknown: readonly string[] = [], name = 'Staff'): Fact =>
  makeFact(GATEWAY, 'windows.gatewayConnectionPolicy', { connectionPolicy: name, enabled: true, ...limits }, unknown);

describe('windows.gatewayIdle', () => {
  const of = (idleTimeout: Json, ...limits: readonly (Json | undefined)[]): Fact | undefined =>
    runJoin(GATEWAY_IDLE_JOIN, [
      collection(),
      policy({ idleTimeout }, idleTimeout === null ? ['/idleTimeout'] : []),
      ...limits.flatMap((idleLimit, index) =>
        idleLimit === undefined ? [] : [listener(index === 0 ? HOST1 : HOST2, { idleLimit }, idleLimit === null ? ['/idleLimit'] : [])],
      ),
    ])[0];
  const late = { name: 'rdsh02.contoso.com', idle: 120 * MINUTE };
  it.each<[string, Fact | undefined, Json]>([
    ['the hosts come first', of(30 * MINUTE, 15 * MINUTE, 30 * MINUTE), []],
    ['one host would wait longer', of(30 * MINUTE, 15 * MINUTE, 120 * MINUTE), [late]],
    ['for certain, whatever the other host does', of(30 * MINUTE, null, 120 * MINUTE), [late]],
    ['a host without a limit is judged elsewhere', of(30 * MINUTE, 15 * MINUTE, 'never'), []],
    ['a host that was not read', of(30 * MINUTE, 15 * MINUTE, null), null],
    ['a host that was not scanned', of(30 * MINUTE, 15 * MINUTE), null],
    ['no timeout at the gateway', of('never', null, null), []],
    ['the timeout was not read', of(null, 15 * MINUTE, 15 * MINUTE), null],
  ])('%s', (_name, fact, shorterThan) => {
    expect(fact?.data['shorterThan']).toEqual(shorterThan);
    expect(fact?.unknown.includes('/shorterThan')).toBe(shorterThan === null);
  });

  it('is not asked of policies that are off, of central ones, or where no session host is known', () => {
    const facts = [collection(), listener(HOST1, { idleLimit: 120 * MINUTE })];
    expect(runJoin(GATEWAY_IDLE_JOIN, [...facts, policy({ idleTimeout: MINUTE, enabled: false })])).toEqual([]);
    expect(runJoin(GATEWAY_IDLE_JOIN, [...facts, policy({ idleTimeout: MINUTE }), makeFact(GATEWAY, 'windows.gatewayServer', { central: true })])).toEqual([]);
    expect(runJoin(GATEWAY_IDLE_JOIN, [policy({ idleTimeout: MINUTE })])).toEqual([]);
  });
});

describe('rds.sessionLimits', () => {
  const limits = { idleLimit: 60 * MINUTE, disconnectedLimit: 'never', activeLimit: 'never' };
  const of = (limit: string, ...facts: readonly Fact[]): JsonObject | undefined =>
    runJoin(SESSION_LIMITS_JOIN, facts).find(({ data }) => data['limit'] === limit && data['host'] === 'rdsh01.contoso.com')?.data;

  it.each<[string, JsonObject | undefined, JsonObject]>([
    ['all alike', of('idle', collection(limits), listener(HOST1, limits)), { byHost: 60 * MINUTE, byGateway: 'none', counts: 60 * MINUTE, conflict: false }],
    [
      'a policy on the host is shorter',
      of('idle', collection(limits), listener(HOST1, { ...limits, idleLimit: 15 * MINUTE })),
      { byCollection: 60 * MINUTE, byHost: 15 * MINUTE, source: 'gpo', counts: 15 * MINUTE, conflict: true },
    ],
    [
      'the collection says never',
      of('disconnected', collection(limits), listener(HOST1, { ...limits, disconnectedLimit: MINUTE })),
      { byCollection: 'never', conflict: true },
    ],
    [
      'the shortest gateway policy cuts',
      of('active', collection(limits), listener(HOST1, limits), policy({ sessionTimeout: 480 * MINUTE }), policy({ sessionTimeout: 'never' }, [], 'More')),
      { byHost: 'never', byGateway: 480 * MINUTE, counts: 480 * MINUTE, conflict: false },
    ],
    [
      'a gateway has no limit of disconnected sessions',
      of('disconnected', collection(limits), listener(HOST1, limits), policy({ sessionTimeout: MINUTE })),
      { byGateway: 'none' },
    ],
    [
      'the gateway was not read',
      of('idle', collection(limits), listener(HOST1, limits), policy({ idleTimeout: null }, ['/idleTimeout'])),
      { byGateway: null, counts: null, conflict: false },
    ],
    ['the host was not scanned', of('idle', collection(limits)), { byHost: null, counts: null, conflict: null }],
    [
      'the collection was not read',
      of('idle', collection({ ...limits, idleLimit: null }, ['/idleLimit']), listener(HOST1, limits)),
      { byCollection: null, conflict: null },
    ],
  ])('%s', (_name, data, expected) => {
    expect(data).toMatchObject(expected);
  });

  it('stands a placeholder for a collection that was not read', () => {
    expect(runJoin(SESSION_LIMITS_JOIN, [makeFact(BROKER, 'rds.collection', {}, [''])]).map(({ unknown }) => unknown)).toEqual([['']]);
  });
});

describe('windows.publisherTrust', () => {
  const OLD = '0'.repeat(39) + '1';
  const NEW = '0'.repeat(39) + '2';
  const computer = (trusted: readonly string[] | null): Fact =>
    makeFact(HOST1, 'windows.trustedPublishers', { workstation: true, trusted }, trusted === null ? ['/trusted'] : []);
  const signs = (thumbprint: string | null, role = 'publishing'): Fact =>
    makeFact(BROKER, 'rds.deploymentCertificate', { role, thumbprint }, thumbprint === null ? ['/thumbprint'] : []);
  const trusts = (...facts: readonly Fact[]): unknown[] =>
    runJoin(PUBLISHER_JOIN, facts).map(({ data, unknown }) => [data['trusts'], unknown.includes('/trusts')]);

  it('holds the list of each computer against what each deployment signs with', () => {
    expect(trusts(computer([OLD, NEW]), signs(NEW))).toEqual([[true, false]]);
    expect(trusts(computer([OLD]), signs(NEW))).toEqual([[false, false]]);
    expect(trusts(computer(null), signs(NEW))).toEqual([[null, true]]);
    expect(trusts(computer([OLD]), signs(null))).toEqual([[null, true]]);
    expect(trusts(computer([OLD]), signs(NEW, 'gateway'))).toEqual([]);
    expect(trusts(computer([OLD]), makeFact(BROKER, 'rds.deploymentCertificate', {}, ['']))).toEqual([[null, true]]);
    expect(trusts(computer([OLD]))).toEqual([]);
  });
});
