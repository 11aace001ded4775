import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import { type Registered, UNKNOWN } from '../policy-pack/engine.ts';
import { CLIENT, PROJECT } from './program.ts';

const infra = fileURLToPath(new URL('../../infra', import.meta.url));
const sdk = createRequire(createRequire(import.meta.url).resolve('@pulumi/pulumi'));

/** What a program registers in a preview. */
export interface Previewed extends Registered {
  /** `project:///infra/machine.ts#60,12`; empty where the SDK does not know it. */
  readonly sourcePosition: string;
}

/**
 * Runs the program as the engine does, by the language host's own entry, and answers it as a preview does: nothing has an id
 * yet, functions are answered with what is not known. No engine, no provider, no network but the loopback.
 */
// oxlint-disable typescript/no-explicit-any -- generated protocol code
export async function preview(config: Readonly<Record<string, string>>): Promise<{ readonly resources: readonly Previewed[]; readonly errors: string }> {
  const grpc = sdk('@grpc/grpc-js') as any;
  const { ResourceMonitorService } = sdk('@pulumi/pulumi/proto/resource_grpc_pb') as any;
  const { EngineService } = sdk('@pulumi/pulumi/proto/engine_grpc_pb') as any;
  const proto = sdk('@pulumi/pulumi/proto/resource_pb') as any;
  const engine = sdk('@pulumi/pulumi/proto/engine_pb') as any;
  const { Struct } = sdk('google-protobuf/google/protobuf/struct_pb') as any;
  const { Empty } = sdk('google-protobuf/google/protobuf/empty_pb') as any;
  const resources: Previewed[] = [];
  const logged: string[] = [];
  const nothing = (_call: unknown, done: any): void => done(null, new Empty());

  const server = new grpc.Server();
  server.addService(ResourceMonitorService, {
    supportsFeature: (call: any, done: any) => {
      const answer = new proto.SupportsFeatureResponse();
      // What the engine makes of output values is the same with plain values, secrets and dependencies.
      answer.setHassupport(call.request.getId() !== 'outputValues');
      done(null, answer);
    },
    getDeploymentInfo: (_call: unknown, done: any) => done({ code: grpc.status.UNIMPLEMENTED, message: 'an engine before it' }),
    registerResource: (call: any, done: any) => {
      const { request } = call;
      const inputs = (request.getObject()?.toJavaScript() ?? {}) as JsonObject;
      const parent = (request.getParent() as string).split('::')[2] ?? '';
      const types = parent === '' || parent === 'pulumi:pulumi:Stack' ? request.getType() : `${parent}$${request.getType()}`;
      const urn = `urn:pulumi:test::${PROJECT}::${types}::${request.getName()}`;
      const position = request.getSourceposition();
      const propertyDependencies: Record<string, string[]> = {};
      request.getPropertydependenciesMap().forEach((value: any, name: string) => (propertyDependencies[name] = value.getUrnsList()));
      if (request.getCustom() === true)
        resources.push({
          urn,
          type: request.getType(),
          inputs,
          outputs: { ...inputs, id: UNKNOWN, name: UNKNOWN, provisioningState: UNKNOWN },
          propertyDependencies,
          sourcePosition: position === undefined ? '' : `${position.getUri()}#${position.getLine()},${position.getColumn()}`,
        });
      const answer = new proto.RegisterResourceResponse();
      answer.setUrn(urn);
      answer.setObject(Struct.fromJavaScript(inputs));
      done(null, answer);
    },
    invoke: (call: any, done: any) => {
      const answer = new proto.ResourceInvokeResponse();
      // A provider says who asks; nothing can be said of what is not there yet.
      answer.setReturn(Struct.fromJavaScript(call.request.getTok() === 'azure-native:authorization:getClientConfig' ? CLIENT : { keys: UNKNOWN }));
      done(null, answer);
    },
    registerPackage: (_call: unknown, done: any) => {
      const answer = new proto.RegisterPackageResponse();
      answer.setRef('package');
      done(null, answer);
    },
    registerResourceOutputs: nothing,
    registerStackTransform: nothing,
    registerStackInvokeTransform: nothing,
    signalAndWaitForShutdown: nothing,
  });
  server.addService(EngineService, {
    log: (call: any, done: any) => {
      // From warnings (2) on: the SDK says much at lower levels.
      if (call.request.getSeverity() >= 2) logged.push(call.request.getMessage());
      done(null, new Empty());
    },
    getRootResource: (_call: unknown, done: any) => done(null, new engine.GetRootResourceResponse()),
    setRootResource: (_call: unknown, done: any) => done(null, new engine.SetRootResourceResponse()),
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error: Error | null, bound: number) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  try {
    const address = `127.0.0.1:${port}`;
    const child = spawn(
      process.execPath,
      [
        sdk.resolve('@pulumi/pulumi/cmd/run'),
        `--monitor=${address}`,
        `--engine=${address}`,
        `--project=${PROJECT}`,
        '--stack=test',
        `--pwd=${infra}`,
        `--root-directory=${join(infra, '..')}`,
        '--dry-run=true',
        '--parallel=16',
        '.',
      ],
      {
        cwd: infra,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: process.env['HOME'] ?? '',
          PULUMI_CONFIG: JSON.stringify(config),
          PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(Object.keys(config).filter((name) => /password|token/i.test(name))),
          PULUMI_NODEJS_TYPESCRIPT: 'true',
          // `npm run types` checks types.
          PULUMI_NODEJS_TRANSPILE_ONLY: 'true',
        },
      },
    );
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
    return { resources, errors: code === 0 ? '' : `${logged.join('\n')}${errors}` };
  } finally {
    server.forceShutdown();
  }
}
// oxlint-enable typescript/no-explicit-any

/** As `pulumi preview --json` writes it: secrets are a word, and new resources have no outputs. */
export function previewDocument(resources: readonly Previewed[]): JsonObject {
  return {
    config: {},
    steps: resources.map(({ urn, type, inputs, propertyDependencies, sourcePosition }) => ({
      op: 'create',
      urn,
      newState: { urn, type, custom: true, inputs: hidden(inputs), propertyDependencies: { ...propertyDependencies }, sourcePosition },
    })),
    changeSummary: { create: resources.length },
  };
}

function hidden(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(hidden);
  if (!isObject(value)) return value;
  if (value['4dabf18193072939515e22adb298388d'] === '1b47061264138c4ac30d75fd1eb44270') return '[secret]';
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, hidden(held)]));
}
