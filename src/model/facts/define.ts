import type { JsonObject } from '../json.ts';
import type { FactKind } from './kind.ts';

/** A kind whose data is an object with just these members, every one of them required. */
export function defineKind(kind: string, title: string, members: Readonly<Record<string, JsonObject>>): FactKind {
  return {
    kind,
    title,
    schema: {
      type: 'object',
      required: Object.keys(members),
      additionalProperties: false,
      properties: members,
    },
  };
}

export const HOST_MEMBER: JsonObject = { type: 'string', description: "The target's name." };
export const BROKER_MEMBER: JsonObject = {
  type: 'string',
  description: 'The connection broker of the deployment.',
};
export const COLLECTION_MEMBER: JsonObject = {
  type: 'string',
  description: 'Display name of the session collection.',
};
