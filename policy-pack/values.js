'use strict';
// Values as the policy SDK hands them over, and as the scanner reads them.
const { asset, runtime } = require('@pulumi/pulumi');
const { Secret } = require('@pulumi/policy');
/** @type {any} */
const deserialize = require('@pulumi/policy/deserialize');

/**
 * The SDK opens secrets before a policy that only looks at resources sees them, so that a message could print one. With this
 * they stay marked, as they do where resources are changed. It reaches into the SDK, whose version is therefore fixed; a test
 * proves over the wire that no secret comes out.
 */
function keepSecrets() {
  const original = deserialize.deserializeProperties;
  deserialize.deserializeProperties = (/** @type {unknown} */ properties) => original(properties, true);
}

/**
 * Takes the SDK's proxies off: they throw at a value that is not known yet, which would end a policy as a whole.
 * @param {any} value
 */
function unwrap(value) {
  let held = value;
  while (held !== null && typeof held === 'object' && held.__isSpecialProxy === true) held = held.__getSpecialProxyTarget;
  return held;
}

const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = { [SIGNATURE]: '1b47061264138c4ac30d75fd1eb44270' };
const ASSET = { [SIGNATURE]: 'c44067f5952c0a294b673a41bacd8c17' };

/**
 * A value as a state file holds it: secrets closed, what is not known as the engine's mark of it.
 * @param {any} wrapped
 * @returns {any}
 */
function toState(wrapped) {
  const value = unwrap(wrapped);
  if (value === undefined || value === null || typeof value !== 'object') return value ?? null;
  if (value instanceof Secret) return SECRET;
  if (asset.Asset.isInstance(value) || asset.Archive.isInstance(value)) return ASSET;
  if (Array.isArray(value)) return value.map(toState);
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, toState(held)]));
}

module.exports = { keepSecrets, toState, unwrap, unknownValue: runtime.unknownValue };
