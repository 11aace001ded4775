import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import type { Section } from '../../../src/model/snapshot.ts';
import { LISTENER_TRUTH_JOIN } from '../../../src/normalise/endpoint/truth-join.ts';
import { absent, checked, context, factsOf, negotiation, ok, standardSecurity, valuesOf } from './support.ts';

const HOST = 'rdsh01.contoso.com';
const POLICY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
const STATION = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp';

interface Host {
  readonly policy?: Readonly<Record<string, Json>> | null;
  readonly nla?: Json;
  readonly layer?: Json;
  readonly level?: Json;
  readonly port?: number;
  readonly off?: boolean;
  readonly listeners?: readonly string[];
  readonly general?: Section;
}

function host({ policy = {}, nla = 1, layer = 2, level = 3, port, off, listeners = ['RDP-Tcp'], general }: Host = {}, name = HOST): readonly Fact[] {
  const station = { status: 'ok', values: { ...(port === undefined ? {} : { PortNumber: port }), ...(off === true ? { fEnableWinStation: 0 } : {}) } };
  return valuesOf(name, {
    registry: ok({ [POLICY]: policy === null ? { status: 'denied' } : { status: 'ok', values: policy }, [STATION]: station }),
    Win32_TSGeneralSetting:
      general ?? ok(listeners.map((TerminalName) => ({ TerminalName, UserAuthenticationRequired: nla, SecurityLayer: layer, MinEncryptionLevel: level }))),
  });
}

const wire = (answers: Parameters<typeof negotiation>[0], name = HOST): readonly Fact[] => factsOf(name, { 'endpoint.rdpNegotiation': negotiation(answers) });
const truths = (...facts: readonly (readonly Fact[])[]): readonly Fact[] =>
  checked(LISTENER_TRUTH_JOIN.join(facts.flat(), { hosts: [], deployments: [], gateways: [] }, context()));
const shown = (facts: readonly Fact[]): readonly unknown[] =>
  facts.map(({ data }) => [data['policy'], data['effective'], data['observed'], data['agrees'], data['observedIs']]);

const NLA = { 0: 'F5', 1: 'F5', 3: 2, 11: 8 };
const TLS = { 0: 'F1', 1: 1, 3: 1, 11: 1 };
const NEGOTIATE = { 0: 0, 1: 1, 3: 2, 11: 2 };
const RDP = { 0: 0, 1: 'F2', 3: 'F2', 11: 'F2' };
const NOTHING = { 0: 'F3', 1: 'F3', 3: 'F3', 11: 'F3' };

describe('the three truths of a listener', () => {
  it.each<[string, Host, Parameters<typeof negotiation>[0] | null, readonly unknown[], readonly unknown[]]>([
    [
      'all agree',
      { policy: { UserAuthentication: 1, SecurityLayer: 2 } },
      NLA,
      ['required', 'required', 'required', true, 'same'],
      ['tls', 'tls', 'tls', true, 'same'],
    ],
    ['no policy', {}, NLA, ['none', 'required', 'required', true, 'same'], ['none', 'tls', 'tls', true, 'same']],
    [
      'NLA hides whether the layer is negotiated',
      { layer: 1 },
      NLA,
      ['none', 'required', 'required', true, 'same'],
      ['none', 'negotiate', 'tls', true, 'same'],
    ],
    [
      'the wire is weaker',
      { policy: { UserAuthentication: 1 } },
      TLS,
      ['required', 'required', 'not-required', false, 'weaker'],
      ['none', 'tls', 'tls', true, 'same'],
    ],
    [
      'the wire is weaker in both',
      { layer: 2 },
      NEGOTIATE,
      ['none', 'required', 'not-required', false, 'weaker'],
      ['none', 'tls', 'negotiate', false, 'weaker'],
    ],
    ['RDP cannot do NLA', { layer: 0 }, RDP, ['none', 'required', 'not-required', false, 'weaker'], ['none', 'rdp', 'rdp', true, 'same']],
    [
      'the wire is stronger',
      { nla: 0, layer: 1 },
      TLS,
      ['none', 'not-required', 'not-required', true, 'same'],
      ['none', 'negotiate', 'tls', false, 'stronger'],
    ],
    [
      'the policy is not in effect',
      { policy: { UserAuthentication: 1 }, nla: 0 },
      TLS,
      ['required', 'not-required', 'not-required', false, 'same'],
      ['none', 'tls', 'tls', true, 'same'],
    ],
    [
      'nobody looked',
      { policy: { UserAuthentication: 1 } },
      null,
      ['required', 'required', 'not-probed', true, 'not-probed'],
      ['none', 'tls', 'not-probed', true, 'not-probed'],
    ],
    [
      'nobody looked, and two differ all the same',
      { policy: { UserAuthentication: 1 }, nla: 0 },
      null,
      ['required', 'not-required', 'not-probed', false, 'not-probed'],
      ['none', 'tls', 'not-probed', true, 'not-probed'],
    ],
    ['the policy was denied', { policy: null }, NLA, [null, 'required', 'required', null, 'same'], [null, 'tls', 'tls', null, 'same']],
    [
      'the policy was denied, and the wire differs',
      { policy: null },
      TLS,
      [null, 'required', 'not-required', false, 'weaker'],
      [null, 'tls', 'tls', null, 'same'],
    ],
    ['the wire did not say', {}, { 0: 'silent' }, ['none', 'required', null, null, null], ['none', 'tls', null, null, null]],
    ['Windows did not say', { nla: null, layer: null }, NLA, ['none', null, 'required', null, null], ['none', null, 'tls', null, null]],
    ['everything is refused', {}, NOTHING, ['none', 'required', 'not-required', false, 'weaker'], ['none', 'tls', 'none', false, 'stronger']],
    ['a value that nobody knows', { policy: { SecurityLayer: 7 } }, NLA, ['none', 'required', 'required', true, 'same'], [null, 'tls', 'tls', null, 'same']],
    ['booleans', { nla: true }, NLA, ['none', 'required', 'required', true, 'same'], ['none', 'tls', 'tls', true, 'same']],
  ])('%s', (_name, given, answers, authentication, layer) => {
    const facts = truths(host(given), answers === null ? [] : wire(answers));
    expect(shown(facts).slice(0, 2)).toEqual([authentication, layer]);
    for (const fact of facts) {
      const open = Object.entries(fact.data).flatMap(([name, value]) => (value === null ? [`/${name}`] : []));
      expect([...fact.unknown].toSorted()).toEqual(open.toSorted());
      expect(fact.target).toBe(`windows-host:${HOST}`);
    }
  });

  it.each<[string, Host, JsonObject | null, readonly unknown[]]>([
    ['all agree', { policy: { MinEncryptionLevel: 3 } }, {}, ['high', 'high', 'high', true, 'same']],
    ['no policy', { level: 2 }, { Method: 1, Level: 2 }, ['none', 'client-compatible', 'client-compatible', true, 'same']],
    ['the wire is weaker', { policy: { MinEncryptionLevel: 3 } }, { Method: 1, Level: 1 }, ['high', 'high', 'low', false, 'weaker']],
    ['the wire encrypts nothing', {}, { Method: 0, Level: 0 }, ['none', 'high', 'none', false, 'weaker']],
    ['the wire is stronger', { level: 1 }, {}, ['none', 'low', 'high', false, 'stronger']],
    [
      'the policy is not in effect',
      { policy: { MinEncryptionLevel: 3 }, level: 2 },
      { Method: 1, Level: 2 },
      ['high', 'client-compatible', 'client-compatible', false, 'same'],
    ],
    ['FIPS of the whole system overrides the wire', { policy: { MinEncryptionLevel: 3 } }, { Method: 16, Level: 4 }, ['high', 'high', 'fips', true, 'same']],
    [
      'FIPS of the whole system overrides the policy',
      { policy: { MinEncryptionLevel: 3 }, level: 4 },
      { Method: 16, Level: 4 },
      ['high', 'fips', 'fips', true, 'same'],
    ],
    ['FIPS that the wire does not show', { level: 4 }, {}, ['none', 'fips', 'high', false, 'weaker']],
    ['FIPS beside a policy that was denied', { policy: null, level: 4 }, { Method: 16, Level: 4 }, [null, 'fips', 'fips', null, 'same']],
    ['a level that its method belies', {}, { Method: 0, Level: 3 }, ['none', 'high', null, null, null]],
    ['Windows did not say', { level: null }, {}, ['none', null, 'high', null, null]],
    ['nobody looked at it', {}, null, ['none', 'high', null, null, null]],
  ])('of the encryption level: %s', (_name, given, standard, expected) => {
    const sections = {
      'endpoint.rdpNegotiation': negotiation(RDP),
      ...(standard === null ? {} : { 'endpoint.rdpStandardSecurity': standardSecurity(standard) }),
    };
    expect(shown(truths(host(given), factsOf(HOST, sections)))[2]).toEqual(expected);
  });

  it('show no encryption level where standard RDP security is refused, which disproves nothing', () => {
    expect(shown(truths(host(), wire(NLA)))[2]).toEqual(['none', 'high', 'not-shown', true, 'not-shown']);
    expect(shown(truths(host({ policy: { MinEncryptionLevel: 3 }, level: 1 }), wire(NLA)))[2]).toEqual(['high', 'low', 'not-shown', false, 'not-shown']);
    expect(shown(truths(host()))[2]).toEqual(['none', 'high', 'not-probed', true, 'not-probed']);
  });

  it('belong to the setting of the host', () => {
    const [fact] = truths(host(), wire(NLA));
    expect(fact?.origin).toEqual({ at: 'setting', members: { '/agrees': '/rdp/RDP-Tcp/userAuthentication', '/effective': '/rdp/RDP-Tcp/userAuthentication' } });
  });

  it('meet by the name of the host, in any case', () => {
    expect(shown(truths(host(), wire(NLA, 'RDSH01.Contoso.com')))[0]).toContain('required');
    expect(shown(truths(host(), wire(NLA, 'rdsh02.contoso.com')))[0]).toContain('not-probed');
  });

  it('are compared on the port that was seen, where a host has several listeners', () => {
    const listeners = ['RDP-Tcp', 'ICA-Tcp'];
    const other = shown(truths(host({ port: 3390, listeners }), wire(TLS)));
    expect(other[0]).toContain('not-probed');
    expect(shown(truths(host({ port: 3389, listeners }), wire(TLS)))[0]).toContain('weaker');
    // Behind a translated port it can only be the one that there is.
    expect(shown(truths(host({ port: 3390 }), wire(TLS)))[0]).toContain('weaker');
  });

  it('are none of a listener that is off, and unknown where nobody could read them', () => {
    expect(truths(host({ off: true }), wire(NLA))).toEqual([]);
    expect(truths(host({ general: absent }))).toEqual([]);
    const [fact, ...rest] = truths(host({ general: { status: 'denied' } }), wire(NLA));
    expect(rest).toEqual([]);
    expect(fact?.unknown).toEqual(['']);
  });
});
