import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainCode } from '../../src/diagnose/explain.ts';
import { EXTENDED, extendedEntry } from '../../src/diagnose/extended.ts';
import { parseCode, shownCode } from '../../src/diagnose/parse.ts';
import { REASONS } from '../../src/diagnose/reasons.ts';

function explain(text: string): ReturnType<typeof explainCode> {
  const code = parseCode(text);
  if (code === null) throw new Error(`'${text}' is no code`);
  return explainCode(code);
}

describe('the forms of a code', () => {
  it.each([
    ['0x3/0x7', 3, 7],
    ['3/7', 3, 7],
    ['3 7', 3, 7],
    ['0x3, 0x7', 3, 7],
    ['3 / ext 7', 3, 7],
    [' 0X3/0X7 ', 3, 7],
    ['0x904', 0x904, null],
    ['2308', 0x904, null],
    ['0x904/0x0', 0x904, 0],
    ['ext 9', null, 9],
    ['ext:9', null, 9],
    ['ext=0x9', null, 9],
    ['/9', null, 9],
    ['extended error code: 0x9', null, 9],
    ['reason 5', null, 5],
    ['reason code 12', null, 12],
    ['event 40: 11', null, 11],
    ['errinfo 0x408', null, 0x408],
    ['Error code: 0x3\nExtended error code: 0x7', 3, 7],
    ['An error. Error code: 0x3. Extended error code: 0x7. Timestamp (UTC): 01/01/26', 3, 7],
    ['SSL_ERR_CERT_EXPIRED', 6919, null],
    ['exDiscReasonServerDeniedConnection', null, 7],
    ['ERRINFO_SERVER_DENIED_CONNECTION', null, 7],
    ['errinfo_cb_destination_not_found', null, 0x400],
  ])('%j', (text, reason, extended) => {
    expect(parseCode(text)).toMatchObject({ reason, extended });
  });

  it.each([
    '',
    'b07',
    '0x',
    '0xg',
    '3/7/9',
    '-1',
    '1.5',
    '0x123456789',
    '4294967296',
    'ext',
    'ext nine',
    '__proto__',
    'constructor',
    'FW-004',
    '\u001b[31m3',
    '3/\u202e7',
    '9'.repeat(500),
  ])('%j is none', (text) => {
    expect(parseCode(text)).toBeNull();
  });

  it('reads back what it shows', () => {
    for (const text of ['0x3/0x7', '0x904', 'ext 0x9']) expect(shownCode(parseCode(text) ?? { reason: null, extended: null, alone: false })).toBe(text);
  });

  it('answers any text, and soon', () => {
    const pieces = fc.constantFrom('0x', '3', '/', ' ', 'ext', 'error code', ':', 'reason', '\n', '\0', 'extended', '0', 'f');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces, { maxLength: 60 }).map((list) => list.join('')),
        ),
        (text) => void parseCode(text),
      ),
      { seed: 7, numRuns: 500 },
    );
    parseCode('error code '.repeat(36));
    parseCode('0'.repeat(400));
  });
});

describe('what the tables say', () => {
  // https://learn.microsoft.com/windows/win32/termserv/imstscaxevents-ondisconnected
  it.each([
    [3, 'disconnectReasonByServer'],
    [260, 'disconnectReasonDNSLookupFailed'],
    [264, 'disconnectReasonConnectionTimedOut'],
    [516, 'disconnectReasonSocketConnectFailed'],
    [520, 'disconnectReasonHostNotFound'],
    [1288, 'disconnectReasonDNSLookupFailed2'],
    [1540, 'disconnectReasonGetHostByNameFailed'],
    [1542, 'disconnectReasonInvalidServerSecurityInfo'],
    [1798, 'disconnectReasonServerCertificateUnpackErr'],
    [2055, 'SSL_ERR_LOGON_FAILURE'],
    [2056, 'disconnectReasonLicensingFailed'],
    [2308, 'disconnectReasonAtClientWinsockFDCLOSE'],
    [2312, 'disconnectReasonLicensingTimeout'],
    [2567, 'SSL_ERR_NO_SUCH_USER'],
    [2823, 'SSL_ERR_ACCOUNT_DISABLED'],
    [3079, 'SSL_ERR_ACCOUNT_RESTRICTION'],
    [3335, 'SSL_ERR_ACCOUNT_LOCKED_OUT'],
    [3591, 'SSL_ERR_ACCOUNT_EXPIRED'],
    [3847, 'SSL_ERR_PASSWORD_EXPIRED'],
    [4615, 'SSL_ERR_PASSWORD_MUST_CHANGE'],
    [5639, 'SSL_ERR_DELEGATION_POLICY'],
    [5895, 'SSL_ERR_POLICY_NTLM_ONLY'],
    [6151, 'SSL_ERR_NO_AUTHENTICATING_AUTHORITY'],
    [6919, 'SSL_ERR_CERT_EXPIRED'],
    [7175, 'SSL_ERR_SMARTCARD_WRONG_PIN'],
    [8455, 'SSL_ERR_FRESH_CRED_REQUIRED_BY_SERVER'],
    [8711, 'SSL_ERR_SMARTCARD_CARD_BLOCKED'],
  ])('reason %i is %s', (code, name) => {
    expect(REASONS.get(code)?.name).toBe(name);
  });

  // https://learn.microsoft.com/windows/win32/termserv/extendeddisconnectreasoncode
  it.each([
    [0, 'exDiscReasonNoInfo'],
    [3, 'exDiscReasonServerIdleTimeout'],
    [4, 'exDiscReasonServerLogonTimeout'],
    [5, 'exDiscReasonReplacedByOtherConnection'],
    [7, 'exDiscReasonServerDeniedConnection'],
    [8, 'exDiscReasonServerDeniedConnectionFips'],
    [9, 'exDiscReasonServerInsufficientPrivileges'],
    [10, 'exDiscReasonServerFreshCredsRequired'],
    [12, 'exDiscReasonLogoffByUser'],
    [256, 'exDiscReasonLicenseInternal'],
    [257, 'exDiscReasonLicenseNoLicenseServer'],
    [260, 'exDiscReasonLicenseHwidDoesntMatchLicense'],
    [265, 'exDiscReasonLicenseCantUpgradeLicense'],
    [267, 'exDiscReasonLicenseCreatingLicStoreAccDenied'],
    [768, 'exDiscReasonRdpEncInvalidCredentials'],
    [0x400, 'ERRINFO_CB_DESTINATION_NOT_FOUND'],
    [0x408, 'ERRINFO_CB_DESTINATION_POOL_NOT_FREE'],
    [0x412, 'ERRINFO_CB_SESSION_ONLINE_VM_SESSMON_FAILED'],
    [0x0f, 'ERRINFO_CLOSE_STACK_ON_DRIVER_NOT_READY'],
    [0x12, 'ERRINFO_CLOSE_STACK_ON_DRIVER_IFACE_FAILURE'],
  ])('extended %i is %s', (code, name) => {
    expect(extendedEntry(code)?.name).toBe(name);
  });

  it('has all of licensing, none of the gaps of the broker, and the range of the protocol', () => {
    for (let code = 256; code <= 267; code++) expect(EXTENDED.get(code)?.stage).toBe('licensing');
    for (const gap of [0x401, 0x403, 0x40a, 0x40f, 0x413, 268, 13, 14]) expect(extendedEntry(gap)).toBeNull();
    expect(extendedEntry(0x10c9)?.name).toBe('exDiscReasonProtocolRange');
    expect(extendedEntry(0x0fff)).toBeNull();
    expect(extendedEntry(0x8000)).toBeNull();
  });

  it('holds each code once, with full sentences', () => {
    for (const entry of [...REASONS.values(), ...EXTENDED.values()]) expect(entry.meaning).toMatch(/^[A-Z].*\.$/);
    expect(REASONS.size).toBe(47);
    expect(EXTENDED.size).toBe(45);
  });
});

describe('an explanation', () => {
  it('says of 3/7 that the server was reached, and what it is not', () => {
    const told = explain('0x3/0x7');
    expect(told.parts.map((part) => part.entry?.name)).toEqual(['disconnectReasonByServer', 'exDiscReasonServerDeniedConnection']);
    expect(told.reached).toContain('reached the Remote Desktop stack');
    expect(told.claims).toHaveLength(11);
    expect(told.claims.map((claim) => claim.claim).join()).toContain('DNS cache');
    expect(told.claims.flatMap((claim) => claim.instead).join()).toContain('0x904');
    expect(told.plausible.length).toBeGreaterThan(2);
    expect(told.leftOvers).toBe(true);
    expect(told.families).not.toContain('FW');
  });

  it.each([
    ['0x904', 'transport', 'FW'],
    ['0x104', 'name', 'DNS'],
    ['0x1b07', 'security', 'CERT'],
    ['3/9', 'session', 'PERM'],
    ['3/8', 'security', 'AUTH'],
    ['ext 258', 'licensing', 'LIC'],
    ['3/0x408', 'broker', 'COL'],
    ['ext 3', 'ended', 'SESS'],
    ['ext 0x0f', 'session', 'DISP'],
    ['0xd07', 'authentication', 'AUTH'],
  ])('%s: stage %s, family %s', (text, stage, family) => {
    const told = explain(text);
    expect(told.parts.at(-1)?.entry?.stage).toBe(stage);
    expect(told.families).toContain(family);
  });

  it('takes a lone number for a reason, and names its other reading', () => {
    expect(explain('260').parts[0]).toMatchObject({ role: 'reason', entry: { name: 'disconnectReasonDNSLookupFailed' } });
    expect(explain('260').otherwise?.name).toBe('exDiscReasonLicenseHwidDoesntMatchLicense');
    expect(explain('2308').otherwise).toBeNull();
  });

  it('takes a lone number that only the extended codes have for one of them', () => {
    expect(explain('7').parts[0]).toMatchObject({ role: 'extended', code: 7 });
    expect(explain('0x408').parts[0]).toMatchObject({ role: 'reason', entry: { name: 'disconnectReasonInternalError' } });
    expect(explain('0x408').otherwise?.name).toBe('ERRINFO_CB_DESTINATION_POOL_NOT_FREE');
  });

  it('knows when it knows nothing, and keeps the half that it knows', () => {
    expect(explain('123456').known).toBe(false);
    expect(explain('0x80070005').known).toBe(false);
    expect(explain('99/99').known).toBe(false);
    expect(explain('99/7')).toMatchObject({ known: true, parts: [{ entry: null }, { entry: { code: 7 } }] });
    expect(explain('3/9999999')).toMatchObject({ known: true, parts: [{ entry: { code: 3 } }, { entry: null }] });
  });

  it('does not let an extended code of 0 hide the reason', () => {
    expect(explain('0x904/0x0').reached).toContain('network');
  });
});
