// doctor: the checks of an install and the causes of what is wrong, on demand, for a release that exists or could.
import {reachableCause, reachableKept, reachableWarning} from '../client/reachable-commands.ts';
import {examine} from '../client/questions/doctor.ts';
import {plain} from '../observation/text/plain-text.ts';
import {originLines} from './output/text/origin-lines.ts';
import {causeLines} from './output/text/text-reporter.ts';
import {keptText, type KeptVolume} from '../observation/role/kept-volumes.ts';
import {warningsBeside} from '../core/cause.ts';
import {lookOf, painter} from '../core/signs.ts';
import type {Run} from './command.ts';
import {saveFile} from '../client/save-file.ts';
import {openSession, text} from './session.ts';

export const runDoctor: Run = async (invocation) => {
  const bundle = text(invocation.options['bundle']);
  const session = await openSession(invocation);
  const {state, adoption, helm, seen, ...found} = await examine(session);
  const {reach} = invocation;
  const kept = found.kept.map((one) => reachableKept(one, reach));
  const warnings = found.warnings.map((warning) => reachableWarning(warning, reach));
  const problems = found.problems.map((one) => reachableCause(one, reach));
  if (bundle !== null) {
    const text = `${JSON.stringify({schema: 'pg-helm-install/bundle/v1', ...seen}, null, 1)}\n`;
    await saveFile('--bundle', bundle, text, 0o600);
  }
  const paint = painter(
    lookOf(invocation.environment, invocation.stdout.isTTY === true, invocation.options['color'] === false),
  );
  const {release, namespace, context} = session.target;
  const {kubernetesVersion, user} = seen.survey;
  const helmText = helm ? `${helm.version} (${helm.path})` : 'not found';
  invocation.reporter.tell(
    {
      operation: 'doctor',
      release,
      namespace,
      context,
      state,
      adoption,
      kubernetesVersion,
      helm: helmText,
      causes: problems,
      warnings,
      ...(kept.length > 0 ? {keptVolumes: kept} : {}),
    },
    () => [
      `Kubernetes ${kubernetesVersion} ${paint.dot} helm ${helmText} ${paint.dot} ` + plain(user ?? 'user unknown'),
      state
        ? `${release} in ${namespace} is ${state}.`
        : `There is no release ${release} in ${namespace}; this is what an install would meet.`,
      ...(adoption ? originLines(adoption, session.target) : []),
      ...problems.flatMap((problem) => ['', ...causeLines(problem, paint)]),
      ...(problems.length === 0 ? [`${paint.sign('done')} Nothing is wrong that can be seen from here.`] : []),
      ...warningsBeside(problems, warnings).map(({message}) => `${paint.sign('warning')} ${plain(message)}`),
      ...kept.flatMap(keptLines),
      ...(bundle ? ['', `What was seen is in ${bundle}. It holds no passwords; read it before you pass it on.`] : []),
    ],
  );
  return problems.length > 0 ? 1 : 0;
};

/** How to look into the volume of an earlier writer, and how to give it up. */
function keptLines(kept: KeptVolume): readonly string[] {
  return [
    '',
    `Kept: ${keptText(kept)}`,
    ...(kept.look === null ? [] : ['  to look into its rows, on a copy:', `    ${kept.look}`]),
    '  when nobody needs it any more:',
    `    ${kept.remove}`,
  ];
}
