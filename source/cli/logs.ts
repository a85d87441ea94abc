// logs: what the containers wrote, with the pod's name before each line where there are several.
import {databaseContainer} from '../chart/names.ts';
import type {Readable} from 'node:stream';
import {badInput} from '../core/cause.ts';
import {paths} from '../cluster/paths.ts';
import {viewOf} from '../observation/release-view.ts';
import {plain} from '../observation/plain-text.ts';
import type {Run} from './command.ts';
import {requireRelease, openSession, roleOf, text} from './session.ts';

export const runLogs: Run = async (invocation) => {
  const role = roleOf(invocation.options);
  const tail = Number(text(invocation.options['tail']) ?? '100');
  if (!Number.isInteger(tail) || tail < 1) throw badInput('--tail: right is a whole number from 1.');
  const follow = invocation.options['follow'] === true;
  const {connection, target, ports} = await openSession(invocation);
  const {writerPod, readerPods} = viewOf(requireRelease(await ports.look()));
  const pods = [...(writerPod && role !== 'reader' ? [writerPod] : []), ...(role === 'writer' ? [] : readerPods)].map(
    ({metadata}) => metadata.name,
  );
  const width = Math.max(0, ...pods.map((pod) => pod.length));
  const collected: {pod: string; lines: string[]}[] = [];
  const print = (pod: string, line: string) => {
    if (invocation.output === 'ndjson') invocation.reporter.progress(logOf(pod, line));
    else if (invocation.output === 'text')
      invocation.stdout.write(`${pods.length > 1 ? `${pod.padEnd(width)}  ` : ''}${plain(line)}\n`);
    else collected.find((one) => one.pod === pod)?.lines.push(line);
  };
  const logOf = (pod: string, line: string) =>
    ({
      type: 'log',
      time: new Date().toISOString(),
      source: 'container',
      object: {kind: 'Pod', namespace: target.namespace, name: pod},
      text: line,
    }) as const;
  for (const pod of pods) collected.push({pod, lines: []});
  const query = {container: databaseContainer, tailLines: tail, ...(follow ? {follow: true} : {})};
  await Promise.all(
    pods.map(async (pod) => {
      const path = `${paths.pods(target.namespace)}/${pod}/log`;
      const stream = await connection.api.stream(path, query, invocation.signal);
      try {
        await readLines(stream, (line) => print(pod, line));
      } catch (error) {
        if (!invocation.signal.aborted) throw error;
      }
    }),
  );
  if (invocation.output !== 'text') {
    invocation.reporter.answer(
      {
        operation: 'logs',
        release: target.release,
        namespace: target.namespace,
        context: target.context,
        ...(invocation.output === 'json' ? {logs: collected} : {}),
      },
      () => [],
    );
  }
  return invocation.signal.aborted ? 130 : 0;
};

async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  }
  if (rest) onLine(rest);
}
