import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { judgeHere } from './scan/job.ts';
import { takeFiles, type WorkerAnswer, type WorkerJob, type WorkerStart } from './scan/threads.ts';
import { numbersOf, receivedContext, receivedPolicy, sentResult } from './scan/wire.ts';

/** A further thread of a scan: reads, judges and drops whole files, and sends back what is left of them. */
if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const policies = (workerData as WorkerStart).policies.map(receivedPolicy);
  const numbers = numbersOf(policies);
  port.on('message', ({ files, sourceRoot, context, compiled, next }: WorkerJob) => {
    const received = receivedContext(context, policies);
    for (let taken = takeFiles(files, next); taken !== null; taken = takeFiles(files, next)) {
      const results = judgeHere({ files: taken.list, sourceRoot, context: received, ...(compiled && { compiled }) }).map((result) =>
        sentResult(result, numbers),
      );
      port.postMessage({ first: taken.first, results } satisfies WorkerAnswer);
    }
    port.postMessage({ done: true } satisfies WorkerAnswer);
  });
}
