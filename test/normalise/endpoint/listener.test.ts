import { describe, expect, it } from 'vitest';
import { factsOf, negotiation, one } from './support.ts';

const KIND = 'endpoint.rdpListener';
type Row = readonly [name: string, answers: Readonly<Record<number, number | string>>, expected: Readonly<Record<string, unknown>>];

describe('an RDP listener as seen', () => {
  it.each<Row>([
    [
      'requires NLA, as Windows says it',
      { 0: 'F5', 1: 'F5', 3: 2, 11: 8 },
      { nla: 'required', standardRdp: 'refused', tls: 'refused', securityLayer: 'tls', protocols: ['CredSSP'] },
    ],
    ['requires NLA, as FreeRDP says it', { 0: 'F5', 1: 'F5', 3: 2, 11: 2 }, { nla: 'required', securityLayer: 'tls' }],
    ['takes TLS without NLA', { 0: 'F1', 1: 1, 3: 1, 11: 1 }, { nla: 'absent', tls: 'accepted', securityLayer: 'tls', protocols: ['TLS'] }],
    ['takes TLS beside NLA', { 0: 'F1', 1: 1, 3: 2, 11: 8 }, { nla: 'offered', tls: 'accepted', securityLayer: 'tls', protocols: ['TLS', 'CredSSP'] }],
    ['negotiates', { 0: 0, 1: 1, 3: 2, 11: 2 }, { nla: 'offered', standardRdp: 'accepted', securityLayer: 'negotiate', protocols: ['RDP', 'TLS', 'CredSSP'] }],
    ['negotiates without NLA, as xrdp does', { 0: 0, 1: 1, 3: 1, 11: 1 }, { nla: 'absent', securityLayer: 'negotiate', protocols: ['RDP', 'TLS'] }],
    ['answers everything with RDP, as xrdp does', { 0: 0, 1: 0, 3: 0, 11: 0 }, { nla: 'absent', tls: 'refused', securityLayer: 'rdp', protocols: ['RDP'] }],
    ['allows no TLS', { 0: 0, 1: 'F2', 3: 'F2', 11: 'F2' }, { nla: 'absent', tls: 'refused', securityLayer: 'rdp' }],
    [
      'has no certificate',
      { 0: 'F3', 1: 'F3', 3: 'F3', 11: 'F3' },
      { nla: 'absent', standardRdp: 'refused', securityLayer: 'none', protocols: [], certificateMissing: true },
    ],
    ['hangs up in order on standard RDP', { 0: 'disconnect', 1: 'F5', 3: 2, 11: 2 }, { nla: 'required', standardRdp: 'refused' }],
    ['names a code that nobody knows', { 0: 'F99', 1: 'F99', 3: 2, 11: 2 }, { nla: 'required' }],
  ])('%s', (_name, answers, expected) => {
    const fact = one(factsOf('rdsh01.contoso.com', { 'endpoint.rdpNegotiation': negotiation(answers) }), KIND);
    expect(fact.data).toMatchObject({ host: 'rdsh01.contoso.com', address: '192.0.2.21', port: 3389, certificateMissing: false, ...expected });
    expect(fact.unknown).toEqual([]);
  });

  it.each<Row>([
    ['a confirm that proves nothing', { 0: 'no-negotiation', 1: 1, 3: 1, 11: 1 }, { standardRdp: null, tls: 'accepted', nla: 'absent', securityLayer: null }],
    ['a protocol that nobody asked for', { 0: 'F5', 1: 2, 3: 2, 11: 2 }, { standardRdp: 'refused', tls: null, nla: null }],
    ['a request that was not answered', { 0: 'F5', 1: 'slow' }, { standardRdp: 'refused', tls: null, nla: null, securityLayer: null }],
    ['TLS beside a silent request', { 0: 'silent', 1: 1, 3: 2, 11: 2 }, { nla: 'offered', standardRdp: null, tls: 'accepted' }],
    ['standard RDP is certain wherever it is selected', { 0: 'reset', 1: 0, 3: 'reset', 11: 'reset' }, { standardRdp: 'accepted', tls: 'refused', nla: null }],
  ])('leaves open what is open: %s', (_name, answers, expected) => {
    const fact = one(factsOf('rdsh01.contoso.com', { 'endpoint.rdpNegotiation': negotiation(answers) }), KIND);
    expect(fact.data).toMatchObject(expected);
    const open = Object.entries(expected).filter(([, value]) => value === null);
    for (const [name] of open) expect(fact.unknown).toContain(`/${name}`);
  });

  it.each([
    [0, false, false],
    [0x08, true, false],
    [0x1f, true, true],
  ])('flags %i say restricted admin %s and credential guard %s', (flags, restrictedAdmin, remoteCredentialGuard) => {
    const section = negotiation({ 0: 'F5', 1: 'F5', 3: 2, 11: 8 }, flags);
    expect(one(factsOf('h', { 'endpoint.rdpNegotiation': section }), KIND).data).toMatchObject({ restrictedAdmin, remoteCredentialGuard });
  });

  it('is unknown as a whole when it could not be read, and is no fact when nobody asked', () => {
    const fact = one(factsOf('h', { 'endpoint.rdpNegotiation': { status: 'error', error: 'silent: x' } }), KIND);
    expect(fact.unknown).toEqual(expect.arrayContaining(['/nla', '/standardRdp', '/tls', '/securityLayer', '/certificateMissing']));
    expect(factsOf('h', { 'endpoint.rdpNegotiation': { status: 'absent' }, 'endpoint.gateway': { status: 'absent' } }).map(({ kind }) => kind)).not.toContain(
      KIND,
    );
  });
});
