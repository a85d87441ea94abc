// doctor: the checks of an install and the causes of what is wrong, on demand, for a release that exists or could.
import {reachableCause, reachableKept, reachableWarning} from '../client/reach.ts';
import {UserError, type Cause} from '../core/cause.ts';
import type {HelmProgram} from '../helm/find.ts';
import {askEachReader, diagnose} from '../client/doctor.ts';
import {plain} from '../observation/plain-text.ts';
import {originLines} from './output/text/origin-lines.ts';
import {causeLines} from './output/text/text-reporter.ts';
import {keptText, keptVolumes, type KeptVolume} from '../observation/kept-volumes.ts';
import {lookOf, painter} from '../core/signs.ts';
import type {Run} from './command.ts';
import {saveFile} from '../client/save-file.ts';
import {openSession, text, type Session} from './session.ts';
import {defaultChart} from '../client/cluster-flags.ts';

export const runDoctor: Run = async (invocation) => {
  const bundle = text(invocation.options['bundle']);
  const session = await openSession(invocation);
  const [survey, snapshot, helm] = await Promise.all([
    session.ports.survey({password: null, pullSecret: null}),
    session.ports.look().then((seen) => askEachReader(seen, session.ports)),
    helmOf(session),
  ]);
  const chart = {source: defaultChart.source, version: defaultChart.version};
  const found = await diagnose(survey, snapshot, chart, session.ports);
  const {state, adoption} = found;
  const {reach} = invocation;
  const kept = keptVolumes(snapshot).map((one) => reachableKept(one, reach));
  const warnings = found.warnings.map((warning) => reachableWarning(warning, reach));
  const problems = [...(helm.problem ? [helm.problem] : []), ...found.problems].map((one) =>
    reachableCause(one, reach),
  );
  if (bundle !== null) {
    await saveFile(
      '--bundle',
      bundle,
      `${JSON.stringify({schema: 'pg-helm-install/bundle/v1', survey, snapshot}, null, 1)}\n`,
      0o600,
    );
  }
  const paint = painter(
    lookOf(invocation.environment, invocation.stdout.isTTY === true, invocation.options['color'] === false),
  );
  const {release, namespace, context} = session.target;
  const helmText = helm.program ? `${helm.program.version} (${helm.program.path})` : 'not found';
  invocation.reporter.tell(
    {
      operation: 'doctor',
      release,
      namespace,
      context,
      state,
      adoption,
      kubernetesVersion: survey.kubernetesVersion,
      helm: helmText,
      causes: problems,
      warnings,
      ...(kept.length > 0 ? {keptVolumes: kept} : {}),
    },
    () => [
      `Kubernetes ${survey.kubernetesVersion} ${paint.dot} helm ${helmText} ${paint.dot} ` +
        plain(survey.user ?? 'user unknown'),
      state
        ? `${release} in ${namespace} is ${state}.`
        : `There is no release ${release} in ${namespace}; this is what an install would meet.`,
      ...(adoption ? originLines(adoption, session.target) : []),
      ...problems.flatMap((problem) => ['', ...causeLines(problem, paint)]),
      ...(problems.length === 0 ? [`${paint.sign('done')} Nothing is wrong that can be seen from here.`] : []),
      ...warnings.map(({message}) => `${paint.sign('warning')} ${plain(message)}`),
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

type FoundHelm =
  {readonly program: HelmProgram; readonly problem: null} | {readonly program: null; readonly problem: Cause};

/** What is wrong with helm is one of the problems that doctor tells. */
async function helmOf({helmProgram}: Pick<Session, 'helmProgram'>): Promise<FoundHelm> {
  try {
    return {program: await helmProgram(), problem: null};
  } catch (error) {
    if (error instanceof UserError) return {program: null, problem: error.reason};
    throw error;
  }
}
