import { describe, expect, it } from 'vitest';
import { LICENSING_JOIN, sameNames } from '../../../src/normalise/rds/licensing-join.ts';
import { BROKER, HOST1, HOST2, makeFact, runJoin } from './support.ts';

const collection = makeFact(BROKER, 'rds.collection', { collection: 'Finance', hosts: ['rdsh01.contoso.com', 'rdsh02.contoso.com'] });
const deployment = (mode: string): ReturnType<typeof makeFact> => makeFact(BROKER, 'rds.licenseConfiguration', { mode, servers: ['rdls01.contoso.com'] });
const host = (target: string, mode: string, servers: readonly string[]): ReturnType<typeof makeFact> =>
  makeFact(target, 'windows.sessionHostLicensing', { mode, servers: [...servers] });

describe('rds.hostLicensing', () => {
  it.each([
    ['they agree', [host(HOST1, 'per-user', ['RDLS01'])], true],
    ['another mode', [host(HOST1, 'per-device', ['rdls01.contoso.com'])], false],
    ['another server', [host(HOST1, 'per-user', ['old01.contoso.com'])], false],
    ['a host that was not scanned', [], null],
  ])('%s', (_, hosts, agrees) => {
    const facts = runJoin(LICENSING_JOIN, [collection, deployment('per-user'), ...hosts, host(HOST2, 'per-user', ['rdls01.contoso.com'])]);
    expect(facts.map((fact) => fact.data['agrees'])).toEqual([agrees, true]);
    expect(facts[0]?.unknown.includes('/agrees')).toBe(agrees === null);
  });

  it('asks nothing of hosts whose deployment says nothing', () => {
    expect(runJoin(LICENSING_JOIN, [collection, deployment('not-configured')])).toEqual([]);
    expect(runJoin(LICENSING_JOIN, [collection])).toEqual([]);
  });
});

it.each([
  [['a.contoso.com', 'b'], ['B.contoso.com', 'A.contoso.com'], true],
  [['a'], ['a.contoso.com', 'b.contoso.com'], false],
  [['a.contoso.com'], ['a.fabrikam.com'], false],
  [['192.0.2.1'], ['192.0.2.2'], false],
  [[], [], true],
])('%j and %j', (a, b, same) => {
  expect(sameNames(a, b)).toBe(same);
  expect(sameNames(b, a)).toBe(same);
});
