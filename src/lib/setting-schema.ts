import type { JsonObject } from '../model/json.ts';

const text = { type: 'string', minLength: 1 } as const;
const texts = { type: 'array', minItems: 1, items: text } as const;
const mapOfTexts = { type: 'object', additionalProperties: text } as const;
const map = { type: 'object', additionalProperties: {} } as const;
const source = { enum: ['gpo', 'pushed', 'local', 'default'] } as const;
const word = { type: 'string', pattern: '^[A-Za-z]\\w*$', description: 'a name of letters and digits' } as const;
const key = { type: 'string', pattern: '^(HKLM|HKCU|HKU)\\\\.+$', description: "a registry key such as 'HKLM\\SOFTWARE\\…'" } as const;
const link = { type: 'string', pattern: '^https://\\S+$', description: 'an https address' } as const;

function strict(required: readonly string[], properties: JsonObject): JsonObject {
  return { type: 'object', required: [...required], additionalProperties: false, properties };
}

const placeSchema = strict([], {
  source: { anyOf: [source, strict(['field', 'map'], { field: text, map: { type: 'object', additionalProperties: source } })] },
  registry: key,
  name: text,
  numbered: { const: true },
  switched: { const: true },
  rows: text,
  where: mapOfTexts,
  field: text,
  value: {},
  since: { type: 'object', additionalProperties: { type: 'integer', minimum: 0 } },
  product: { enum: ['client', 'server'] },
  for: { type: 'object', additionalProperties: texts },
  when: strict(['field', 'values'], { field: text, values: { type: 'array', minItems: 1 }, else: { const: 'unknown' } }),
  effective: { const: true },
  written: { const: true },
  forgets: texts,
  beside: texts,
  map,
  unset: { type: 'array', minItems: 1 },
  unless: { type: 'array', minItems: 1, items: key },
});

const parameters = { type: 'object', additionalProperties: {} } as const;
const command = { type: 'string', pattern: '^[A-Z][A-Za-z]+-[A-Z][A-Za-z0-9]+$', description: 'the name of a cmdlet' } as const;
const data = { enum: ['{raw}', '{value}'], description: "'{raw}' or '{value}'" } as const;

const writeSchema = strict([], {
  registry: strict(['key', 'name', 'type', 'data'], {
    key,
    name: text,
    type: { enum: ['DWord', 'QWord', 'String', 'ExpandString', 'MultiString', 'Binary'] },
    data,
  }),
  registryList: strict(['key', 'name', 'data'], { key, name: text, data, switched: { const: true } }),
  cim: strict(['namespace', 'class', 'method', 'arguments'], { namespace: text, class: word, where: mapOfTexts, method: word, arguments: parameters }),
  cmdlet: strict(['name', 'parameters'], { name: command, parameters }),
  input: strict(['name', 'parameters'], { name: command, parameters, where: mapOfTexts }),
  userRight: strict(['right', 'sids'], { right: { type: 'string', pattern: '^Se\\w+$', description: 'a user right such as SeNetworkLogonRight' }, sids: data }),
});

const settingSchema = strict(['title', 'value', 'read', 'risk', 'needs'], {
  title: text,
  unit: text,
  value: { type: ['object', 'boolean'], description: 'a JSON Schema' },
  map,
  forms: map,
  flags: mapOfTexts,
  all: { type: 'array', minItems: 1 },
  scale: { type: 'number', exclusiveMinimum: 0 },
  list: { const: true },
  trim: text,
  empty: {},
  read: { type: 'array', minItems: 1, items: placeSchema },
  gpo: strict(['path'], {
    path: {
      type: 'string',
      pattern: '^(Computer|User) Configuration\\\\Policies\\\\[^…]+$',
      description: "the full path in the policy editor, 'Computer Configuration\\Policies\\…'",
    },
    admx: { type: 'string', pattern: '^[\\w-]+\\.admx$', description: 'the name of an ADMX file' },
  }),
  write: { type: 'array', minItems: 1, items: writeSchema },
  pushes: strict(['to', 'setting'], {
    to: text,
    setting: { type: 'string', pattern: '^[^/]+(/[^/]+)+$', description: 'a setting path such as rdp/RDP-Tcp/userAuthentication' },
    map,
  }),
  risk: { enum: ['safe', 'review', 'can-disconnect'] },
  needs: {
    type: 'array',
    items: { type: 'string', pattern: '^(new-sessions|reboot|gpupdate|restart:[\\w-]+)$', description: 'new-sessions, reboot, gpupdate or restart:SERVICE' },
  },
  link,
});

/** The structure of a settings file; `checkArea` adds what a schema cannot say. */
export const AREA_SCHEMA: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'rdposture settings area',
  ...strict(['kind', 'target', 'path', 'title', 'settings'], {
    kind: { type: 'string', pattern: '^[a-z]+\\.[A-Za-z]+$', description: 'a fact kind such as windows.rdpListener' },
    target: { enum: ['windows-host', 'rds-deployment', 'endpoint'] },
    path: { type: 'string', pattern: '^(\\w+|\\{\\w+\\})(/(\\w+|\\{\\w+\\}))*$', description: "a path such as 'rdp/{listener}'" },
    title: text,
    instances: strict([], {
      fixed: texts,
      rows: text,
      field: text,
      where: { type: 'object', additionalProperties: { type: 'array', minItems: 1 } },
      by: texts,
      carry: mapOfTexts,
      skip: strict(['registry', 'name', 'values'], { registry: key, name: text, values: { type: 'array', minItems: 1, items: { type: 'integer' } } }),
    }),
    names: { type: 'object', additionalProperties: strict(['by', 'map'], { by: text, map: mapOfTexts }) },
    settings: { type: 'object', additionalProperties: settingSchema },
  }),
};
