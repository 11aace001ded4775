import type { FactKind } from './kind.ts';

const HOST = { type: 'string', description: "The target's name." } as const;

/** Declared against actual: one fact a declared setting. */
export const DECLARED_SETTING: FactKind = {
  kind: 'estate.declaredSetting',
  title: 'Declared setting',
  schema: {
    type: 'object',
    required: ['host', 'setting', 'declared', 'actual', 'source', 'state'],
    additionalProperties: false,
    properties: {
      host: HOST,
      setting: { type: 'string', description: 'The setting path, joined with /.' },
      declared: { description: 'The declared value.' },
      actual: { description: 'The value that the snapshot shows.' },
      source: { enum: ['gpo', 'pushed', 'local', 'default'], description: 'Where the actual value comes from.' },
      state: {
        enum: ['equal', 'differs', 'owned-by-gpo', 'not-found'],
        description: 'owned-by-gpo: Group Policy has another value; not-found: the rule, listener or collection does not exist.',
      },
    },
  },
};

/** One section of one target's snapshot. */
export const SECTION: FactKind = {
  kind: 'estate.section',
  title: 'Snapshot section',
  schema: {
    type: 'object',
    required: ['host', 'section', 'status'],
    additionalProperties: false,
    properties: {
      host: HOST,
      section: { type: 'string', description: "The section's name; 'snapshot' stands for the whole." },
      status: { enum: ['ok', 'denied', 'absent', 'error', 'not-collected'], description: 'How reading it ended.' },
    },
  },
};
