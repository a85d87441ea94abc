// logs: what the containers wrote, with the pod's name before each line where there are several.
import {logSourcesOfRelease, readLogs} from '../client/questions/logs.ts';
import type {LogSource} from '../client/types.ts';
import {badInput} from '../core/cause.ts';
import {plain} from '../observation/text/plain-text.ts';
import type {Run} from './command.ts';
import {openSession, roleOf, text} from './session.ts';
import {endOfWatching} from './stopped.ts';

export const runLogs: Run = async (invocation) => {
  const {options, signal, output, reporter, stdout} = invocation;
  const role = roleOf(options);
  const tailLines = Number(text(options['tail']) ?? '100');
  if (!Number.isInteger(tailLines) || tailLines < 1) throw badInput('--tail: use a whole number from 1.');
  const session = await openSession(invocation);
  const {release, namespace, context} = session.target;
  const sources = await logSourcesOfRelease(session, role);
  const width = Math.max(0, ...sources.map(({pod}) => pod.length));
  const collected = sources.map(({pod}) => ({pod, lines: [] as string[]}));
  const print = ({pod}: LogSource, line: string) => {
    if (output === 'ndjson') reporter.progress(logOf(namespace, pod, line));
    else if (output === 'text') stdout.write(`${sources.length > 1 ? `${pod.padEnd(width)}  ` : ''}${plain(line)}\n`);
    else collected.find((one) => one.pod === pod)?.lines.push(line);
  };
  await readLogs(session, sources, {tailLines, follow: options['follow'] === true, signal}, print);
  const logs = output === 'json' ? {logs: collected} : {};
  const {code, said} = endOfWatching(signal);
  if (output !== 'text') reporter.answer({operation: 'logs', ...said, release, namespace, context, ...logs}, () => []);
  return code;
};

function logOf(namespace: string, pod: string, line: string) {
  return {
    type: 'log',
    time: new Date().toISOString(),
    source: 'container',
    object: {kind: 'Pod', namespace, name: pod},
    text: line,
  } as const;
}
