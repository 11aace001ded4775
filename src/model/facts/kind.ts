import type { JsonObject } from '../json.ts';

/**
 * What a fact of one kind holds. Kinds that a settings file defines are generated from it; derived kinds have a module
 * beside this one that exports a spec.
 */
export interface FactKind {
  readonly kind: string;
  readonly title: string;
  /**
   * JSON Schema (2020-12) of `data`: an object, every member in `required`, `additionalProperties: false`, each member
   * with a `description` that gives unit, enum meaning and source page. A member that could not be read is `null` and named
   * in the fact's `unknown`, so the schema need not allow `null` for that.
   */
  readonly schema: JsonObject;
}
