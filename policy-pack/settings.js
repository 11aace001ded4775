'use strict';

/**
 * What is decided before the engine asks which policies there are. The rest (level and parameters of each policy) is the
 * engine's own configuration of policy packs.
 * @typedef {object} Settings
 * @property {string[]} packs packs of policies; none is the scanner's default
 * @property {string[]} only ids or families (`NET-*`), from all packs
 * @property {string[]} skip ids or families
 * @property {string[]} folders further policy folders
 * @property {'critical' | 'high' | 'medium' | 'low' | 'none'} mandatoryFrom policies of this band and above stop a deployment
 * @property {boolean} allowDisconnect remediation may change what can cut somebody off
 * @property {string | null} now the time that ages are counted to, ISO 8601; null is the clock's
 */

/** Bands, the gravest first; `none` makes everything advisory. */
const BANDS = ['critical', 'high', 'medium', 'low', 'none'];

const NAMES = {
  RDPOSTURE_PACK: 'packs',
  RDPOSTURE_ONLY: 'only',
  RDPOSTURE_SKIP: 'skip',
  RDPOSTURE_POLICY: 'folders',
};

/**
 * Settings from `RDPOSTURE_*` variables, lists with commas. Throws for a band that there is not.
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {Settings}
 */
function settingsFrom(environment) {
  const lists = Object.fromEntries(Object.entries(NAMES).map(([variable, name]) => [name, listOf(environment[variable])]));
  const mandatoryFrom = environment['RDPOSTURE_FAIL_ON'] || 'high';
  if (!BANDS.includes(mandatoryFrom)) throw new Error(`RDPOSTURE_FAIL_ON is '${mandatoryFrom}'; it should be one of: ${BANDS.join(', ')}.`);
  const now = environment['RDPOSTURE_NOW'] || null;
  if (now !== null && !Number.isFinite(Date.parse(now))) throw new Error(`RDPOSTURE_NOW is '${now}'; it should be a time such as 2026-11-24T10:00:00Z.`);
  return /** @type {Settings} */ ({ ...lists, mandatoryFrom, allowDisconnect: environment['RDPOSTURE_ALLOW_DISCONNECT'] === 'true', now });
}

/** @param {string | undefined} text */
function listOf(text) {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/**
 * @param {string} band of a policy or a finding
 * @param {Settings} settings
 */
function isMandatory(band, { mandatoryFrom }) {
  return BANDS.indexOf(band) <= BANDS.indexOf(mandatoryFrom) && mandatoryFrom !== 'none';
}

module.exports = { settingsFrom, isMandatory };
