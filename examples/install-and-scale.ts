// Installs a PostgreSQL with one reader, scales it to two, and says where it is: the package as a library.
// node examples/install-and-scale.ts NAME [NAMESPACE]
import {connect, UserError, type Progress} from 'pg-helm-install';

const [release = 'orders', namespace] = process.argv.slice(2);

/** Each line of progress once. */
const told = new Set<string>();
function tell(progress: Progress): void {
  if (progress.type !== 'track' || told.has(progress.text)) return;
  told.add(progress.text);
  console.log(`  ${progress.track}: ${progress.text}`);
}

try {
  const postgres = await connect({...(namespace === undefined ? {} : {namespace})});

  const answers = {readReplicaCount: 1, storageSize: '1Gi', cpu: '100m', memory: '256Mi'};
  const planned = await postgres.plan({kind: 'install', release, answers});
  console.log(planned.plan?.command ?? planned.cause?.message);

  const installed = await postgres.start({kind: 'install', release, answers}, {onProgress: tell});
  console.log(`install: ${installed.outcome}`);
  if (installed.cause) throw new UserError(installed.cause);

  const scaled = await postgres.start(
    {kind: 'scale', release, readReplicas: 2, deleteVolumes: false},
    {onProgress: tell},
  );
  console.log(`scale: ${scaled.outcome}`);

  const status = await postgres.status(release);
  console.log(`${status?.state}: writer ${status?.endpoints?.writer.internalHost}, ${status?.readers.ready} readers`);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  const {message, remedies} = error.reason;
  console.error(
    [message, ...remedies.map(({title, command}) => `  ${title}${command ? `: ${command}` : ''}`)].join('\n'),
  );
  process.exitCode = 1;
}
