'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { PolicyPack } = require('@pulumi/policy');
const { memory } = require('./memory.js');
const { isMandatory } = require('./settings.js');
const { keepSecrets, toState, unwrap } = require('./values.js');

const DIST = join(__dirname, '..', 'dist');

/** The scanner, as it is built: its policies judge here as they do there. */
function loadScanner() {
  const main = join(DIST, 'index.js');
  if (!existsSync(main)) throw new Error(`'${main}' is not there. In a checkout, run 'npm run build' in the folder above the policy pack.`);
  return require(main);
}

/**
 * Serves the pack to the engine that started this process.
 * @param {import('./settings.js').Settings} settings
 */
function servePack(settings) {
  keepSecrets();
  return new PolicyPack('rdposture', {
    displayName: 'rdposture',
    description: 'Exposure and hardening of Remote Desktop and Azure Virtual Desktop, judged by the policies of rdposture',
    enforcementLevel: 'advisory',
    repository: 'https://github.com/rdposture/rdposture',
    policies: policiesOf(settings),
  });
}

/** @param {import('./settings.js').Settings} settings */
function policiesOf(settings) {
  const scanner = loadScanner();
  const shipped = scanner.readShippedLibrary(join(DIST, 'library.json'), join(__dirname, '..', 'policies'));
  const library = scanner.addFolders(shipped, settings.folders);
  const selected = scanner.stackPolicies(library, { packs: settings.packs, only: settings.only, skip: settings.skip, vars: {} });
  if (selected.length === 0) throw new Error('No policy about Azure is selected. Check RDPOSTURE_PACK, RDPOSTURE_ONLY and RDPOSTURE_SKIP.');
  const world = { scanner, library, selected, settings, seen: memory() };
  return [...selected.map((/** @type {any} */ policy) => policyOf(policy, world)), undecidedPolicy(world)];
}

/**
 * @param {any} policy of the scanner
 * @param {any} world
 */
function policyOf(policy, world) {
  const { scanner, settings } = world;
  return {
    name: policy.id,
    displayName: policy.title,
    description: `${policy.title}. ${policy.why}`,
    enforcementLevel: isMandatory(policy.band, settings) ? 'mandatory' : 'advisory',
    severity: policy.band,
    tags: [...policy.tags],
    url: policy.link,
    ...(policy.remediation.length === 0 ? {} : { remediationSteps: policy.remediation.join('\n') }),
    ...frameworkOf(policy),
    ...(Object.keys(policy.params).length === 0 ? {} : { configSchema: { properties: policy.params } }),
    ...(policy.alone ? { validateResource: validateAlone(policy, world) } : { validateStack: validateWithOthers(policy, world) }),
    ...(scanner.isRemediable(policy) ? { remediateResource: remediate(policy, world) } : {}),
  };
}

/** The first benchmark that asks for it. @param {any} policy */
function frameworkOf({ controls }) {
  const [first] = controls;
  if (first === undefined) return {};
  const version = /-(\d[\d.]*)$/.exec(first.framework)?.[1] ?? '';
  return { framework: { name: first.framework, version, reference: first.id, specification: '' } };
}

/** @param {any} policy @param {any} world */
function validateAlone(policy, world) {
  return (/** @type {any} */ args, /** @type {any} */ report) => {
    const { scanner, library, seen, settings } = world;
    const inputs = record(args, seen);
    const facts = seen.once(`${args.urn}\0${JSON.stringify(inputs)}`, () =>
      scanner.stackFacts([{ urn: args.urn, inputs, outputs: null }], library, nowOf(settings)),
    );
    seen.setUndecided(args.urn, policy.id, undefined);
    say(policy, args, facts, world, report, false);
  };
}

/** @param {any} policy @param {any} world */
function validateWithOthers(policy, world) {
  return (/** @type {any} */ args, /** @type {any} */ report) => {
    for (const { urn } of args.resources) world.seen.setUndecided(urn, policy.id, undefined);
    say(policy, args, factsOfStack(args.resources, world), world, report, true);
  };
}

/** @param {readonly any[]} resources @param {any} world */
function factsOfStack(resources, { scanner, library, seen, settings }) {
  const shown = resources.map(({ urn, props, propertyDependencies }) => ({
    urn,
    inputs: seen.inputs.get(urn) ?? null,
    outputs: toState(props),
    propertyDependencies: Object.fromEntries(
      Object.entries(propertyDependencies ?? {}).map(([name, on]) => [name, on.map((/** @type {any} */ { urn }) => urn)]),
    ),
  }));
  return seen.once(JSON.stringify(shown), () => scanner.stackFacts(shown, library, nowOf(settings)));
}

/**
 * Reports what fails. What cannot be decided is no violation: it is kept for `undecided`.
 * @param {any} policy
 * @param {any} args
 * @param {any} facts
 * @param {any} world
 * @param {any} report
 * @param {boolean} ofStack
 */
function say(policy, args, facts, world, report, ofStack) {
  const { scanner, settings, seen } = world;
  for (const verdict of scanner.stackVerdicts(facts, scanner.withParams(policy, args.getConfig()))) {
    if (verdict.outcome === 'unknown') {
      seen.setUndecided(verdict.urn, policy.id, verdict.message);
      continue;
    }
    // A finding that its policy grades down stops nothing, though the policy may.
    const isLower = verdict.band !== policy.band && !isMandatory(verdict.band, settings);
    report({
      message: `${verdict.message} See ${policy.link}`,
      severity: verdict.band,
      ...(isLower ? { enforcementLevel: 'advisory' } : {}),
      ...(ofStack ? { urn: verdict.urn } : {}),
    });
  }
}

/** @param {any} policy @param {any} world */
function remediate(policy, { scanner, library, selected, settings }) {
  return (/** @type {any} */ args) => {
    const held = unwrap(args.props);
    const resource = { urn: args.urn, inputs: toState(held), outputs: null };
    const context = { policies: selected, library, now: nowOf(settings), allowDisconnect: settings.allowDisconnect };
    const changes = scanner.stackRemedy(resource, scanner.withParams(policy, args.getConfig()), context);
    return changes === null ? undefined : scanner.withChanges(held, changes);
  };
}

const SHOWN = 10;

/** One note for all that nobody can say before the update: silence would look like a pass, one note for each would drown the rest. */
function undecidedPolicy(/** @type {any} */ { seen }) {
  return {
    name: 'undecided',
    displayName: 'What cannot be decided yet',
    description: 'Says which policies could not be decided, because values are known only after an update or are kept outside of the stack.',
    enforcementLevel: 'advisory',
    severity: 'low',
    validateResource: (/** @type {any} */ args) => void record(args, seen),
    validateStack: (/** @type {any} */ args, /** @type {any} */ report) => {
      const urns = new Set(args.resources.map((/** @type {any} */ { urn }) => urn));
      const open = [...seen.undecided].flatMap(([urn, byPolicy]) =>
        urns.has(urn) ? [...byPolicy].map(([policy, message]) => ({ urn, policy, message })) : [],
      );
      if (open.length === 0) return;
      const lines = open.slice(0, SHOWN).map(({ policy, message }) => `${policy}: ${message}`);
      const more = open.length > SHOWN ? [`… and ${open.length - SHOWN} more.`] : [];
      const count = open.length === 1 ? 'One verdict is' : `${open.length} verdicts are`;
      report({ message: [`${count} open; no violation, and no pass either:`, ...lines, ...more].join('\n'), enforcementLevel: 'advisory' });
    },
  };
}

/** @param {any} args @param {any} seen */
function record(args, seen) {
  const inputs = toState(args.props);
  seen.inputs.set(args.urn, inputs);
  return inputs;
}

/** @param {import('./settings.js').Settings} settings */
function nowOf({ now }) {
  return (now === null ? new Date() : new Date(now)).toISOString();
}

module.exports = { policiesOf, servePack };
