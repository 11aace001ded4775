import { describe, expect, it } from 'vitest';
import type { Section } from '../../../src/model/snapshot.ts';
import { absent, factsOf, ok, one } from './support.ts';

const row = (control: boolean, status: number | null, cause: string | null = null, schemes: readonly string[] = []): Record<string, never> =>
  ({
    Address: '192.0.2.10',
    Port: 443,
    Path: control ? '' : '/remoteDesktopGateway/',
    Control: control,
    Status: status,
    Schemes: status === null ? null : schemes,
    Server: null,
    Cause: cause,
  }) as never;

const udp = (answer: string | null, cause: string | null = null): Section =>
  ok({ Address: '192.0.2.10', Port: 3391, Answer: answer, Version: answer === null ? null : 65_279, Cause: cause });

describe('a gateway as seen', () => {
  it.each<[string, number | null, string | null, number | null, string | null]>([
    ['asks on its own path only', 401, null, 404, 'gateway'],
    ['asks on its own path, and fails elsewhere', 401, null, 503, 'gateway'],
    ['asks everywhere', 401, null, 401, null],
    ['does not know the path', 404, null, 404, 'no-gateway'],
    ['does not know the method', 405, null, 405, 'no-gateway'],
    ['a proxy in front does not know the method', 501, null, 501, 'no-gateway'],
    ['forwards elsewhere', 302, null, 302, 'no-gateway'],
    ['lets anybody in', 200, null, 404, 'open'],
    ['lets anybody in everywhere', 200, null, 200, 'no-gateway'],
    ['is out of order', 503, null, 503, null],
    ['answers with no HTTP', null, 'garbage', null, 'no-gateway'],
    ['hangs up', null, 'closed', null, null],
    ['was not asked the second thing', 401, null, null, null],
  ])('%s', (_name, status, cause, control, expected) => {
    const rows = [row(false, status, cause, ['Negotiate', 'NTLM']), ...(control === null ? [] : [row(true, control)])];
    const fact = one(factsOf('rdgw.contoso.com', { 'endpoint.gateway': ok(rows), 'endpoint.gatewayUdp': udp('hello-verify-request') }), 'endpoint.gateway');
    expect(fact.data).toMatchObject({ answer: expected, status, controlStatus: control, server: 'none', address: '192.0.2.10', port: 443 });
    expect(fact.unknown).toEqual(expected === null ? ['/answer'] : []);
  });

  it('is unknown when it could not be read', () => {
    const fact = one(factsOf('rdgw.contoso.com', { 'endpoint.gateway': { status: 'error', error: 'silent' } }), 'endpoint.gateway');
    expect(fact.unknown).toEqual(expect.arrayContaining(['/answer', '/status', '/schemes']));
  });

  it.each<[string, Section, string | null]>([
    ['asks for a cookie', udp('hello-verify-request'), 'answers'],
    ['begins a handshake', udp('server-hello'), 'answers'],
    ['ends it', udp('alert'), 'answers'],
    ['says by ICMP that nobody listens', udp(null, 'refused'), 'refused'],
    ['says so to Windows', udp(null, 'reset'), 'refused'],
    ['says nothing, which proves nothing', udp(null, 'silent'), null],
    ['speaks something else', udp(null, 'garbage'), null],
    ['has no way there', udp(null, 'route'), null],
    ['was not asked', absent, null],
    ['was not reached at all', { status: 'error', error: 'timeout: x' }, null],
  ])('over UDP %s', (_name, section, expected) => {
    const fact = one(
      factsOf('rdgw.contoso.com', { 'endpoint.gateway': ok([row(false, 401), row(true, 404)]), 'endpoint.gatewayUdp': section }),
      'endpoint.gateway',
    );
    expect(fact.data).toMatchObject({ answer: 'gateway', udp: expected });
    expect(fact.unknown).toEqual(expected === null ? ['/udp'] : []);
  });
});
