import { documentOf, type Span, type TextDocument } from '../../lib/document.ts';
import { DocumentError } from '../../lib/document-error.ts';
import { type JsonLocator, jsonLocator } from '../../lib/json-locate.ts';
import { parseJson } from '../../lib/json-text.ts';
import { linesOf } from '../../lib/lines.ts';
import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { type Pointer, pointerOf, stepsOf } from '../../model/pointer.ts';

/**
 * One event of Pulumi's engine (`apitype.EngineEvent`, sdk/go/common/apitype/events.go). A log of them, a line each, is what
 * `--event-log` writes, `--json` of what deploys, and `pulumi preview --json` under PULUMI_ENABLE_STREAMING_JSON_PREVIEW.
 */
export function isPulumiEvent(value: Json): value is JsonObject {
  if (!isObject(value) || typeof member(value, 'sequence') !== 'number' || typeof member(value, 'timestamp') !== 'number') return false;
  return Object.keys(value).some((name) => name.endsWith('Event'));
}

/** What is read of a log; of other events only that they were there. */
const READ = ['resourcePreEvent', 'resOutputsEvent', 'resOpFailedEvent', 'diagnosticEvent', 'summaryEvent', 'errorEvent', 'cancelEvent'];

/** Where the first event, which is a short one, must have ended. */
const FIRST_EVENT = 64 * 1024;

/** A text of more than one event is no JSON, but a line of it each. */
export function beginsAsEventLog(text: string): boolean {
  const first = /^\s*(\{.*)/.exec(text.slice(0, FIRST_EVENT))?.[1];
  const value = first === undefined ? undefined : valueOfLine(first);
  return value !== undefined && isPulumiEvent(value);
}

function valueOfLine(line: string): Json | undefined {
  try {
    return parseJson(line);
  } catch (error) {
    if (error instanceof DocumentError) return undefined;
    throw error;
  }
}

interface Line {
  readonly start: number;
  readonly text: string;
  locator?: JsonLocator;
}

/**
 * A log as a document, `{ events: [event, …], strange: N }`: an event a line, null for one that nothing is read of. `strange`
 * counts lines that are no event, such as the last one of a log that was cut off. Never edited.
 */
export function openEventLog(text: string): TextDocument {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const lines: Line[] = [];
  const events: Json[] = [];
  let strange = 0;
  for (const { 0: line, index } of plain.matchAll(/[^\r\n]+/g)) {
    if (line.trim() === '') continue;
    const value = valueOfLine(line);
    if (value === undefined || !isPulumiEvent(value)) {
      strange++;
      continue;
    }
    lines.push({ start: index, text: line });
    events.push(READ.some((name) => Object.hasOwn(value, name)) ? value : null);
  }
  return documentOf(plain, linesOf(plain), {
    value: { events, strange },
    spans(pointers) {
      const spans = new Map<Pointer, Span>();
      for (const pointer of pointers) {
        const span = spanOf(stepsOf(pointer), lines);
        if (span !== undefined) spans.set(pointer, span);
      }
      return spans;
    },
    edits: () => ({ refused: 'A log is not edited.' }),
    verify: () => false,
  });
}

function spanOf([section, index, ...rest]: readonly string[], lines: readonly Line[]): Span | undefined {
  const line = section === 'events' && /^\d{1,9}$/.test(index ?? '') ? lines[Number(index)] : undefined;
  if (line === undefined) return section === undefined || index === undefined ? { start: 0, end: 0 } : undefined;
  line.locator ??= jsonLocator(line.text);
  const pointer = pointerOf(rest);
  const found = line.locator.spans([pointer]).get(pointer);
  if (found === undefined) return undefined;
  const { start } = line;
  const key = found.key === undefined ? {} : { key: { start: found.key.start + start, end: found.key.end + start } };
  return { start: found.start + start, end: found.end + start, ...key };
}
