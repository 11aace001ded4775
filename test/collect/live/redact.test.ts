import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressRedactor } from '../../../src/collect/live/redact-address.ts';
import { redactor } from '../../../src/collect/live/redact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { hash } from 'node:crypto';

const KEY = 'a key of these tests only';
const DOMAIN = 'S-1-5-21-1111111111-2222222222-3333333333';
const addresses = addressRedactor((label, text) => hash('sha256', `${label}\0${text}`), ['10.20.0.0/24', '192.0.2.5']);

const redacted = (sections: Json, key = KEY): Json =>
  redactor(key, ['10.20.0.0/24'])({ schemaVersion: 1, target: { kind: 'windows-host', name: 'a.contoso.com' }, sections } as JsonObject)['sections'] as Json;

describe('stand-ins', () => {
  const jane = { kept: { status: 'ok', data: [{ UserName: 'CONTOSO\\jane', Owner: `${DOMAIN}-1105`, Path: 'C:\\Users\\jane\\x', Mail: 'jane@contoso.com' }] } };

  it('are the same for the same name everywhere, and others for another key', () => {
    const [row] = (redacted(jane) as { kept: { data: Record<string, string>[] } }).kept.data;
    const name = /^CONTOSO\\(user-[0-9a-f]{12})$/.exec(row?.['UserName'] ?? '')?.[1] ?? 'none';
    expect(row).toMatchObject({ Path: `C:\\Users\\${name}\\x`, Mail: `${name}@contoso.com` });
    expect(row?.['Owner']).toMatch(/^S-1-5-21-\d+-\d+-\d+-\d{4,}$/);
    expect(JSON.stringify(redacted(jane))).toBe(JSON.stringify(redacted(jane)));
    expect(JSON.stringify(redacted(jane))).not.toBe(JSON.stringify(redacted(jane, 'another key of these tests')));
    expect(JSON.stringify(redacted(jane))).not.toMatch(/jane|1111111111|-1105/);
  });

  it.each([
    ['S-1-1-0', 'S-1-5-11', 'S-1-5-32-555', 'S-1-5-18', 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464', 'S-1-15-2-1'],
    ['BUILTIN\\Administrators', 'NT AUTHORITY\\SYSTEM', 'Everyone', 'CONTOSO\\Domain Users', 'LocalSystem', 'Any', 'CONTOSO\\RDSH01$', ''],
  ])('leave what everybody has: %s …', (...names) => {
    const data = names.map((UserName) => ({ UserName }));
    expect(redacted({ x: { status: 'ok', data } })).toEqual({ x: { status: 'ok', data } });
  });

  it('keep relative ids that mean the same everywhere, and what belongs together', () => {
    const result = redacted({
      x: {
        status: 'ok',
        data: [`${DOMAIN}-512`, `${DOMAIN}-513`, `${DOMAIN}-1105`, `${DOMAIN}-1105`, `O:${DOMAIN}-1106G:SYD:(A;;CC;;;${DOMAIN}-513)`, DOMAIN],
      },
    }) as {
      x: { data: string[] };
    };
    const [admins = '', users = '', one = '', again, sddl = '', domain = ''] = result.x.data;
    expect(admins).toBe(`${domain}-512`);
    expect(users).toBe(`${domain}-513`);
    expect(one).toBe(again);
    expect(one.startsWith(`${domain}-`)).toBe(true);
    expect(sddl).toContain(`(A;;CC;;;${domain}-513)`);
    expect(domain).not.toBe(DOMAIN);
  });

  it('leave what is no name, SID or address', () => {
    const sections = {
      os: { status: 'ok', data: { build: 20348, ProductVersion: '10.0.20348.1', version: '10.0.0.1', ports: ['3389', '5000-5010'] } },
      registry: {
        status: 'ok',
        data: { 'HKLM\\SOFTWARE\\Policies\\Microsoft': { status: 'ok', values: { UserAuthentication: 1, Shell: 'C:\\Windows\\explorer.exe' } } },
      },
      devices: { status: 'ok', data: [{ InstanceId: 'USB\\VID_0BDA&PID_8153\\000001', LocalUser: 'O:LSD:(A;;CC;;;S-1-5-32-555)' }] },
      times: { status: 'ok', data: [{ ClientAddress: 'LocalSubnet', IPAddress: '127.0.0.1' }] },
    };
    expect(redacted(sections)).toEqual(sections);
  });

  it('are found in texts of errors, rules of Group Policy and keys of the registry', () => {
    const text = JSON.stringify(
      redacted({
        a: { status: 'denied', error: 'CONTOSO\\jane at 198.18.7.9 may not' },
        b: { status: 'ok', data: { 'HKU\\S-1-5-21-1-2-3-1105': { status: 'ok', values: { Rule: 'v2.30|Action=Allow|RA4=172.20.1.0/255.255.255.0|App=x|' } } } },
      }),
    );
    expect(text).not.toMatch(/jane|198\.18\.7\.9|S-1-5-21-1-2-3|172\.20\.1\.0/);
    expect(text).toMatch(/RA4=172\.\d+\.\d+\.0\/255\.255\.255\.0\|App=x/);
  });

  it('keep hostile shapes', () => {
    const hostile = JSON.parse('{"x":{"status":"ok","data":{"__proto__":{"UserName":"CONTOSO\\\\jane"},"constructor":["S-1-5-21-1-2-3-1105"]}}}') as Json;
    const text = JSON.stringify(redacted(hostile));
    expect(text).toMatch(/"__proto__":\{"UserName":"CONTOSO\\\\user-/);
    let deep: Json = 'end';
    for (let depth = 0; depth < 5000; depth++) deep = [deep];
    expect(() => redacted({ x: { status: 'ok', data: deep } })).not.toThrow();
  });
});

const v4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => parts.join('.'));
const number = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const shared = (a: string, b: string): number => Math.clz32((number(a) ^ number(b)) >>> 0);
const inside = (address: string, network: string, length: number): boolean => shared(address, network) >= length;

describe('addresses', () => {
  it('share as long a prefix as before, one to one', () => {
    fc.assert(
      fc.property(v4, v4, (a, b) => {
        const [x, y] = [addresses(a), addresses(b)];
        expect([isIP(x), isIP(y)]).toEqual([4, 4]);
        // What is left as it is shares with others by chance; those pairs are told by their first bits.
        const kept = (address: string): boolean => /^(?:0|127|22[4-9]|2[3-5]\d)\.|^169\.254\.|^168\.63\.129\.16$/.test(address);
        if (!kept(a) && !kept(b)) expect(shared(x, y)).toBe(shared(a, b));
      }),
      { seed: 8, numRuns: 500 },
    );
  });

  it('stay in their class and in or out of what the estate names', () => {
    const classes: readonly (readonly [string, number])[] = [
      ['10.0.0.0', 8],
      ['172.16.0.0', 12],
      ['192.168.0.0', 16],
      ['100.64.0.0', 10],
      ['169.254.0.0', 16],
      ['127.0.0.0', 8],
      ['10.20.0.0', 24],
      ['192.0.2.5', 32],
      ['224.0.0.0', 3],
    ];
    const near = fc
      .constantFrom('10.', '10.20.0.', '172.16.', '172.31.', '192.168.', '192.0.2.', '100.64.', '169.254.', '')
      .chain((start) => v4.map((address) => [...start.split('.').filter(Boolean), ...address.split('.')].slice(0, 4).join('.')));
    fc.assert(
      fc.property(near, (address) => {
        for (const [network, length] of classes)
          expect(inside(addresses(address), network, length), `${address} ${network}`).toBe(inside(address, network, length));
      }),
      { seed: 9, numRuns: 500 },
    );
  });

  it.each([
    ['10.20.0.0/24', /^10\.20\.0\.0\/24$/],
    ['10.99.0.0/16', /^10\.\d+\.0\.0\/16$/],
    ['10.99.0.0/255.255.0.0', /^10\.\d+\.0\.0\/255\.255\.0\.0$/],
    ['10.99.1.5-10.99.1.9', /^10\.\d+\.\d+\.\d+-10\.\d+\.\d+\.\d+$/],
    ['0.0.0.0/0', /^0\.0\.0\.0\/0$/],
    ['::1', /^::1$/],
    ['fe80::1%12', /^fe80:[0-9a-f:]+%12$/],
    ['fd00:1:2::/48', /^f[cd][0-9a-f]{2}:[0-9a-f:]+::\/48$/],
    ['2001:db8::5', /^2001:db8:[0-9a-f:]+$/],
    ['198.51.100.7:443:', /^198\.51\.100\.\d+:443:$/],
    ['[2001:db8::1]:443:', /^\[2001:db8:[0-9a-f:]+\]:443:$/],
    ['LocalSubnet', /^LocalSubnet$/],
    ['300.1.1.1', /^300\.1\.1\.1$/],
    ['10:20:30', /^10:20:30$/],
  ])('%s keeps its form', (address, form) => {
    expect(addresses(address)).toMatch(form);
  });

  it('lie in the subnets in which they lay', () => {
    fc.assert(
      fc.property(v4, fc.integer({ min: 1, max: 31 }), (address, length) => {
        const mask = (0xffffffff << (32 - length)) >>> 0;
        const base = (number(address) & mask) >>> 0;
        const network = [24, 16, 8, 0].map((shift) => (base >>> shift) & 255).join('.');
        if (/^(?:0|127|16[89]|2[2-5]\d)\./.test(network) || /^(?:0|127|16[89]|2[2-5]\d)\./.test(address)) return;
        const [to = '', size] = addresses(`${network}/${length}`).split('/');
        expect(Number(size)).toBe(length);
        expect(inside(addresses(address), to, length)).toBe(true);
      }),
      { seed: 10, numRuns: 500 },
    );
  });

  it('cost no more than their length, whatever a host sends', () => {
    for (const text of ['1.'.repeat(50_000), ':'.repeat(100_000), '1:'.repeat(50_000), '1.2.3.4-'.repeat(20_000)]) {
      addresses(text);
    }
  });
});
