import { describe, expect, it } from 'vitest';
import type { EstateGateway, EstateHost } from '../../../src/model/estate.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { JoinEstate } from '../../../src/model/normalise.ts';
import { GATEWAY_BYPASS_JOIN } from '../../../src/normalise/rds/gateway-bypass-join.ts';
import { BROKER, contextWith, HOST1, makeFact } from './support.ts';

const GATEWAY = 'windows-host:rdgw01.contoso.com';
const rules = (...addresses: string[]): JsonObject => ({
  profile: 'Domain',
  active: true,
  via: 'rules',
  certain: addresses,
  possible: addresses,
  rules: [{ rule: 'RemoteDesktop-UserMode-In-TCP', store: 'PersistentStore', source: 'local', addresses }],
});
const place = (target: string, addresses: readonly string[] | null, roles: JsonObject = {}): Fact =>
  makeFact(target, 'windows.hostPlace', { addresses, sessionHost: false, gateway: false, broker: false, ...roles }, addresses === null ? ['/addresses'] : []);
const estateHost = (name: string, changes: Partial<EstateHost> = {}): EstateHost => ({
  name,
  address: name,
  rdpPort: null,
  roles: [],
  azureId: null,
  groups: [],
  over: 'snapshot',
  pointer: '/hosts/0',
  own: '/hosts/0',
  declared: [],
  ...changes,
});
const gateway: EstateGateway = {
  name: 'rdgw.contoso.com',
  address: '203.0.113.10',
  port: 443,
  over: 'snapshot',
  hosts: ['rdgw01.contoso.com'],
  pointer: '/gateways/0',
  declared: [],
};
const ESTATE: JoinEstate = { hosts: [], deployments: [], gateways: [gateway] };

interface Setup {
  readonly sources: JsonObject;
  readonly estate?: JoinEstate;
  readonly facts?: readonly Fact[];
  readonly sessionHost?: JsonObject;
  readonly adminNetworks?: readonly string[];
}

function bypass({
  sources,
  estate = ESTATE,
  facts = [place(GATEWAY, ['10.20.0.10'], { gateway: true })],
  sessionHost = { sessionHost: true },
  adminNetworks = [],
}: Setup): Fact {
  const context = contextWith();
  const [fact] = GATEWAY_BYPASS_JOIN.join([makeFact(HOST1, 'windows.rdpSources', sources), place(HOST1, ['10.20.0.21'], sessionHost), ...facts], estate, {
    ...context,
    intent: { ...context.intent, adminNetworks },
  });
  if (fact === undefined) throw new Error('no fact');
  return fact;
}

const broker = place('windows-host:rdcb01.contoso.com', ['10.20.0.11'], { broker: true });
const both = [place(GATEWAY, ['10.20.0.10', '2001:db8::10'], { gateway: true }), broker];

describe('windows.gatewayBypass', () => {
  it.each<[string, Setup, boolean | null, string[]]>([
    ['the gateway alone', { sources: rules('10.20.0.10') }, false, []],
    ['nobody', { sources: { ...rules(), rules: [] } }, false, []],
    ['gateway and broker, IPv6 too', { sources: rules('10.20.0.10/31', '2001:db8::10'), facts: both }, false, []],
    ['the admin networks', { sources: rules('10.20.0.10', '198.51.100.0/29'), adminNetworks: ['198.51.100.0/28'] }, false, []],
    ['one address beside', { sources: rules('10.20.0.10-10.20.0.11') }, true, ['10.20.0.11']],
    ['a network', { sources: rules('10.30.0.0/16', '10.20.0.10') }, true, ['10.30.0.0/16']],
    ['any', { sources: rules('Any') }, true, ['Any']],
    ['no gateway is placed, and the address may be its', { sources: rules('10.20.0.9'), facts: [] }, null, ['10.20.0.9']],
    ['no gateway is placed, and it is more than any gateway', { sources: rules('Any'), facts: [] }, true, ['Any']],
    ['no gateway is placed, and only admins get in', { sources: rules('198.51.100.1'), facts: [], adminNetworks: ['198.51.100.0/28'] }, false, []],
    ['the addresses of the gateway were not read', { sources: rules('10.20.0.9'), facts: [place(GATEWAY, null, { gateway: true })] }, null, ['10.20.0.9']],
    [
      'where the broker is, nobody knows',
      { sources: rules('10.20.0.11'), facts: [...both.slice(0, 1), makeFact(BROKER, 'rds.collection', { hosts: [] })] },
      null,
      ['10.20.0.11'],
    ],
    ['a set that only Windows knows', { sources: rules('dns4') }, null, []],
    ['more cannot be ruled out', { sources: { ...rules('10.20.0.10'), possible: ['Any'] } }, null, []],
    [
      'a host that calls a range its address',
      { sources: rules('10.0.0.0/8'), facts: [place(GATEWAY, ['Any', '10.0.0.0/8', '10.20.0.10'], { gateway: true })] },
      true,
      ['10.0.0.0-10.20.0.9', '10.20.0.11-10.255.255.255'],
    ],
  ])('%s', (_name, setup, beyond, extra) => {
    const fact = bypass(setup);
    expect(fact.data).toMatchObject({ beyond, extra });
    expect(fact.unknown.includes('/beyond')).toBe(beyond === null);
  });

  it('names the rules, each with what it lets in too much', () => {
    const sources = rules('10.20.0.10', '10.30.0.0/24');
    const more = { rule: 'other', store: 'PersistentStore', source: 'local', addresses: ['10.20.0.10'] };
    const fact = bypass({ sources: { ...sources, rules: [...(sources['rules'] as JsonObject[]), more] } });
    expect(fact.data['rules']).toEqual([{ rule: 'RemoteDesktop-UserMode-In-TCP', store: 'PersistentStore', source: 'local', addresses: ['10.30.0.0/24'] }]);
    expect(fact.origin).toEqual({ at: 'setting', members: { '/beyond': '/firewall/rules/RemoteDesktop-UserMode-In-TCP/remoteAddresses' } });
  });

  it('knows jump hosts by their role in the estate', () => {
    const jump = estateHost('jump01.contoso.com', { roles: ['workstation'] });
    const estate = { ...ESTATE, hosts: [jump] };
    const sources = rules('10.20.0.10', '10.20.0.40');
    expect(bypass({ sources, estate }).data).toMatchObject({ beyond: null, unplaced: ['jump01.contoso.com'] });
    expect(bypass({ sources, estate: { ...estate, hosts: [{ ...jump, address: '10.20.0.40' }] } }).data).toMatchObject({
      beyond: false,
      unplaced: ['jump01.contoso.com'],
    });
    expect(bypass({ sources, estate, facts: [...both, place('windows-host:jump01.contoso.com', ['10.20.0.40'])] }).data).toMatchObject({
      beyond: false,
      unplaced: [],
    });
  });

  it('takes where clients find a gateway for its address only when nothing else is known', () => {
    const sources = rules('203.0.113.10');
    expect(bypass({ sources }).data).toMatchObject({ beyond: true });
    expect(bypass({ sources, estate: { ...ESTATE, gateways: [{ ...gateway, hosts: [] }] }, facts: [] }).data).toMatchObject({
      beyond: false,
      unplaced: ['rdgw.contoso.com'],
    });
  });

  it('finds gateways in the estate, on hosts and in deployments', () => {
    const none: JoinEstate = { hosts: [], deployments: [], gateways: [] };
    const found = (setup: Partial<Setup>): unknown => bypass({ sources: rules('Any'), estate: none, facts: [], ...setup }).data['gateways'];
    expect(found({})).toEqual([]);
    expect(found({ estate: ESTATE })).toEqual(['rdgw.contoso.com', 'rdgw01.contoso.com']);
    expect(found({ facts: both })).toEqual(['rdgw01.contoso.com']);
    const deployment = (mode: string): Fact => makeFact(BROKER, 'rds.deploymentGateway', { mode, externalFqdn: 'rdgw.contoso.com' });
    expect(found({ facts: [deployment('custom')] })).toEqual(['rdgw.contoso.com']);
    expect(found({ facts: [deployment('none')] })).toEqual([]);
  });

  it('takes a host of a collection for a session host, whatever its roles say', () => {
    const collection = makeFact(BROKER, 'rds.collection', { hosts: ['RDSH01.contoso.com'] });
    expect(bypass({ sources: rules('Any'), sessionHost: { sessionHost: false }, facts: [collection] }).data['sessionHost']).toBe(true);
    expect(bypass({ sources: rules('Any'), sessionHost: { sessionHost: false } }).data['sessionHost']).toBe(false);
  });

  it('says nothing where the firewall was not read', () => {
    const unread = makeFact(HOST1, 'windows.rdpSources', {}, ['']);
    const [fact] = GATEWAY_BYPASS_JOIN.join([unread, place(HOST1, ['10.20.0.21'], { sessionHost: true })], ESTATE, contextWith());
    expect(fact?.unknown).toEqual(expect.arrayContaining(['/beyond', '/profile', '/via']));
    expect(fact?.data['sessionHost']).toBe(true);
  });
});
