import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../src/collect/live/causes.ts';
import type { FramesResult } from '../../../src/collect/live/frames.ts';
import { causeOfSession, REFUSALS } from '../../../src/collect/live/session-causes.ts';

const NONE: FramesResult = { kind: 'none', babble: '' };
const BEGUN: FramesResult = { kind: 'fault', fault: { cause: 'cut', detail: '' } };
const ended = (outcome: string, code = 0, id = '', message = ''): Parameters<typeof causeOfSession>[0] => ({ outcome, code: code >>> 0, id, message });

describe('why a session does not open', () => {
  // As they stand in exceptions: signed.
  it.each([
    ['name', -2144108103],
    ['refused', -2144108526],
    ['timeout', -2144108250],
    ['route', 53],
    ['certificate', 12175],
    ['authentication', 1326],
    ['authentication', -2144108316],
    ['authentication', -2144108387],
    ['authentication', -2144108101],
    ['authorisation', 5],
    ['authorisation', -2144108116],
    ['quota', -2144108123],
    ['quota', -2144108060],
    ['no-powershell', -2144108544],
    ['no-powershell', -2144108485],
    ['babble', -2144108269],
    ['session', -2144108176],
    ['session', 0],
  ])('%s: %i', (cause, code) => {
    const said = causeOfSession(ended('open', code, 'X,PSSessionOpenFailed', 'Die Verbindung schlug fehl.'), NONE);
    expect(said).toMatchObject({ cause, detail: 'Die Verbindung schlug fehl.' });
    expect(CAUSES).toContain(said.cause);
    // What is said to do is said of WinRM, not of SSH.
    expect(said.hint ?? '').not.toMatch(/ssh/i);
  });

  it('knows what a wrong password comes to', () => {
    expect(REFUSALS).toContain(1326);
    expect(REFUSALS).toContain(5);
    expect(REFUSALS.every((code) => code === (code | 0))).toBe(true);
  });
});

describe('why a session gives no snapshot', () => {
  it.each([
    ['broken', ended('broken', 995), BEGUN, 'cut'],
    ['broken by something unknown', ended('broken', 0, '', 'weg'), NONE, 'cut'],
    ['ended in the midst', ended('ended'), BEGUN, 'cut'],
    ['flooding', ended('flood'), BEGUN, 'babble'],
    ['stopped', ended('stopped'), BEGUN, 'interrupted'],
    ['not tried', ended('not-tried'), NONE, 'authentication'],
    ['silent', ended('ended'), NONE, 'babble'],
    ['an error', ended('ended', 0, 'X', 'kaputt'), NONE, 'collector-error'],
    ['a language mode', ended('ended', 0, 'MethodInvocationNotSupportedInConstrainedLanguage', 'geht nicht'), NONE, 'execution-policy'],
    ['malware', ended('ended', 0, 'ScriptContainedMaliciousContent', 'geht nicht'), NONE, 'execution-policy'],
    ['another endpoint', ended('ended', 0, 'CommandNotFoundException', 'gibt es nicht'), NONE, 'authorisation'],
    ['what the collector says', ended('ended'), { kind: 'failed', code: 'second-hop', message: 'no' }, 'second-hop'],
    ['what the collector says, though it broke', ended('broken', 995), { kind: 'failed', code: 'quota', message: 'no' }, 'quota'],
    ['too much', ended('flood'), { kind: 'fault', fault: { cause: 'too-large', detail: '' } }, 'too-large'],
  ] satisfies [string, ReturnType<typeof ended>, FramesResult, string][])('%s', (_, end, frames, cause) => {
    expect(causeOfSession(end, frames).cause).toBe(cause);
  });
});
