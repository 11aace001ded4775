import { describe, expect, it } from 'vitest';
import { UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { readResourceList } from '../../../src/collect/resource-list/read.ts';
import { normaliseCloud } from '../../../src/normalise/azure/normalise.ts';
import { der, integer, oid, sequence } from '../../support/der-writer.ts';
import { ecKey, rsaKey } from '../../support/keys.ts';
import { CLIENT_AUTH, makeCertificate, SERVER_AUTH } from '../../support/x509.ts';
import { CONTEXT, facts, idOf, only, resource, TARGET } from './build.ts';
import { child } from './estate.ts';

const VAULT = 'Microsoft.KeyVault/vaults';
const GATEWAY = 'Microsoft.Network/applicationGateways';
const certificate = (body: JsonObject, name = 'rdgw') => child(VAULT, 'kv', 'certificates', name, body);
const shown = (body: JsonObject): Fact => only(facts([certificate(body)]), 'azure.certificate');
const base64 = (bytes: Buffer): string => bytes.toString('base64');
const authority = makeCertificate({ commonName: 'Contoso CA', ca: true });

describe('certificates in vaults', () => {
  it('say what they are', () => {
    const made = makeCertificate({
      commonName: 'rdgw.contoso.com',
      issuer: authority,
      dnsNames: ['rdgw.contoso.com'],
      eku: [SERVER_AUTH],
      notAfter: '2026-01-31T12:00:00Z',
    });
    expect(shown({ cer: base64(made.der) }).data).toMatchObject({
      label: 'rdgw',
      holder: 'kv',
      source: 'key-vault',
      enabled: true,
      notAfter: '2026-01-31',
      daysLeft: 30,
      keyType: 'rsa',
      keyBits: 2048,
      issuer: 'CN=Contoso CA',
      selfSigned: false,
      serverAuthentication: true,
      dnsNames: ['rdgw.contoso.com'],
    });
  });

  it('are over once their time is', () => expect(shown({ attributes: { exp: Date.parse('2025-12-31T12:00:00Z') / 1000 } }).data['daysLeft']).toBe(-1));

  it.each<[string, JsonObject, JsonObject]>([
    ['a weak key', { cer: base64(makeCertificate({ key: rsaKey('weak', 1024) }).der) }, { keyType: 'rsa', keyBits: 1024, selfSigned: true }],
    ['a curve', { cer: base64(makeCertificate({ key: ecKey('curve') }).der) }, { keyType: 'ec', keyBits: 256 }],
    ['a key of a policy', { policy: { key_props: { kty: 'RSA-HSM', key_size: 4096 } } }, { keyType: 'rsa', keyBits: 4096 }],
    ['a curve that nobody takes', { policy: { key_props: { kty: 'EC', crv: 'P-256K' } } }, { keyType: 'other', keyBits: 256 }],
    ['another purpose', { cer: base64(makeCertificate({ eku: [CLIENT_AUTH] }).der) }, { serverAuthentication: false }],
    [
      'an issuer of a policy',
      { policy: { issuer: { name: 'Self' }, x509_props: { ekus: [], sans: { dns_names: ['a.contoso.com'] } } } },
      { selfSigned: true, serverAuthentication: true, dnsNames: ['a.contoso.com'] },
    ],
  ])('%s', (_, body, expected) => expect(shown(body).data).toMatchObject(expected));

  it.each<[string, JsonObject, string, boolean]>([
    [
      'renew themselves',
      { lifetime_actions: [{ action: { action_type: 'AutoRenew' }, trigger: { lifetime_percentage: 80 } }], issuer: { name: 'DigiCert' } },
      'AutoRenew',
      true,
    ],
    ['write to somebody', { lifetime_actions: [{ action: { action_type: 'EmailContacts' } }], issuer: { name: 'Unknown' } }, 'EmailContacts', false],
    ['do nothing', { lifetime_actions: [], issuer: { name: 'Unknown' } }, 'none', false],
  ])('%s before they end', (_, policy, renewal, integrated) => expect(shown({ policy }).data).toMatchObject({ renewal, integrated }));

  it('say nothing where nothing is shown of them', () =>
    expect(shown({ attributes: UNRESOLVED, policy: UNRESOLVED, cer: UNRESOLVED }).unknown).toEqual(
      expect.arrayContaining(['/enabled', '/notAfter', '/daysLeft', '/keyType', '/keyBits', '/selfSigned']),
    ));

  it.each<[string, JsonObject, readonly string[]]>([
    ['purposes', { x509_props: { ekus: UNRESOLVED, sans: { dns_names: [] } } }, ['/serverAuthentication']],
    ['one purpose', { x509_props: { ekus: ['1.3.6.1.5.5.7.3.2', UNRESOLVED] } }, ['/serverAuthentication']],
    ['names', { x509_props: { ekus: [], sans: { dns_names: UNRESOLVED } } }, ['/dnsNames', '/missingNames']],
    ['all of it', { x509_props: UNRESOLVED }, ['/serverAuthentication', '/dnsNames', '/missingNames']],
    ['what happens before it ends', { lifetime_actions: UNRESOLVED }, ['/renewal']],
    ['who issues it', { issuer: { name: UNRESOLVED } }, ['/integrated', '/selfSigned']],
  ])('do not know %s of a policy that an expression hides', (_, policy, unknown) => {
    const fact = shown({ policy });
    expect(fact.unknown).toEqual(expect.arrayContaining([...unknown]));
    for (const at of unknown) expect(fact.data[at.slice(1)]).toBeNull();
  });

  it('are no certificate where the bytes are none', () => expect(shown({ cer: 'AAAA' }).unknown).toContain('/daysLeft'));

  it('are told once beside the secret of their name; other secrets are none', () => {
    const secret = (name: string, contentType: string) => child(VAULT, 'kv', 'secrets', name, { contentType, attributes: { exp: 1_800_000_000 } });
    expect(only(facts([certificate({}), secret('rdgw', 'application/x-pkcs12'), secret('other', 'text/plain')]), 'azure.certificate').data['source']).toBe(
      'key-vault',
    );
    expect(only(facts([secret('pfx', 'application/x-pkcs12')]), 'azure.certificate').data).toMatchObject({
      source: 'secret',
      renewal: 'not-applicable',
      notAfter: '2027-01-15',
    });
  });
});

describe('vaults', () => {
  const vault = (body: JsonObject, more = {}): Fact => only(facts([resource(VAULT, 'kv', body, more)]), 'azure.keyVault');

  it('have the defaults of the API', () =>
    expect(vault({}).data).toMatchObject({
      roleBasedAccess: false,
      softDelete: true,
      purgeProtection: false,
      retentionDays: 90,
      publicNetworkAccess: 'Enabled',
      defaultAction: 'Allow',
    }));

  it('may have roles by default where a newer version says nothing', () => {
    expect(vault({}, { apiVersion: '2026-02-01' })).toMatchObject({ data: { roleBasedAccess: null }, unknown: ['/roleBasedAccess'] });
    expect(vault({ enableRbacAuthorization: false }, { apiVersion: '2026-02-01' }).data['roleBasedAccess']).toBe(false);
  });

  it('keep what an expression says unknown', () => expect(vault({ networkAcls: UNRESOLVED }).unknown).toEqual(['/defaultAction']));
});

describe('Application Gateways', () => {
  const gateway = (body: JsonObject, more: Partial<ReturnType<typeof resource>> = {}): Fact =>
    only(facts([resource(GATEWAY, 'agw', body, more)]), 'azure.applicationGateway');
  const part = (list: string, name: string): JsonObject => idOf(GATEWAY, 'agw', list, name);
  const https: JsonObject = { name: 'https', protocol: 'Https' };

  it.each<[string, JsonObject, string | null, Json]>([
    ['a predefined policy', { sslPolicy: { policyType: 'Predefined', policyName: 'AppGwSslPolicy20220101S' } }, null, 'TLSv1_2'],
    ['an old one', { sslPolicy: { policyName: 'appgwsslpolicy20170401' } }, null, 'TLSv1_1'],
    ['a policy of one’s own', { sslPolicy: { policyType: 'CustomV2', minProtocolVersion: 'TLSv1_3' } }, null, 'TLSv1_3'],
    ['none, by an older version', {}, '2022-11-01', 'TLSv1_0'],
    ['none, by a newer version', {}, '2023-02-01', 'TLSv1_2'],
    ['none, of a live gateway', {}, null, null],
    ['a name that is not known', { sslPolicy: { policyName: 'AppGwSslPolicy20990101' } }, null, null],
    ['an expression', { sslPolicy: UNRESOLVED }, '2023-02-01', null],
  ])('take TLS by %s', (_, body, apiVersion, expected) =>
    expect(gateway({ httpListeners: [https], ...body }, { apiVersion }).data['minimumTls']).toBe(expected),
  );

  it('take the oldest that one of their listeners takes', () => {
    const profiles = [{ name: 'old', sslPolicy: { policyName: 'AppGwSslPolicy20150501' } }];
    const listeners = [https, { name: 'legacy', protocol: 'Https', sslProfile: part('sslProfiles', 'old') }];
    expect(gateway({ httpListeners: listeners, sslProfiles: profiles, sslPolicy: { policyName: 'AppGwSslPolicy20220101' } }).data['minimumTls']).toBe(
      'TLSv1_0',
    );
  });

  it.each<[string, Json]>([
    ['AppGwSslPolicy20220101', null],
    ['AppGwSslPolicy20150501', 'TLSv1_0'],
  ])('take %s and what a profile that is an expression says', (policyName, expected) => {
    const listeners = [https, { name: 'other', protocol: 'Https', sslProfile: UNRESOLVED }];
    expect(gateway({ httpListeners: listeners, sslPolicy: { policyName } }).data['minimumTls']).toBe(expected);
  });

  it('are not known to take TLS where a protocol is an expression, and take what they would if it were', () => {
    const perhaps = { name: 'web', protocol: UNRESOLVED };
    const of = (policyName: string): Fact => gateway({ httpListeners: [perhaps], sslPolicy: { policyName } });
    expect(of('AppGwSslPolicy20220101S').data).toMatchObject({ https: null, minimumTls: 'TLSv1_2' });
    expect(of('AppGwSslPolicy20220101S').unknown).toContain('/https');
    expect(of('AppGwSslPolicy20150501').data).toMatchObject({ https: null, minimumTls: null });
  });

  it('do not take the gateway’s policy for a profile that is not among its own', () => {
    const listeners = [{ ...https, sslProfile: part('sslProfiles', 'gone') }];
    expect(gateway({ httpListeners: listeners, sslPolicy: { policyName: 'AppGwSslPolicy20220101' } }).data['minimumTls']).toBeNull();
  });

  it('say their tier, and which profiles have a policy of their own', () => {
    const sslProfiles = [{ name: 'own', sslPolicy: { policyName: 'AppGwSslPolicy20220101' } }, { name: 'mutual' }];
    expect(gateway({ httpListeners: [https], sslProfiles, sku: { name: 'WAF_v2' } }).data).toMatchObject({ tier: 'WAF_v2', profilePolicies: ['own'] });
    expect(gateway({ sku: UNRESOLVED }).unknown).toContain('/tier');
  });

  it('take none without TLS', () =>
    expect(gateway({ httpListeners: [{ name: 'web', protocol: 'Http' }] }).data).toMatchObject({ https: false, minimumTls: 'none' }));

  describe('listeners without TLS', () => {
    const plain = { name: 'web', protocol: 'Http' };
    const plainOf = (rules: Json, more: JsonObject = {}): Json | undefined =>
      gateway({ httpListeners: [plain, https], requestRoutingRules: rules, ...more }).data['plainListeners'];
    const toHttps = { redirectConfigurations: [{ name: 'r', targetListener: part('httpListeners', 'https') }] };
    const by = (over: JsonObject): JsonObject => ({ name: 'x', httpListener: part('httpListeners', 'web'), ...over });

    it.each<[string, Json, JsonObject, Json]>([
      ['that lead to a backend', [by({ backendAddressPool: part('backendAddressPools', 'p') })], {}, ['web']],
      ['that only send clients on to HTTPS', [by({ redirectConfiguration: part('redirectConfigurations', 'r') })], toHttps, []],
      [
        'that send clients on to another without TLS',
        [by({ redirectConfiguration: part('redirectConfigurations', 'r') })],
        { redirectConfigurations: [{ name: 'r', targetUrl: 'http://contoso.com' }] },
        ['web'],
      ],
      ['that no rule names', [], {}, []],
      ['whose rules are an expression', UNRESOLVED, {}, null],
      ['that send clients somewhere unknown', [by({ redirectConfiguration: part('redirectConfigurations', 'gone') })], {}, null],
      [
        'with a path that leads to a backend',
        [by({ urlPathMap: part('urlPathMaps', 'm') })],
        {
          ...toHttps,
          urlPathMaps: [
            {
              name: 'm',
              defaultRedirectConfiguration: part('redirectConfigurations', 'r'),
              pathRules: [{ name: 'a', backendAddressPool: part('backendAddressPools', 'p') }],
            },
          ],
        },
        ['web'],
      ],
      [
        'with paths that all send on',
        [by({ urlPathMap: part('urlPathMaps', 'm') })],
        { ...toHttps, urlPathMaps: [{ name: 'm', defaultRedirectConfiguration: part('redirectConfigurations', 'r'), pathRules: [] }] },
        [],
      ],
      ['of which a rule may lead to a backend', [{ name: 'x', httpListener: UNRESOLVED, backendAddressPool: part('backendAddressPools', 'p') }], {}, null],
      [
        'beside a rule of an unknown listener that sends clients on',
        [by({ httpListener: UNRESOLVED, redirectConfiguration: part('redirectConfigurations', 'r') })],
        toHttps,
        [],
      ],
      ['whose paths are an expression', [by({ urlPathMap: UNRESOLVED })], {}, null],
      ['whose paths are not there', [by({ urlPathMap: part('urlPathMaps', 'gone') })], {}, null],
      [
        'with paths whose rules are an expression',
        [by({ urlPathMap: part('urlPathMaps', 'm') })],
        { ...toHttps, urlPathMaps: [{ name: 'm', defaultRedirectConfiguration: part('redirectConfigurations', 'r'), pathRules: UNRESOLVED }] },
        null,
      ],
    ])('%s', (_, rules, more, expected) => expect(plainOf(rules, more)).toEqual(expected));

    it('without a name may be any rule’s', () =>
      expect(
        gateway({ httpListeners: [{ ...plain, name: UNRESOLVED }], requestRoutingRules: [by({ backendAddressPool: part('backendAddressPools', 'p') })] }).data[
          'plainListeners'
        ],
      ).toBeNull());
  });

  it('judge backends in use alone', () => {
    const settings = [
      { name: 'used', protocol: 'Http' },
      { name: 'unused', protocol: 'Http' },
      { name: 'blind', protocol: 'Https', validateCertChainAndExpiry: false },
    ];
    const rules = [
      { name: 'a', backendHttpSettings: part('backendHttpSettingsCollection', 'used') },
      { name: 'b', backendHttpSettings: part('backendHttpSettingsCollection', 'blind') },
    ];
    expect(gateway({ backendHttpSettingsCollection: settings, requestRoutingRules: rules }).data).toMatchObject({
      plainBackends: ['used'],
      unverifiedBackends: ['blind'],
    });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['a rule', { requestRoutingRules: [{ name: 'a', backendHttpSettings: UNRESOLVED }] }, {}],
    ['all rules', { requestRoutingRules: UNRESOLVED }, {}],
    ['a map', { urlPathMaps: [{ name: 'm', defaultBackendHttpSettings: UNRESOLVED }] }, {}],
    ['a path', { urlPathMaps: [{ name: 'm', pathRules: [{ name: 'p', backendHttpSettings: UNRESOLVED }] }] }, {}],
    [
      'the name of what is in use',
      { requestRoutingRules: [{ name: 'a', backendHttpSettings: part('backendHttpSettingsCollection', 'used') }] },
      { name: UNRESOLVED },
    ],
  ])('do not know which backends are in use where %s is an expression', (_, body, over) => {
    const settings = [{ name: 'used', protocol: 'Http', validateSNI: false, ...over }];
    expect(gateway({ backendHttpSettingsCollection: settings, ...body })).toMatchObject({
      data: { plainBackends: null, unverifiedBackends: null },
      unknown: expect.arrayContaining(['/plainBackends', '/unverifiedBackends']),
    });
    expect(gateway({ backendHttpSettingsCollection: [{ name: 'used', protocol: 'Https' }], ...body }).data).toMatchObject({
      plainBackends: [],
      unverifiedBackends: [],
    });
  });

  describe('web application firewalls', () => {
    const POLICY = 'Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies';
    const policy = (name: string, policySettings: JsonObject) => resource(POLICY, name, { policySettings });
    const mode = (body: JsonObject, more: readonly ReturnType<typeof resource>[] = []): Json | undefined =>
      only(facts([resource(GATEWAY, 'agw', { sku: { tier: 'WAF_v2' }, ...body }), ...more]), 'azure.applicationGateway').data['firewall'];

    it.each<[string, JsonObject, Json]>([
      ['no such tier', { sku: { tier: 'Standard_v2' } }, 'off'],
      ['nothing', {}, 'off'],
      ['the older configuration', { webApplicationFirewallConfiguration: { enabled: true, firewallMode: 'Prevention' } }, 'Prevention'],
      ['the older configuration, off', { webApplicationFirewallConfiguration: { enabled: false, firewallMode: 'Prevention' } }, 'off'],
      ['a policy that the input does not hold', { firewallPolicy: idOf(POLICY, 'gone') }, null],
      ['a policy', { firewallPolicy: idOf(POLICY, 'on') }, 'Prevention'],
      ['a policy that watches', { firewallPolicy: idOf(POLICY, 'watch') }, 'Detection'],
      ['a policy that is off', { firewallPolicy: idOf(POLICY, 'off') }, 'off'],
      ['a policy whose state is an expression', { firewallPolicy: idOf(POLICY, 'perhaps') }, null],
      ['a policy under a condition', { firewallPolicy: idOf(POLICY, 'sometimes') }, null],
      [
        'a listener of another policy',
        { firewallPolicy: idOf(POLICY, 'on'), httpListeners: [https, { ...https, name: 'b', firewallPolicy: idOf(POLICY, 'watch') }] },
        'Detection',
      ],
    ])('with %s', (_, body, expected) =>
      expect(
        mode(body, [
          policy('on', { state: 'Enabled', mode: 'Prevention' }),
          policy('watch', { mode: 'Detection' }),
          policy('off', { state: 'Disabled', mode: 'Prevention' }),
          policy('perhaps', { state: UNRESOLVED, mode: 'Prevention' }),
          { ...policy('sometimes', { state: 'Enabled', mode: 'Prevention' }), conditional: 'x' },
        ]),
      ).toBe(expected),
    );

    it.each<[string, JsonObject, Json]>([
      ['none of its own', {}, 'Prevention'],
      ['one that is off', { firewallPolicy: idOf(POLICY, 'off') }, 'off'],
      ['one that is an expression', { firewallPolicy: UNRESOLVED }, null],
    ])('with a path that has %s', (_, over, expected) => {
      const all = [policy('on', { state: 'Enabled', mode: 'Prevention' }), policy('off', { state: 'Disabled', mode: 'Prevention' })];
      const urlPathMaps = [{ name: 'm', pathRules: [{ name: 'rdweb', paths: ['/RDWeb/*'], ...over }] }];
      const body = { firewallPolicy: idOf(POLICY, 'on'), httpListeners: [https], urlPathMaps };
      expect(mode({ ...body, requestRoutingRules: [{ name: 'r', urlPathMap: part('urlPathMaps', 'm') }] }, all)).toBe(expected);
      expect(mode({ ...body, requestRoutingRules: [{ name: 'r', urlPathMap: UNRESOLVED }] }, all)).toBeNull();
    });
  });

  it('hold certificates that a renewal does not reach', () => {
    const certificates = [
      { name: 'follows', keyVaultSecretId: 'https://kv.vault.azure.net/secrets/a' },
      { name: 'pinned', keyVaultSecretId: 'https://kv.vault.azure.net/secrets/b/0123abcd' },
      { name: 'embedded', data: 'AAAA', password: 'Sommer2024' },
    ];
    const fact = gateway({ sslCertificates: certificates });
    expect(fact.data['pinnedCertificates']).toEqual([
      { label: 'pinned', how: 'one-version', versionless: 'https://kv.vault.azure.net/secrets/b' },
      { label: 'embedded', how: 'embedded', versionless: '' },
    ]);
    expect(JSON.stringify(fact)).not.toContain('Sommer2024');
    expect(gateway({ sslCertificates: [{ name: 'x', keyVaultSecretId: UNRESOLVED }] }).unknown).toContain('/pinnedCertificates');
  });

  it('hold a certificate of their own where a read shows it without a secret of Key Vault', () => {
    const at = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network/applicationGateways/agw';
    const certificate = (name: string, properties: JsonObject): JsonObject => ({ name, id: `${at}/sslCertificates/${name}`, properties });
    const sslCertificates = [
      certificate('rdweb', { provisioningState: 'Succeeded', publicCertData: 'MIIDAAAA' }),
      certificate('follows', { publicCertData: 'MIIDAAAA', keyVaultSecretId: 'https://kv.vault.azure.net/secrets/a' }),
    ];
    const read = readResourceList([{ id: at, name: 'agw', type: GATEWAY, properties: { sslCertificates } }], 'list.json');
    const { facts: all } = normaliseCloud(read.inventory, TARGET, CONTEXT);
    expect(only(all, 'azure.applicationGateway').data['pinnedCertificates']).toEqual([{ label: 'rdweb', how: 'embedded', versionless: '' }]);
  });

  it('present certificates that have to name their listeners', () => {
    const made = makeCertificate({ commonName: 'a.contoso.com', issuer: authority, dnsNames: ['a.contoso.com', '*.rds.contoso.com'] });
    const listeners = [
      { ...https, hostNames: ['a.contoso.com', 'gw.rds.contoso.com', 'b.contoso.com'], sslCertificate: part('sslCertificates', 'c') },
      { ...https, name: 'other', hostName: 'c.contoso.com', sslCertificate: part('sslCertificates', 'd') },
    ];
    const all = facts([
      certificate({ cer: base64(made.der) }),
      resource(GATEWAY, 'agw', { httpListeners: listeners, sslCertificates: [{ name: 'c', keyVaultSecretId: 'https://kv.vault.azure.net/secrets/rdgw' }] }),
    ]);
    expect(only(all, 'azure.certificate').data['missingNames']).toEqual(['b.contoso.com']);
  });

  it('show certificates as lists of PKCS #7', () => {
    const made = makeCertificate({ commonName: 'rdweb.contoso.com', issuer: authority, notAfter: '2026-06-01T00:00:00Z' });
    const list = sequence(
      oid('1.2.840.113549.1.7.2'),
      der(0xa0, sequence(integer(1), der(0x31), sequence(oid('1.2.840.113549.1.7.1')), der(0xa0, authority.der, made.der), der(0x31))),
    );
    const all = facts([resource(GATEWAY, 'agw', { sslCertificates: [{ name: 'rdweb', publicCertData: base64(list) }] })]);
    expect(only(all, 'azure.certificate').data).toMatchObject({ source: 'application-gateway', holder: 'agw', label: 'rdweb', notAfter: '2026-06-01' });
  });
});
