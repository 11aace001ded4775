/** A schema that is outside of the policy language, or malformed. */
export class SchemaError extends Error {}
