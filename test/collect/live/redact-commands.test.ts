import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactor } from '../../../src/collect/live/redact.ts';
import { splitCommand, TSCON } from '../../../src/lib/command-line.ts';
import type { JsonObject } from '../../../src/model/json.ts';

const redacted = (sections: JsonObject, key = 'a key of these tests only'): string =>
  JSON.stringify(redactor(key)({ schemaVersion: 1, target: { kind: 'windows-host', name: 'a.contoso.com' }, sections })['sections']);
const task = (Execute: string | null, Arguments: string | null): JsonObject => ({
  taskCommands: { status: 'ok', data: [{ TaskPath: '\\', TaskName: 'Backup', State: 3, Execute, Arguments }] },
});
const rowOf = (text: string): Record<string, string | null> =>
  (JSON.parse(text) as { taskCommands: { data: Record<string, string | null>[] } }).taskCommands.data[0] ?? {};

describe('what programs are started with', () => {
  it('does not stay, and the program does', () => {
    const text = redacted(task('C:\\Tools\\backup.exe', '/user:svc /password:Tr0ub4dor'));
    expect(text).not.toMatch(/Tr0ub4dor|svc|password/);
    expect(rowOf(text)).toMatchObject({
      TaskName: 'Backup',
      Execute: 'C:\\Tools\\backup.exe',
      Arguments: expect.stringMatching(/^arguments-[0-9a-f]{12}$/) as string,
    });
    expect(redacted(task('x.exe', 'a'))).toBe(redacted(task('x.exe', 'a')));
    expect(redacted(task('x.exe', 'a'))).not.toBe(redacted(task('x.exe', 'b')));
    expect(redacted(task('x.exe', 'a'))).not.toBe(redacted(task('x.exe', 'a'), 'another key'));
  });

  it.each([null, ''])('is left when there is nothing: %j', (nothing) => {
    expect(rowOf(redacted(task('x.exe', nothing)))['Arguments']).toBe(nothing);
  });

  it.each([
    ['"C:\\Program Files\\A\\a.exe" --token abc', /^"C:\\Program Files\\A\\a\.exe" arguments-[0-9a-f]{12}$/],
    ['C:\\Program Files\\A\\a.exe --token abc', /^C:\\Program Files\\A\\a\.exe arguments-[0-9a-f]{12}$/],
    ['C:\\Windows\\system32\\svchost.exe', /^C:\\Windows\\system32\\svchost\.exe$/],
    ['\\SystemRoot\\x.sys', /^\\SystemRoot\\x\.sys$/],
    ['cmd.exe /c tscon 1', /^cmd\.exe tscon arguments-[0-9a-f]{12}$/],
  ])('of a service: %s', (PathName, wanted) => {
    const text = redacted({ serviceCommands: { status: 'ok', data: [{ Name: 'a', PathName }] } });
    expect((JSON.parse(text) as { serviceCommands: { data: { PathName: string }[] } }).serviceCommands.data[0]?.PathName).toMatch(wanted);
  });

  it('keeps what a policy looks for, whatever it is', () => {
    const part = fc.constantFrom('tscon', 'tscon.exe', ' ', '/c', '"', 'x', '&', '.exe', 'tsconfig', '\\', '1', 'TSCON');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.array(part, { maxLength: 8 }), (first, second) => {
        const [execute, rest] = [first.join(''), second.join('')];
        const row = rowOf(redacted(task(execute, rest)));
        expect(TSCON.test(`${row['Execute'] ?? ''} ${row['Arguments'] ?? ''}`)).toBe(TSCON.test(`${execute} ${rest}`));
      }),
      { seed: 20261130, numRuns: 400 },
    );
  });

  it('is split in time that grows with its length', () => {
    for (const hostile of [' '.repeat(60_000), 'a '.repeat(30_000), '.exe'.repeat(15_000), `"${'x'.repeat(60_000)}`]) {
      const { program, rest } = splitCommand(hostile);
      expect(program.length + rest.length).toBeLessThanOrEqual(hostile.length);
    }
  });
});
