import { expect, test } from 'vitest';
import { isSet, optionsHelp, type OptionSpec, parseOptions, textOf, textsOf } from '../../src/config/options.ts';
import type { Json } from '../../src/model/json.ts';
import { UserError } from '../../src/model/problem.ts';

const SPECS: readonly OptionSpec[] = [
  { name: 'fail-on', type: 'text', value: 'BAND', help: 'the band', choices: ['high', 'low'], default: 'high' },
  { name: 'only', type: 'list', value: 'ID,…', help: 'ids' },
  { name: 'quiet', type: 'flag', help: 'be quiet' },
  { name: 'concurrency', type: 'number', value: 'N', help: 'threads' },
  { name: 'show-config', type: 'flag', help: 'show', configurable: false },
];

const parse = (
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  file: Readonly<Record<string, Json>> = {},
): ReturnType<typeof parseOptions> => parseOptions(argv, SPECS, environment, file);

function failure(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

test('flag before environment before file before default', () => {
  const environment = { RDPOSTURE_FAIL_ON: 'low' };
  const file = { 'fail-on': 'low', quiet: true };
  expect(parse(['--fail-on', 'high'], environment, file).values['fail-on']).toEqual({ value: 'high', from: 'flag' });
  expect(parse([], environment, { 'fail-on': 'high' }).values['fail-on']).toEqual({ value: 'low', from: 'environment' });
  expect(parse([], {}, file).values['fail-on']).toEqual({ value: 'low', from: 'file' });
  expect(parse([]).values['fail-on']).toEqual({ value: 'high', from: 'default' });
  expect(parse([], { RDPOSTURE_QUIET: '0' }, file).values['quiet']).toEqual({ value: false, from: 'environment' });
});

test('lists repeat, and one value of a file is a list of one', () => {
  expect(textsOf(parse(['--only', 'A', '--only', 'B,C', 'path']), 'only')).toEqual(['A', 'B,C']);
  expect(textsOf(parse([], { RDPOSTURE_ONLY: 'A,B' }), 'only')).toEqual(['A', 'B']);
  expect(textsOf(parse([], {}, { only: 'A' }), 'only')).toEqual(['A']);
  expect(textsOf(parse([]), 'only')).toEqual([]);
});

test('typed values', () => {
  const options = parse(['--concurrency', '4', '--quiet', 'a', '--', '--b']);
  expect([options.values['concurrency']?.value, isSet(options, 'quiet'), textOf(options, 'fail-on'), options.positionals]).toEqual([
    4,
    true,
    'high',
    ['a', '--b'],
  ]);
  expect([isSet(options, 'only'), textOf(options, 'only')]).toEqual([false, null]);
});

test('an empty variable says nothing, and one of an option that is no configuration neither', () => {
  expect(parse([], { RDPOSTURE_FAIL_ON: '', RDPOSTURE_SHOW_CONFIG: '1' }).values).toMatchObject({
    'fail-on': { from: 'default' },
    'show-config': { value: false },
  });
});

test.each<[string, readonly string[], Readonly<Record<string, string>>, Readonly<Record<string, Json>>, string]>([
  ['an unknown flag', ['--fail-no'], {}, {}, "Did you mean 'fail-on'?"],
  ['an unknown key', [], {}, { 'fail-no': 'high' }, "Did you mean 'fail-on'?"],
  ['__proto__ as a key', [], {}, JSON.parse('{"__proto__":{"quiet":true}}') as Readonly<Record<string, Json>>, '`--help` lists the options.'],
  ['a key that is no configuration', [], {}, { 'show-config': true }, '`--help` lists the options.'],
  ['a value that is no choice', ['--fail-on', 'hgih'], {}, {}, 'It is: the band.'],
  ['a flag with a value', ['--quiet=1'], {}, {}, '`--help` lists the options.'],
  ['a text without a value', ['--fail-on'], {}, {}, '`--help` lists the options.'],
  ['an empty text', ['--only', ''], {}, {}, 'It is: ids.'],
  ['no number', ['--concurrency', '1e3'], {}, {}, 'It is: threads.'],
  ['zero', ['--concurrency', '0'], {}, {}, 'It is: threads.'],
  ['half a number', [], {}, { concurrency: 1.5 }, 'It is: threads.'],
  ['a variable of the wrong value', [], { RDPOSTURE_FAIL_ON: 'never' }, {}, 'It is: the band.'],
  ['a flag variable that is neither yes nor no', [], { RDPOSTURE_QUIET: 'maybe' }, {}, 'It is: be quiet.'],
  ['a flag of a file that is a text', [], {}, { quiet: 'yes' }, 'It is: be quiet.'],
  ['a list of a file with an object', [], {}, { only: [{}] }, 'It is: ids.'],
])('%s is the user’s error', (_what, argv, environment, file, hint) => {
  expect(failure(() => parse(argv, environment, file)).hint).toBe(hint);
});

test('a suggestion in the message of a choice', () => {
  expect(failure(() => parse(['--fail-on', 'hgih'])).message).toBe("--fail-on: 'hgih' is none of high, low; did you mean 'high'?");
});

test('the help names every option, its choices and its default', () => {
  const help = optionsHelp(SPECS);
  for (const { name } of SPECS) expect(help).toContain(`--${name}`);
  expect(help).toContain('the band: high, low (default high)');
  expect(help).toContain('--help');
});
