// The layers of the design as rules: cli → index → scan → stages → model. Stages import model and lib, not each other, but
// for evaluate → policy. What a stage needs from another one is handed to it as a value by the scan.
const STAGES = ['collect', 'config', 'diagnose', 'estate', 'evaluate', 'fix', 'gate', 'normalise', 'policy', 'remediate', 'report'];
const PURE = ['evaluate', 'gate', 'normalise', 'report', 'model', 'lib', 'diagnose', 'remediate'];

/** Folder to what else it may import, besides itself, `model` and `lib`. */
const MAY = {
  model: [],
  lib: [],
  collect: [],
  config: [],
  diagnose: [],
  estate: [],
  evaluate: ['policy'],
  fix: [],
  gate: [],
  normalise: [],
  policy: [],
  remediate: [],
  report: [],
  scan: STAGES,
  apply: ['collect', 'remediate'],
};

const layers = Object.entries(MAY).map(([folder, more]) => {
  const allowed = folder === 'model' ? ['model'] : [...new Set([folder, 'model', 'lib', ...more])];
  return {
    name: `layer-${folder}`,
    comment: `src/${folder} imports only ${allowed.join(', ')}.`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: { path: '^src/', pathNot: `^src/(${allowed.join('|')})/` },
  };
});

export default {
  forbidden: [
    ...layers,
    { name: 'scan-not-cli', comment: 'The pipeline knows no command line.', severity: 'error', from: { path: '^src/(scan|index)\\.ts$' }, to: { path: '^src/cli/' } },
    {
      name: 'pure-middle',
      comment: 'The middle takes values and returns values: no files, network, processes or clock.',
      severity: 'error',
      // The one file that knows node-powershell.
      from: { path: `^src/(${PURE.join('|')})/`, pathNot: '^src/lib/powershell\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(buffer|crypto|url|net)$' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    { name: 'no-pulumi', comment: 'The scanner never depends on a Pulumi SDK.', severity: 'error', from: { path: '^src/' }, to: { path: '@pulumi/' } },
    { name: 'known-dependencies', comment: 'Runtime code imports runtime dependencies only.', severity: 'error', from: { path: '^src/' }, to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.json'], exportsFields: ['exports'], conditionNames: ['import', 'node'] },
  },
};
