import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/model/fact.ts';
import type { Json } from '../../../src/model/json.ts';
import { type Section, UNREADABLE } from '../../../src/model/snapshot.ts';
import { normaliseDeployment } from '../../../src/normalise/rds/deployment.ts';
import { contextWith, snapshotInput } from './support.ts';

type Sections = Readonly<Record<string, Section>>;

function factsOf(section: Section | undefined, gateway: string | null = null, more: Sections = {}): readonly Fact[] {
  const sections = section === undefined ? more : { collections: section, ...more };
  return normaliseDeployment(snapshotInput('rds-deployment', 'rdcb01.contoso.com', sections), contextWith(gateway)).facts;
}

function of(kind: string, row: Readonly<Record<string, Json>>, gateway: string | null = null, more: Sections = {}): Fact {
  const facts = factsOf({ status: 'ok', data: [{ CollectionName: 'Finance', ...row }] }, gateway, more);
  const fact = facts.find((candidate) => candidate.kind === kind);
  if (fact === undefined) throw new Error(`no ${kind}`);
  return fact;
}

describe('normaliseDeployment', () => {
  it.each([
    ['denied', { status: 'denied' } as const],
    ['error', { status: 'error' } as const],
    ['not collected', undefined],
  ])('answers a section that is %s with placeholders', (_name, section) => {
    const facts = factsOf(section);
    expect(facts.map((fact) => fact.kind)).toEqual(['rds.collectionAccess', 'rds.collectionDevices', 'rds.rdpProperties']);
    expect(facts.every((fact) => fact.unknown.includes('') && fact.id.endsWith('/*'))).toBe(true);
  });

  it('has nothing to say of a deployment without collections', () => {
    expect(factsOf({ status: 'absent' })).toEqual([]);
    expect(factsOf({ status: 'ok', data: [] })).toEqual([]);
  });

  it('reads one row that PowerShell collapsed, and a name once', () => {
    expect(factsOf({ status: 'ok', data: { CollectionName: 'Finance' } })).toHaveLength(3);
    expect(
      factsOf({
        status: 'ok',
        data: [{ CollectionName: 'Finance' }, { CollectionName: 'FINANCE' }],
      }),
    ).toHaveLength(3);
  });

  it('keeps a hostile name inside its segment of the id', () => {
    const [fact] = factsOf({ status: 'ok', data: [{ CollectionName: 'a/../b' }] });
    expect(fact?.id).toBe('rds-deployment:rdcb01.contoso.com/rds.collectionAccess/a~1..~1b');
  });
});

describe('rds.collectionAccess', () => {
  it.each([
    ['a named group', ['CONTOSO\\RDS'], ['S-1-5-21-0-0-0-1104'], [], true, []],
    ['a group of one as a scalar', 'CONTOSO\\RDS', 'S-1-5-21-0-0-0-1104', [], true, []],
    ['Everyone', ['Jeder'], ['S-1-1-0'], [{ name: 'Jeder', who: 'Everyone' }], false, []],
    ['no SIDs, a known name', ['CONTOSO\\Domain Users'], undefined, [{ name: 'CONTOSO\\Domain Users', who: 'Domain Users' }], false, []],
    ['no SIDs, another name', ['CONTOSO\\RDS'], undefined, [null], false, ['/broad/0']],
    ['a SID that did not resolve', ['CONTOSO\\RDS', 'CONTOSO\\Gone'], ['S-1-5-21-0-0-0-1104', null], [null], true, ['/broad/0']],
    ['lists that do not fit together', ['CONTOSO\\RDS', 'Everyone'], ['S-1-1-0'], [null, { name: 'Everyone', who: 'Everyone' }], false, ['/broad/0']],
    ['nobody', [], [], [], false, []],
    [
      'names alone, in their forms',
      ['Domain Users@contoso.com', 'NT AUTHORITY\\Authenticated Users', '.\\Users', 'Guests@BUILTIN', ' everyone ', 'S-1-5-32-545', '*S-1-5-11'],
      undefined,
      [
        { name: 'Domain Users@contoso.com', who: 'Domain Users' },
        { name: 'NT AUTHORITY\\Authenticated Users', who: 'Authenticated Users' },
        { name: '.\\Users', who: 'BUILTIN\\Users' },
        { name: 'Guests@BUILTIN', who: 'BUILTIN\\Guests' },
        { name: ' everyone ', who: 'Everyone' },
        { name: 'S-1-5-32-545', who: 'BUILTIN\\Users' },
        { name: '*S-1-5-11', who: 'Authenticated Users' },
      ],
      false,
      [],
    ],
    ['a SID for a name that is not broad', ['S-1-5-21-0-0-0-1104'], undefined, [], true, []],
    [
      'groups of a domain that are called as built-in ones are',
      ['Users@contoso.com', 'CONTOSO\\Guests'],
      undefined,
      [null, null],
      false,
      ['/broad/0', '/broad/1'],
    ],
  ])('%s', (_name, groups, sids, broad, narrowGroups, unknown) => {
    const fact = of('rds.collectionAccess', {
      UserGroup: groups,
      ...(sids === undefined ? {} : { UserGroupSids: sids }),
    });
    expect(fact.data).toMatchObject({ broad, narrowGroups });
    expect(fact.unknown).toEqual(unknown);
  });

  it('says so when the groups were not read', () => {
    expect(of('rds.collectionAccess', {}).unknown).toEqual(['/groups', '/broad', '/narrowGroups']);
    expect(of('rds.collectionAccess', { UserGroup: UNREADABLE }).unknown).toEqual(['/groups', '/broad', '/narrowGroups']);
    expect(of('rds.collectionDevices', { ClientDeviceRedirectionOptions: 0, SessionHosts: UNREADABLE }).unknown).toEqual(['/hosts']);
  });

  it('points at the declared list of groups', () => {
    expect(of('rds.collectionAccess', { UserGroup: [] }).origin).toEqual({
      at: 'setting',
      members: { '/broad': '/collections/Finance/userGroups' },
    });
  });
});

describe('rds.rdpProperties', () => {
  it('separates what weakens from what stays', () => {
    const text = 'use redirection server name:i:1\nenablecredsspsupport:i:0\r\ndrivestoredirect:s:*\nredirectclipboard:i:1\nbroken';
    expect(of('rds.rdpProperties', { CustomRdpProperty: text, SessionHosts: [] }).data).toEqual({
      host: 'rdcb01.contoso.com',
      collection: 'Finance',
      severe: ['enablecredsspsupport:i:0'],
      moderate: ['drivestoredirect:s:*'],
      clipboard: true,
      malformed: ['broken'],
      remaining: 'use redirection server name:i:1\nredirectclipboard:i:1\nbroken',
    });
  });

  it('knows the session hosts and the intended gateway', () => {
    const row = {
      CustomRdpProperty: 'full address:s:rdsh01.contoso.com\ngatewayusagemethod:i:0',
      SessionHosts: 'rdsh01.contoso.com',
    };
    expect(of('rds.rdpProperties', row, 'rdgw.contoso.com').data).toMatchObject({
      severe: ['gatewayusagemethod:i:0'],
      moderate: [],
    });
    expect(of('rds.rdpProperties', row).data).toMatchObject({ severe: [], moderate: [] });
  });

  const ALONE: Section = { status: 'absent' };
  const available = (data: Readonly<Record<string, Json>>): Section => ({ status: 'ok', data });
  const HA = available({ ClientAccessName: 'rds.contoso.com', ConnectionBroker: ['rdcb01.contoso.com', 'rdcb02.contoso.com'] });
  it.each<[string, string, Readonly<Record<string, Json>>, Section | undefined, readonly string[] | null]>([
    ['the client access name', 'alternate full address:s:rds.contoso.com', { SessionHosts: [] }, HA, []],
    ['another broker', 'full address:s:RDCB02.contoso.com.', { SessionHosts: [] }, HA, []],
    ['a short name of a host', 'full address:s:rdsh01', { SessionHosts: ['rdsh01.contoso.com'] }, ALONE, []],
    ['somewhere else', 'full address:s:rds.fabrikam.com', { SessionHosts: [] }, HA, ['full address:s:rds.fabrikam.com']],
    ['a broker that stands alone', 'full address:s:rds.contoso.com', { SessionHosts: [] }, ALONE, ['full address:s:rds.contoso.com']],
    ['nobody read the session hosts', 'full address:s:rdsh01.contoso.com', {}, ALONE, null],
    ['nobody read the client access name', 'full address:s:rds.contoso.com', { SessionHosts: [] }, undefined, null],
    ['nobody read the brokers', 'full address:s:rdcb02.contoso.com', { SessionHosts: [] }, available({ ClientAccessName: 'rds.contoso.com' }), null],
    ['the broker itself, whatever was read', 'full address:s:rdcb01', {}, undefined, []],
    ['one that is sure beside one that is not', 'full address:s:rdsh01\nprompt for credentials:i:0', {}, ALONE, ['prompt for credentials:i:0']],
    ['basic authentication at the gateway', 'gatewaycredentialssource:i:3', {}, undefined, ['gatewaycredentialssource:i:3']],
  ])('%s', (_name, CustomRdpProperty, row, access, moderate) => {
    const fact = of('rds.rdpProperties', { CustomRdpProperty, ...row }, null, access === undefined ? {} : { 'deployment.clientAccessName': access });
    expect(fact.data['moderate']).toEqual(moderate);
    expect(fact.unknown).toEqual(moderate === null ? ['/moderate'] : []);
  });

  it('leaves a line that is not decided where it stands', () => {
    const text = 'full address:s:rdsh01\ngatewaycredentialssource:i:3';
    expect(of('rds.rdpProperties', { CustomRdpProperty: text }).data['remaining']).toBe('full address:s:rdsh01');
  });

  it('takes null for none and a missing column for unread', () => {
    expect(of('rds.rdpProperties', { CustomRdpProperty: null }).unknown).toEqual([]);
    expect(of('rds.rdpProperties', {}).unknown).toContain('/severe');
  });
});
