import { describe, expect, it } from 'vitest';
import { redirectedDevices } from '../../../src/normalise/rds/devices.ts';
import { broadPrincipal } from '../../../src/normalise/rds/groups.ts';
import { indexByHost } from '../../../src/normalise/rds/host-names.ts';
import { parseRdpProperties, weakness } from '../../../src/normalise/rds/rdp-properties.ts';

describe('redirectedDevices', () => {
  it.each([
    ['no flag', 0, []],
    ['the flags of a new collection', 307, ['audio-playback', 'audio-recording', 'smart-cards', 'clipboard', 'time-zone']],
    ['drives', 128, ['drives']],
    ['a numeric text', '136', ['plug-and-play', 'drives']],
    ['a wrapped value', { value: 32 }, ['clipboard']],
    ['names', 'AudioVideoPlayBack, Clipboard', ['audio-playback', 'clipboard']],
    ['names in another case, without blanks', 'smartcard,TIMEZONE', ['smart-cards', 'time-zone']],
    ['None', 'None', []],
    ['an unknown name', 'Drive, Scanner', undefined],
    ['a name of every object', 'constructor', undefined],
    ['a bit that the enum has not', 1024, undefined],
    ['nothing', undefined, undefined],
    ['an empty text', '', undefined],
    ['a boolean', true, undefined],
  ])('%s', (_name, raw, expected) => {
    expect(redirectedDevices(raw)).toEqual(expected);
  });
});

describe('broadPrincipal', () => {
  it.each([
    ['Everyone', 'S-1-1-0', 'Everyone'],
    ['Jeder', 'S-1-1-0', 'Everyone'],
    ['NT-AUTORITÄT\\Authentifizierte Benutzer', 'S-1-5-11', 'Authenticated Users'],
    ['CONTOSO\\Domänen-Benutzer', 'S-1-5-21-0-0-0-513', 'Domain Users'],
    ['CONTOSO\\Domain Guests', 'S-1-5-21-0-0-0-514', 'Domain Guests'],
    ['VORDEFINIERT\\Benutzer', 's-1-5-32-545', 'BUILTIN\\Users'],
    ['BUILTIN\\Guests', 'S-1-5-32-546', 'BUILTIN\\Guests'],
    ['CONTOSO\\RDS-Finance', 'S-1-5-21-0-0-0-1513', null],
    // The name says one thing and the SID another: the SID counts.
    ['CONTOSO\\Domain Users', 'S-1-5-21-0-0-0-1105', null],
    ['BUILTIN\\Remote Desktop Users', 'S-1-5-32-555', null],
    ['CONTOSO\\Domain Users', null, 'Domain Users'],
    ['Everyone', null, 'Everyone'],
    ['BUILTIN\\Users', null, 'BUILTIN\\Users'],
    ['CONTOSO\\Users', null, undefined],
    ['CONTOSO\\RDS-Finance', null, undefined],
    ['CONTOSO\\constructor', null, undefined],
    ['CONTOSO\\Domain Users', 'not a sid', 'Domain Users'],
  ])('%s (%s) is %s', (name, sid, expected) => {
    expect(broadPrincipal(name, sid)).toBe(expected);
  });
});

describe('parseRdpProperties', () => {
  it.each([
    ['one line', 'enablecredsspsupport:i:1', [['enablecredsspsupport', 'i', '1']], []],
    [
      'the line ends of any system',
      'a:i:1\r\nb:s:x\nc:i:0\r',
      [
        ['a', 'i', '1'],
        ['b', 's', 'x'],
        ['c', 'i', '0'],
      ],
      [],
    ],
    ['a value with colons', 'full address:s:rdsh01.contoso.com:3389', [['full address', 's', 'rdsh01.contoso.com:3389']], []],
    ['case and blanks', ' Authentication Level : I : 0 ', [['authentication level', 'i', '0']], []],
    ['an empty value', 'drivestoredirect:s:', [['drivestoredirect', 's', '']], []],
    ['no type', 'drivestoredirect:*', [], ['drivestoredirect:*']],
    ['no name', ':i:1', [], [':i:1']],
    ['a type that does not exist', 'a:x:1', [], ['a:x:1']],
    ['nothing', '', [], []],
  ])('%s', (_name, text, properties, malformed) => {
    const parsed = parseRdpProperties(text);
    expect(parsed.properties.map(({ name, type, value }) => [name, type, value])).toEqual(properties);
    expect(parsed.malformed).toEqual(malformed);
  });
});

describe('weakness', () => {
  const around = {
    gatewayFqdn: 'rdgw.contoso.com',
    computers: indexByHost(['rdcb01.contoso.com', 'rdsh01.contoso.com'], (name) => name),
    allComputers: true,
  };
  it.each([
    ['enablecredsspsupport:i:0', 'severe'],
    ['enablecredsspsupport:i:00', 'severe'],
    ['enablecredsspsupport:i:1', null],
    ['authentication level:i:0', 'severe'],
    ['authentication level:i:2', null],
    ['negotiate security layer:i:0', 'severe'],
    ['prompt for credentials:i:0', 'moderate'],
    ['drivestoredirect:s:*', 'moderate'],
    ['drivestoredirect:s:C:\\;DynamicDrives', 'moderate'],
    ['drivestoredirect:s:C:\\', null],
    ['drivestoredirect:s:', null],
    ['usbdevicestoredirect:s:*', 'moderate'],
    ['devicestoredirect:s:*', 'moderate'],
    ['gatewayusagemethod:i:0', 'severe'],
    ['gatewayusagemethod:i:4', 'severe'],
    ['gatewayusagemethod:i:1', null],
    ['gatewayhostname:s:RDGW.contoso.com', null],
    ['gatewayhostname:s:rdgw.contoso.com:443', null],
    ['gatewayhostname:s:gw.example.net', 'severe'],
    ['full address:s:RDCB01.contoso.com', null],
    ['alternate full address:s:rdsh01.contoso.com:3389', null],
    ['gatewayhostname:s:rdgw', null],
    ['gatewaycredentialssource:i:0', null],
    ['gatewaycredentialssource:i:1', null],
    ['gatewaycredentialssource:i:2', null],
    ['gatewaycredentialssource:i:3', 'moderate'],
    ['gatewaycredentialssource:i:4', null],
    ['gatewaycredentialssource:i:5', null],
    ['full address:s:rdsh01', null],
    ['full address:s:rdsh01.contoso.com.:3389', null],
    ['full address:s:rdsh01.fabrikam.com', 'moderate'],
    ['full address:s:203.0.113.9', 'moderate'],
    ['constructor:s:x', null],
  ])('%s is %s', (line, expected) => {
    const [property] = parseRdpProperties(line).properties;
    expect(property === undefined ? 'malformed' : weakness(property, around)).toBe(expected);
  });

  it('leaves a computer open that may be one of those that were not read', () => {
    const how = ['full address:s:rdsh02.contoso.com', 'full address:s:rdsh01'].map((line) => {
      const [property] = parseRdpProperties(line).properties;
      return property && weakness(property, { ...around, allComputers: false });
    });
    expect(how).toEqual(['undecided', null]);
  });

  it('takes no gateway for a way past it when none is intended', () => {
    const [property] = parseRdpProperties('gatewayusagemethod:i:0').properties;
    expect(property && weakness(property, { ...around, gatewayFqdn: null })).toBeNull();
  });
});

describe('indexByHost', () => {
  const index = indexByHost(['rdsh01.contoso.com', 'rdsh02.contoso.com', 'RDSH03', 'rdsh02.fabrikam.com'], (name) => name);
  it.each([
    ['RDSH01.CONTOSO.COM.', 'rdsh01.contoso.com'],
    ['rdsh01', 'rdsh01.contoso.com'],
    ['rdsh03.contoso.com', 'RDSH03'],
    // Two hosts answer to the short name, so it names neither.
    ['rdsh02', undefined],
    ['rdsh01.fabrikam.com', undefined],
    ['rdsh09', undefined],
    ['192.0.2.1', undefined],
  ])('%s finds %s', (name, expected) => {
    expect(index.find(name)).toBe(expected);
  });
});
