import { describe, expect, it } from 'vitest';
import {
  expand,
  expandKey,
  factKindOf,
  pathOfSetting,
  placeholdersOfArea,
  settingAt,
  toNamed,
  toRaw,
  validateDeclared,
  withMappedNames,
} from '../../src/lib/settings.ts';
import type { Json } from '../../src/model/json.ts';
import type { Area, Setting } from '../../src/model/setting.ts';

function setting(given: Partial<Setting>): Setting {
  return { title: 'A setting', value: {}, read: [], risk: 'safe', needs: [], ...given };
}

const SWITCH = setting({ value: { type: 'boolean' }, map: { 1: true, 0: false } });
const RULE = setting({ value: { type: 'boolean' }, map: { 1: true, 2: false }, forms: { True: 1, False: 2 } });
const LAYER = setting({ value: { enum: ['rdp', 'negotiate', 'tls'] }, map: { 0: 'rdp', 1: 'negotiate', 2: 'tls' }, forms: { RDP: 0, Negotiate: 1, SSL: 2 } });
const WORDS = setting({ value: { type: 'boolean' }, map: { true: true, false: false } });
const ON = setting({ value: { enum: ['enabled', 'disabled'] }, map: { 0: 'disabled', 1: 'enabled' }, forms: { 4294967295: 1 } });
const LIMIT = setting({ value: { anyOf: [{ type: 'integer', minimum: 1 }, { const: 'never' }] }, map: { 0: 'never' }, scale: 60_000, unit: 'ms' });
const LEVEL = setting({ value: { type: 'integer', minimum: 0, maximum: 5 } });
const TEXT = setting({ value: { type: 'string' } });
const SIDS = setting({ value: { type: 'array', items: { type: 'string', pattern: '^S-1-[0-9-]+$' } }, list: true, trim: '*' });
const ALIASES = setting({ value: { type: 'array', items: { type: 'string' } }, list: true, empty: 'NotConfigured' });
const PROFILES = setting({ value: { type: 'array', minItems: 1 }, flags: { 1: 'Domain', 2: 'Private', 4: 'Public' }, all: [0, 7, 2147483647, 'Any'] });
const DEVICES = setting({
  value: { type: 'array' },
  flags: { 1: 'audio', 32: 'clipboard', 128: 'drives' },
  forms: { None: 0, AudioVideoPlayBack: 1, Clipboard: 32, Drive: 128 },
});

const named: readonly (readonly [string, Setting, Json, Json | undefined])[] = [
  ['an integer', SWITCH, 1, true],
  ['zero, which is not absent', SWITCH, 0, false],
  ['a numeric text, as ADMX writes some', SWITCH, '0', false],
  ['a text with blanks', SWITCH, ' 1 ', true],
  ['a boolean', SWITCH, true, true],
  ['a name of a boolean', SWITCH, 'False', false],
  ['a wrapper', SWITCH, { value: 1, Count: 1 }, true],
  ['the wrapper of deserialised objects', SWITCH, { value: 'True', Value: 1 }, true],
  ['a list of one', SWITCH, [1], true],
  ['a wrapped list of one', SWITCH, { value: [{ value: 0 }], Count: 1 }, false],
  ['a list of two', SWITCH, [1, 0], undefined],
  ['a number that it does not know', SWITCH, 7, undefined],
  ['null', SWITCH, null, undefined],
  ['an empty text', SWITCH, '', undefined],
  ['an object', SWITCH, { yes: 1 }, undefined],
  ['a true rule', RULE, 1, true],
  ['a false rule is 2', RULE, 2, false],
  ['0 is no value of a rule', RULE, 0, undefined],
  ['a boolean for a rule', RULE, false, false],
  ['a name for a rule', RULE, 'FALSE', false],
  ['an enum as integer', LAYER, 2, 'tls'],
  ['an enum by its own name', LAYER, 'SSL', 'tls'],
  ['an enum by its name in another case', LAYER, 'negotiate', 'negotiate'],
  ['an enum as a wrapped name', LAYER, { value: 'RDP' }, 'rdp'],
  ['an enum that is a list of one name', LAYER, ['ssl'], 'tls'],
  ['a name that it does not know', LAYER, 'TLS 1.3', undefined],
  ['a name of every object', LAYER, 'constructor', undefined],
  ['words from an integer', WORDS, 1, true],
  ['words from a text', WORDS, 'FALSE', false],
  ['all bits on', ON, 4294967295, 'enabled'],
  ['all bits on, signed', ON, -1, 'enabled'],
  ['minutes as milliseconds', LIMIT, 15, 900_000],
  ['0 minutes are never', LIMIT, 0, 'never'],
  ['the text 0 is never', LIMIT, '0', 'never'],
  ['true is no time', LIMIT, true, undefined],
  ['more than can be counted', LIMIT, 999_999_999_999_999, undefined],
  ['a plain integer', LEVEL, 5, 5],
  ['a plain integer as text', LEVEL, '3', 3],
  ['an integer out of range', LEVEL, 9, undefined],
  ['a boolean is no level', LEVEL, true, undefined],
  ['a fraction', LEVEL, 1.5, undefined],
  ['a text', TEXT, 'contoso', 'contoso'],
  ['a text that looks like a number', TEXT, 12, '12'],
  ['a list of SIDs', SIDS, ['*S-1-5-32-544', 'S-1-5-32-555'], ['S-1-5-32-544', 'S-1-5-32-555']],
  ['one SID', SIDS, '*S-1-5-32-544', ['S-1-5-32-544']],
  ['a wrapped list', SIDS, { value: ['*S-1-5-32-544'], Count: 1 }, ['S-1-5-32-544']],
  ['an empty text is an empty list', SIDS, '', []],
  ['a name is no SID', SIDS, ['*S-1-5-32-544', 'Administrators'], undefined],
  ['an element that nobody understands', SIDS, ['*S-1-5-32-544', null], undefined],
  ['the literal for none', ALIASES, 'notconfigured', []],
  ['the literal for none in a list', ALIASES, ['NotConfigured'], []],
  ['bits', PROFILES, 5, ['Domain', 'Public']],
  ['0 is every profile', PROFILES, 0, ['Domain', 'Private', 'Public']],
  ['the largest is every profile', PROFILES, 2147483647, ['Domain', 'Private', 'Public']],
  ['a name for all', PROFILES, 'any', ['Domain', 'Private', 'Public']],
  ['names with commas', PROFILES, 'Public, Domain', ['Domain', 'Public']],
  ['a list of names', PROFILES, ['Private'], ['Private']],
  ['a wrapped list of names', PROFILES, { value: ['Private', 'Domain'], Count: 2 }, ['Domain', 'Private']],
  ['an unknown bit', PROFILES, 9, undefined],
  ['an unknown name', PROFILES, 'Public, Home', undefined],
  ['no text at all', PROFILES, '', undefined],
  ['no device', DEVICES, 0, []],
  ['no device by name', DEVICES, 'None', []],
  ['devices by their own names', DEVICES, 'AudioVideoPlayBack, Drive', ['audio', 'drives']],
  ['devices as a number in a text', DEVICES, '160', ['clipboard', 'drives']],
];

describe('a raw value as its named one', () => {
  it.each(named)('%s', (_name, which, raw, expected) => {
    expect(toNamed(which, raw)).toEqual(expected === undefined ? undefined : { value: expected });
  });

  it.each([
    ['the integer', 2],
    ['the name', 'notconfigured'],
    ['a wrapper', { value: 2 }],
    ['a list of one', ['NotConfigured']],
    ['a numeric text', '2'],
  ])('says that nothing is set: %s', (_name, raw: Json) => {
    expect(toNamed(SWITCH, raw, { unset: [2, 'NotConfigured'] })).toBe('unset');
  });

  it('uses the map of a place in place of its own', () => {
    expect(toNamed(SWITCH, 1, { map: { 0: true, 1: false } })).toEqual({ value: false });
  });

  it.each([
    [{ toString: 1, valueOf: 2 }],
    [[[[[['x']]]]]],
    [{ value: { value: { value: { value: { value: 1 } } } } }],
    [JSON.parse('{"__proto__": 1}') as Json],
  ])('never throws: %j', (raw) => {
    for (const which of [SWITCH, LAYER, LIMIT, TEXT, ALIASES, PROFILES, DEVICES]) expect(() => toNamed(which, raw, { unset: [2] })).not.toThrow();
  });
});

const raws: readonly (readonly [string, Setting, Json, Json | undefined])[] = [
  ['a boolean', SWITCH, false, 0],
  ['an enum', LAYER, 'tls', 2],
  ['words', WORDS, true, true],
  ['the usual form of several', ON, 'enabled', 1],
  ['milliseconds as minutes', LIMIT, 900_000, 15],
  ['never', LIMIT, 'never', 0],
  ['half a minute cannot be written', LIMIT, 30_000, undefined],
  ['a value without a raw form', LAYER, 'ssh', undefined],
  ['a plain value', LEVEL, 5, 5],
  ['a list', SIDS, ['S-1-5-32-544'], ['*S-1-5-32-544']],
  ['an empty list', SIDS, [], []],
  ['an empty list that has a literal', ALIASES, [], 'NotConfigured'],
  ['a list of something else', SIDS, [1], undefined],
  ['no list', SIDS, 'S-1-5-32-544', undefined],
  ['bits', PROFILES, ['Public', 'Domain'], 5],
  ['a bit twice', PROFILES, ['Public', 'Public'], 4],
  ['an unknown bit', PROFILES, ['Public', 'Home'], undefined],
];

it.each(raws)('a named value as raw: %s', (_name, which, value, expected) => {
  expect(toRaw(which, value)).toEqual(expected);
});

const AREAS: readonly Area[] = [
  {
    kind: 'windows.rdpListener',
    target: 'windows-host',
    path: 'rdp/{listener}',
    title: 'RDP listener',
    instances: { rows: 'listeners', field: 'Name', carry: { port: 'PortNumber' } },
    settings: {
      securityLayer: { ...LAYER, title: "Security layer of '{listener}'", unit: 'none', write: [{}] },
      shown: TEXT,
      limit: { ...LIMIT, write: [{}] },
      state: setting({ value: { enum: ['on', 'not-set'] }, map: { 1: 'on' }, write: [{}] }),
    },
  },
  {
    kind: 'windows.authentication',
    target: 'windows-host',
    path: 'authentication',
    title: 'Authentication',
    settings: { secureRpc: { ...SWITCH, write: [{}] } },
  },
  {
    kind: 'rds.collection',
    target: 'rds-deployment',
    path: 'collections/{collection}',
    title: 'Collection',
    settings: { authenticateUsingNLA: { ...SWITCH, write: [{}] } },
  },
];

describe('setting paths', () => {
  it('finds a setting and the names on its path', () => {
    expect(settingAt(['rdp', 'A/b {c}', 'securityLayer'], AREAS)).toMatchObject({ name: 'securityLayer', names: { listener: 'A/b {c}' } });
    expect(settingAt(['authentication', 'secureRpc'], AREAS, 'windows-host')?.area.kind).toBe('windows.authentication');
  });

  it.each([[['rdp', 'RDP-Tcp']], [['rdp', 'RDP-Tcp', 'constructor']], [['rdp', 'RDP-Tcp', '__proto__']], [['authentication', 'secureRpc', 'more']], [[]]])(
    'finds nothing at %j',
    (path) => {
      expect(settingAt(path, AREAS)).toBeNull();
    },
  );

  it('looks at the settings of one kind of target', () => {
    expect(settingAt(['collections', 'Finance', 'authenticateUsingNLA'], AREAS, 'windows-host')).toBeNull();
  });

  it('builds the path of a setting', () => {
    expect(pathOfSetting(AREAS[0] as Area, { listener: 'RDP-Tcp' }, 'securityLayer')).toEqual(['rdp', 'RDP-Tcp', 'securityLayer']);
    expect(placeholdersOfArea(AREAS[0] as Area)).toEqual(['listener']);
  });
});

describe('a declared value', () => {
  it('is allowed', () => {
    expect(validateDeclared(['rdp', 'RDP-Tcp', 'securityLayer'], 'tls', AREAS, 'windows-host')).toMatchObject({ ok: true, name: 'securityLayer' });
  });

  it.each<readonly [string, readonly string[], Json, string, boolean]>([
    [
      'a value that is not allowed',
      ['rdp', 'RDP-Tcp', 'securityLayer'],
      'ssh',
      `the value "ssh" of 'rdp/RDP-Tcp/securityLayer' must be one of 'rdp', 'negotiate', 'tls', not 'ssh'`,
      false,
    ],
    ['a setting that is only read', ['rdp', 'RDP-Tcp', 'shown'], 'x', "'rdp/RDP-Tcp/shown' can be read but not set, so it cannot be declared", false],
    [
      'a value that is only read',
      ['rdp', 'RDP-Tcp', 'state'],
      'not-set',
      `'rdp/RDP-Tcp/state' can be "not-set" but not be set to it, so that cannot be declared`,
      false,
    ],
    ['half a minute', ['rdp', 'RDP-Tcp', 'limit'], 90_000, "'rdp/RDP-Tcp/limit' is 90000, which is no multiple of 60000 ms", false],
    [
      'a name with a slip',
      ['rdp', 'RDP-Tcp', 'securitylayr'],
      'tls',
      "the settings catalogue has no 'rdp/RDP-Tcp/securitylayr' for this kind of target; did you mean 'securityLayer'?",
      false,
    ],
    [
      'an area with a slip',
      ['authentcation'],
      {},
      "the settings catalogue has no 'authentcation' for this kind of target; did you mean 'authentication'?",
      false,
    ],
    [
      'another kind of target',
      ['collections', 'Finance', 'authenticateUsingNLA'],
      true,
      "the settings catalogue has no 'collections/Finance/authenticateUsingNLA' for this kind of target",
      false,
    ],
    ['a map on the way', ['rdp', 'RDP-Tcp'], {}, "'rdp/RDP-Tcp' is a map of settings, not a value", true],
    ['a value on the way', ['rdp'], 'tls', "'rdp' is a map of settings, not a value", false],
  ])('is refused: %s', (_name, path, value, error, isPrefix) => {
    expect(validateDeclared(path, value, AREAS, 'windows-host')).toEqual({ ok: false, isPrefix, error });
  });
});

describe('placeholders of the catalogue', () => {
  it.each([
    ['a name', 'a\\{listener}', { listener: 'RDP-Tcp' }, 'a\\RDP-Tcp'],
    ['a name with a placeholder in it', '{a}{b}', { a: '{b}', b: 'x' }, '{b}x'],
    ['no name', '{toString}', {}, '{toString}'],
  ])('takes %s', (_name, template, names, text) => {
    expect(expand(template, names)).toBe(text);
  });

  it.each([['a\\b'], ['']])('leaves a registry path alone that the name %j would lead elsewhere', (listener) => {
    expect(expandKey('HKLM\\A\\{listener}', { listener })).toBeNull();
    expect(expandKey('HKLM\\A', { listener })).toBe('HKLM\\A');
  });

  it('derives names without regard to case', () => {
    const area = { ...(AREAS[0] as Area), names: { key: { by: 'listener', map: { Private: 'StandardProfile' } } } };
    expect(withMappedNames(area, { listener: 'private' })).toEqual({ listener: 'private', key: 'StandardProfile' });
    expect(withMappedNames(area, { listener: 'constructor' })).toEqual({ listener: 'constructor' });
  });
});

it('makes a fact kind of an area', () => {
  const { kind, schema } = factKindOf(AREAS[0] as Area);
  expect(kind).toBe('windows.rdpListener');
  expect(schema).toMatchObject({
    required: ['host', 'listener', 'port', 'securityLayer', 'shown', 'limit', 'state', 'sources'],
    additionalProperties: false,
    properties: {
      securityLayer: { enum: ['rdp', 'negotiate', 'tls'], description: "Security layer of '{listener}' (none)." },
      sources: { properties: { limit: { enum: ['gpo', 'pushed', 'local', 'default'] } } },
    },
  });
});
