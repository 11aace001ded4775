import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/model/fact.ts';
import { judge, ODD_HOST_JOIN } from '../../../src/normalise/rds/odd-host-join.ts';
import { contextOf } from '../settings/support.ts';
import { BROKER, makeFact } from './support.ts';

const ESTATE = { hosts: [], deployments: [], gateways: [] };
const hostName = (index: number): string => `rdsh0${index + 1}.contoso.com`;

/** A collection with a host for each value; `null` was scanned and not read, `undefined` was not scanned. */
function oddOf(values: readonly (string | null | undefined)[]): readonly Fact[] {
  const collection = makeFact(BROKER, 'rds.collection', { collection: 'Finance', hosts: values.map((_, index) => hostName(index)) });
  const listeners = values.flatMap((value, index) =>
    value === undefined
      ? []
      : [
          makeFact(
            `windows-host:${hostName(index)}`,
            'windows.rdpListener',
            { listener: 'RDP-Tcp', securityLayer: value },
            value === null ? ['/securityLayer'] : [],
          ),
        ],
  );
  return ODD_HOST_JOIN.join([collection, ...listeners], ESTATE, contextOf());
}

const found = (facts: readonly Fact[]): unknown[] =>
  facts.filter((fact) => fact.data['odd'] === true).map(({ data }) => [data['host'], data['setting'], data['value'], data['peersValue'], data['peers']]);
const rest = (facts: readonly Fact[]): unknown[] => facts.filter((fact) => fact.data['setting'] === '*').map((fact) => fact.data['odd']);

describe('rds.oddHost', () => {
  it('names the host, its value and that of the others', () => {
    const facts = oddOf(['tls', 'rdp', 'tls', 'tls']);
    expect(found(facts)).toEqual([['rdsh02.contoso.com', 'rdp/RDP-Tcp/securityLayer', '"rdp"', '"tls"', 3]]);
    expect(rest(facts)).toEqual([false, false, false, false]);
  });

  it.each([
    ['all alike', ['tls', 'tls', 'tls'], [false, false, false]],
    ['two and two', ['tls', 'tls', 'rdp', 'rdp'], [false, false, false, false]],
    ['all different', ['tls', 'rdp', 'negotiate'], [false, false, false]],
    ['one that was not scanned may differ', ['tls', 'tls', undefined], [false, false, null]],
    ['one that was not scanned may be the second', ['tls', 'tls', 'rdp', undefined], [false, false, null, null]],
    ['one that was not read may differ', ['tls', 'tls', null], [false, false, null]],
  ] as const)('%s', (_, values, expected) => {
    const facts = oddOf(values);
    expect(found(facts)).toEqual([]);
    expect(rest(facts)).toEqual(expected);
    expect(facts.every((fact) => (fact.data['odd'] === null) === fact.unknown.includes('/odd'))).toBe(true);
  });

  it('says nothing of two hosts, which are no majority', () => {
    expect(oddOf(['tls', 'rdp'])).toEqual([]);
  });

  it('is unknown when the hosts of the collection are not known', () => {
    const collection = makeFact(BROKER, 'rds.collection', { collection: 'Finance', hosts: null }, ['/hosts']);
    expect(ODD_HOST_JOIN.join([collection], ESTATE, contextOf()).map((fact) => fact.unknown)).toEqual([['']]);
  });

  it('reads rights as sets', () => {
    const collection = makeFact(BROKER, 'rds.collection', { collection: 'Finance', hosts: [0, 1, 2].map(hostName) });
    const rights = [
      ['a', 'b'],
      ['b', 'a'],
      ['a', 'b'],
    ].map((list, index) => makeFact(`windows-host:${hostName(index)}`, 'windows.userRights', { SeNetworkLogonRight: list }));
    expect(found(ODD_HOST_JOIN.join([collection, ...rights], ESTATE, contextOf()))).toEqual([]);
  });
});

describe('judge', () => {
  const values = fc.array(fc.constantFrom('a', 'b', 'c', undefined), { minLength: 3, maxLength: 6 });
  const oracle = (all: readonly string[]): boolean => {
    const [own, ...others] = all;
    return new Set(others).size === 1 && others[0] !== own;
  };
  /** Every way to fill in what was not read; a value that nobody shows among them. */
  const fillings = (all: readonly (string | undefined)[]): string[][] =>
    all.reduce<string[][]>(
      (done, value) => done.flatMap((prefix) => (value === undefined ? ['a', 'b', 'c', 'd'] : [value]).map((each) => [...prefix, each])),
      [[]],
    );

  it('is certain exactly where every filling agrees', () => {
    fc.assert(
      fc.property(values, (all) => {
        const known = all.filter((value) => value !== undefined);
        const counts = new Map([...Map.groupBy(known, (value) => value)].map(([value, list]) => [value, list.length]));
        const { odd } = judge(all[0], { counts, known: known.length }, all.length);
        const answers = new Set(fillings(all).map(oracle));
        expect(odd).toBe(answers.size === 2 ? null : answers.has(true));
      }),
      { seed: 20261124, numRuns: 400 },
    );
  });
});
