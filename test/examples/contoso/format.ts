import { isObject, type Json } from '../../../src/model/json.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';

/** A snapshot as text: one line a row and a registry key, so that a change of one shows as one line. */
export function snapshotText(snapshot: Snapshot): string {
  const { sections, ...head } = snapshot;
  const lines = Object.entries(head).map(([name, value]) => `  ${line(name, value)}`);
  const parts = Object.entries(sections).map(([name, section]) => `    ${JSON.stringify(name)}: ${sectionText(section.status, section.data, section.error)}`);
  return `{\n${lines.join(',\n')},\n  "sections": {\n${parts.join(',\n')}\n  }\n}\n`;
}

function sectionText(status: string, data: Json | undefined, error: string | undefined): string {
  const head = `"status": ${JSON.stringify(status)}${error === undefined ? '' : `, "error": ${JSON.stringify(error)}`}`;
  if (data === undefined) return `{ ${head} }`;
  return `{\n      ${head},\n      "data": ${dataText(data)}\n    }`;
}

function dataText(data: Json): string {
  if (Array.isArray(data)) return data.length === 0 ? '[]' : `[\n${data.map((row: Json) => `        ${JSON.stringify(row)}`).join(',\n')}\n      ]`;
  if (!isObject(data)) return JSON.stringify(data);
  const members = Object.entries(data).map(([name, value]) => `        ${line(name, value)}`);
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n      }`;
}

function line(name: string, value: unknown): string {
  return `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
}
