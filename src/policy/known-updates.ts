import type { JsonObject } from '../model/json.ts';

const text = { type: 'string', minLength: 1 } as const;
const day = { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', description: 'a day such as 2026-11-24' } as const;
const number = { type: 'integer', minimum: 1 } as const;
const type = { enum: ['server', 'client'] } as const;
const cve = { type: 'string', pattern: '^CVE-[0-9]{4}-[0-9]{4,}$' } as const;
const severity = { type: 'number', exclusiveMinimum: 0, maximum: 10 } as const;
const version = { type: 'string', pattern: '^[0-9]+(\\.[0-9]+){1,3}$', description: 'a version such as 1.2.7279.0' } as const;
const revisions: JsonObject = { type: 'object', additionalProperties: number };

function object(required: readonly string[], properties: JsonObject): JsonObject {
  return { type: 'object', required, additionalProperties: false, properties };
}

/** The schema of `data/known-updates.yaml`. */
export const KNOWN_UPDATES_SCHEMA: JsonObject = object(['retrieved', 'systems', 'vulnerabilities', 'regressions'], {
  retrieved: day,
  systems: { type: 'array', items: object(['name', 'build', 'type', 'supportEnds'], { name: text, build: number, type, supportEnds: day }) },
  vulnerabilities: {
    type: 'array',
    items: object(['cve', 'component', 'severity', 'published', 'servers'], {
      cve,
      component: text,
      severity,
      published: day,
      role: text,
      servers: revisions,
      clients: revisions,
    }),
  },
  programs: {
    type: 'array',
    items: object(['cve', 'severity', 'published', 'fixed'], {
      cve,
      severity,
      published: day,
      fixed: object([], { 'remote-desktop': version, 'windows-app': version }),
    }),
  },
  regressions: {
    type: 'array',
    items: object(['id', 'symptom', 'confidence', 'source', 'builds'], {
      id: { type: 'string', pattern: '^[a-z0-9-]+$' },
      symptom: text,
      confidence: { enum: ['established', 'reported'] },
      role: text,
      source: text,
      builds: {
        type: 'array',
        items: object(['build', 'type', 'from', 'to', 'update', 'fix'], {
          build: number,
          type,
          from: { type: 'integer', minimum: 0 },
          to: number,
          update: text,
          fix: { type: 'string' },
        }),
      },
    }),
  },
});
