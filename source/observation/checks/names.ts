// Whether the release and its namespace can have the names that were asked for.
import {databaseChart, fullnameOf, longestFullname} from '../../chart/names.ts';
import {namespaceProblem, releaseNameProblem} from '../../parameters/identifiers.ts';
import {refuse, type CheckRule, type Finding} from './rule.ts';

const suffix = '-postgresql';

/** Refuses what cannot be a name, and a release name whose objects would get names that are too long to work. */
export const names: CheckRule = (_survey, {target}) => {
  const findings: Finding[] = [];
  const releaseProblem = releaseNameProblem(target.release);
  if (releaseProblem !== null) findings.push(refuse('BAD_INPUT', releaseProblem));
  else if (target.fullname.length > longestFullname) findings.push(tooLong(target.release));
  const problem = namespaceProblem(target.namespace);
  if (problem !== null) findings.push(refuse('BAD_INPUT', problem));
  return findings;
};

function tooLong(release: string): Finding {
  const shorter = shorterName(release);
  const longest = shorter.includes(databaseChart) ? longestFullname : longestFullname - suffix.length;
  return refuse(
    'NAME_TOO_LONG',
    `The release name ${release} has ${release.length} characters. With more than ${longest}, Kubernetes makes ` +
      'no pods for it: their label controller-revision-hash would not fit.',
    {remedies: [{title: `Use a name of at most ${longest} characters, such as ${shorter}.`}]},
  );
}

/** The beginning of a release name that is too long, as much of it as works. */
export function shorterName(release: string): string {
  const cut = (length: number): string => release.slice(0, length).replace(/-+$/, '');
  const candidate = cut(longestFullname);
  return fullnameOf(candidate).length <= longestFullname ? candidate : cut(longestFullname - suffix.length);
}
