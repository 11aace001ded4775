import { describe, expect, test } from 'vitest';
import { ignoreComments } from '../../src/collect/ignores.ts';

const IGNORE = 'rdposture-ignore NET-004 until 2027-01-31: the supplier';

/** `FIRST-LAST` of what the one ignore covers, 1-based. */
function covered(file: string, text: string): string {
  const { ignores, malformed } = ignoreComments(file, text);
  return [...ignores.map(({ from, to }) => `${from}-${to}`), ...malformed.map(({ region }) => `malformed ${region.startLine}`)].join(' ');
}

const YAML = (where: Record<string, string>): string => `name: contoso-net${where['name'] ?? ''}
resources:${where['resources'] ?? ''}
${where['before'] ?? '  # nothing'}
  nsg:${where['nsg'] ?? ''}
    type: azure-native:network:NetworkSecurityGroup
    properties:
      securityRules:
${where['rule'] ?? '        # nothing'}
        - name: allow-rdp${where['element'] ?? ''}
          access: Allow${where['access'] ?? ''}
        - { name: two, access: Allow }${where['flow'] ?? ''}
  vnet:
    type: azure-native:network:VirtualNetwork${where['end'] ?? ''}
`;

describe('in Pulumi YAML', () => {
  test.each<[string, Record<string, string>, string]>([
    ['before a resource: all of it', { before: `  # ${IGNORE}` }, '4-11'],
    ['before it with a line between', { before: `  # ${IGNORE}\n\n  # why` }, '6-13'],
    ['behind its first line', { nsg: ` # ${IGNORE}` }, '4-11'],
    ['before an element', { rule: `        # ${IGNORE}` }, '9-10'],
    ['behind the first line of an element', { element: ` # ${IGNORE}` }, '9-10'],
    ['behind a member', { access: ` # ${IGNORE}` }, '10-10'],
    ['behind a flow element', { flow: ` # ${IGNORE}` }, '11-11'],
    ['behind what holds all resources', { resources: ` # ${IGNORE}` }, '2-13'],
    ['behind the first line of the file: that member, not the file', { name: ` # ${IGNORE}` }, '1-1'],
    ['at the end of the file', { end: `\n# ${IGNORE}` }, '14-14'],
    ['in a text', { access: `\n          description: "# ${IGNORE}"` }, ''],
    ['in a block of text', { access: `\n          description: |\n            # ${IGNORE}` }, ''],
    ['in a plain scalar', { access: `\n          description: a#${IGNORE.replaceAll(': ', ':')}` }, ''],
  ])('%s', (_what, where, wanted) => expect(covered('Pulumi.yaml', YAML(where))).toBe(wanted));

  test('a file that is no YAML says nothing', () => expect(covered('Pulumi.yaml', `a: [\n# ${IGNORE}`)).toBe(''));
});

describe('in TypeScript', () => {
  const program = (where: Record<string, string>): string => `${where['top'] ?? '// nothing'}
const nsg = new net.Group('nsg', {${where['call'] ?? ''}
${where['member'] ?? '  // nothing'}
  rules: [${where['rules'] ?? ''}
    { name: 'a', access: 'Allow' },${where['element'] ?? ''}
  ],
});${where['end'] ?? ''}
`;
  test.each<[string, Record<string, string>, string]>([
    ['before a statement: all of it', { top: `// ${IGNORE}` }, '2-7'],
    ['behind the first line of a statement', { call: ` // ${IGNORE}` }, '2-7'],
    ['before a member', { member: `  // ${IGNORE}` }, '4-6'],
    ['behind a member', { rules: ` // ${IGNORE}` }, '4-6'],
    ['behind an element', { element: ` // ${IGNORE}` }, '5-5'],
    ['behind the last line of a statement: that line', { end: ` // ${IGNORE}` }, '7-7'],
    ['in a block', { member: `  /* ${IGNORE} */` }, '4-6'],
    ['in a block of lines', { member: `  /*\n   * ${IGNORE}\n   */` }, '6-8'],
    ['in a text', { rules: `\n    '// ${IGNORE}',` }, ''],
    ['in a template', { rules: `\n    \`\n// ${IGNORE}\`,` }, ''],
    ['malformed', { top: '// rdposture-ignore NET-004' }, 'malformed 1'],
    ['malformed, of a day that is none', { top: '// rdposture-ignore NET-004 until 2027-02-30: the supplier' }, 'malformed 1'],
    ['of something else', { top: '// see rdposture-ignore in the documentation' }, ''],
  ])('%s', (_what, where, wanted) => expect(covered('a.ts', program(where))).toBe(wanted));

  test('a function, with all that it makes', () => expect(covered('a.ts', `// ${IGNORE}\nexport function f() {\n  new A('a', {});\n}\nf();\n`)).toBe('2-4'));
});

describe('in Bicep', () => {
  const bicep = (where: Record<string, string>): string => `${where['top'] ?? '// nothing'}
@description('x')
resource nsg 'Microsoft.Network/networkSecurityGroups@2023-11-01' = {
  name: 'nsg'${where['name'] ?? ''}
  properties: {
    securityRules: [
${where['rule'] ?? '      // nothing'}
      {
        name: 'allow-rdp'
      }
    ]
  }
}
`;
  test.each<[string, Record<string, string>, string]>([
    ['before a resource, with its decorators', { top: `// ${IGNORE}` }, '2-13'],
    ['behind a member', { name: ` // ${IGNORE}` }, '4-4'],
    ['before an element', { rule: `      // ${IGNORE}` }, '8-10'],
    ['in a block', { top: `/* ${IGNORE} */` }, '2-13'],
  ])('%s', (_what, where, wanted) => expect(covered('main.bicep', bicep(where))).toBe(wanted));
  test('behind the decorators', () => expect(covered('main.bicep', bicep({ top: '' }).replace("('x')\n", `('x')\n// ${IGNORE}\n`))).toBe('4-14'));
});

test('other files have no such comments', () => {
  expect(covered('main.json', `{ // ${IGNORE}\n}`)).toBe('');
  expect(covered('readme.md', `# ${IGNORE}\n`)).toBe('');
});

test('an ignore knows what it stands at, not on which line', () => {
  const anchor = (text: string): readonly string[] | undefined => ignoreComments('Pulumi.yaml', text).ignores[0]?.anchor;
  const text = YAML({ rule: `        # ${IGNORE}` });
  expect(anchor(text)?.slice(0, -1)).toEqual(['resources:', 'nsg:', 'properties:', 'securityRules:']);
  expect(anchor(`# more\n\n${text}`)).toEqual(anchor(text));
  expect(anchor(text.replace('access: Allow', 'access: Allow # why'))).toEqual(anchor(text));
  expect(anchor(text.replace('  nsg:', '  hosts:'))).not.toEqual(anchor(text));
  // What is covered is what was accepted, all of it.
  expect(anchor(text.replace('access: Allow', 'access: Deny'))).not.toEqual(anchor(text));
});

test('an element that only opens is told by what follows', () => {
  const text = (first: string, second: string): string =>
    `new A('a', {\n  b: [\n    {\n      name: '${first}',\n      rules: [\n        // ${IGNORE}\n        1,\n      ],\n    },\n    { name: '${second}' },\n  ],\n});\n`;
  const anchor = (first: string): readonly string[] | undefined => ignoreComments('a.ts', text(first, 'z')).ignores[0]?.anchor;
  expect(anchor('x')?.slice(0, -1)).toEqual(["new A('a', {", 'b: [', "{ name: 'x',", 'rules: [']);
  expect(anchor('x')).not.toEqual(anchor('y'));
});

test('more ignores than anybody decides are said, and not obeyed', () => {
  const { ignores, malformed } = ignoreComments('a.ts', `// ${IGNORE}\nf();\n`.repeat(510));
  expect([ignores.length, malformed.length]).toEqual([500, 10]);
});
