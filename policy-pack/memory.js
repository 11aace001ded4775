'use strict';

/**
 * What one run of the engine has shown so far. The engine shows each resource's inputs before it is made and all outputs at the
 * end; inputs count, as they do for the scanner, and some are no outputs (user data, settings of extensions).
 */
function memory() {
  /** @type {Map<string, any>} */
  const inputs = new Map();
  /** What nobody can say yet, by URN, then by policy. @type {Map<string, Map<string, string>>} */
  const undecided = new Map();
  /** @type {{ key: string, value: any } | undefined} */
  let last;
  return {
    inputs,
    undecided,
    /**
     * The policies of a pack are asked one after the other about the same resources: the last answer is kept.
     * @template T
     * @param {string} key
     * @param {() => T} make
     * @returns {T}
     */
    once(key, make) {
      if (last?.key !== key) last = { key, value: make() };
      return last.value;
    },
    /**
     * @param {string} urn
     * @param {string} policy
     * @param {string | undefined} message
     */
    setUndecided(urn, policy, message) {
      const known = undecided.get(urn) ?? new Map();
      if (message === undefined) known.delete(policy);
      else known.set(policy, message);
      undecided.set(urn, known);
    },
  };
}

module.exports = { memory };
