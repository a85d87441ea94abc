// Helm's errors about a release: its name, its history, the objects it would own.
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import type {ErrorRule} from './rule.ts';
import {kubectl} from '../../commands/kubectl.ts';
import {kindOf, look, named, object, recover} from './messages.ts';

export const releaseRules: readonly ErrorRule[] = [
  {
    code: 'RELEASE_LOCKED',
    match: /another operation \(install\/upgrade\/rollback\) is in progress/,
    mean: (about) => ({
      message:
        `Helm says that another operation on release ${named(about)} is in progress: somebody is at work on it, or ` +
        'was killed at it.',
      remedies: [recover('See who and since when; take over when nobody is', about)],
    }),
  },
  {
    // Two helms wrote the same revision: the record that is there is the other one's.
    code: 'RELEASE_LOCKED',
    match: /secrets "sh\.helm\.release\.v1\.[^"]+" already exists|release: already exists/,
    mean: (about) => ({
      message:
        `Another helm recorded the same revision of release ${named(about)} in the same moment: somebody else is at ` +
        'work on it.',
      remedies: [recover('See who and since when; go on when they are through', about)],
    }),
  },
  {
    code: 'RELEASE_EXISTS',
    match: /cannot re-?use a name that is still in use/,
    mean: (about) => ({
      message: `There is a release ${named(about)} already.`,
      remedies: [look('Look at it', about), {title: 'Or choose another name'}],
    }),
  },
  {
    code: 'RELEASE_NOT_FOUND',
    match: /release has no (\d+) version/,
    mean: (about, [, revision = '']) => ({
      message: `Release ${named(about)} has no revision ${revision}.`,
      remedies: [propose('See the revisions that it has', {kind: 'history', ...releaseRef(about)})],
    }),
  },
  {
    code: 'RELEASE_NOT_FOUND',
    match: /release: not found|has no deployed releases/,
    mean: (about) => ({
      message: `There is no release ${named(about)} to work on.`,
      remedies: [propose('See the releases that there are', {kind: 'list'})],
    }),
  },
  {
    code: 'NAME_TOO_LONG',
    match: /release name "(.*?)": invalid release name/,
    mean: (_, [, name = '']) => ({
      ...(name.length <= 53 && {code: 'BAD_INPUT'}),
      message: `Helm does not take "${name}" as a release name: at most 53 lower-case letters, digits, "-" and ".".`,
    }),
  },
  {
    code: 'NAME_COLLISION',
    match:
      /(\S+) "([^"]+)" in namespace "([^"]*)" exists and cannot be imported[\s\S]*?(?:release-name" must equal "[^"]*": current value is "([^"]+)"|$)/,
    mean: (about, [, kind = '', name = '', namespace = '', owner]) => ({
      message:
        owner === undefined
          ? `${kind} ${name} exists in namespace ${namespace} and does not belong to helm; release ` +
            `${about.release} needs that name.`
          : `${kind} ${name} in namespace ${namespace} belongs to release ${owner}; release ${about.release} needs ` +
            'that name too.',
      object: object(kind, namespace, name),
      remedies: [
        {title: 'Choose another release name'},
        {
          title: 'Look at what is there',
          command: kubectl(about, 'get', kind.toLowerCase(), name, '--namespace', namespace, '--output', 'yaml'),
        },
      ],
    }),
  },
  {
    code: 'NAME_COLLISION',
    match: /([a-z.]+) "([^"]+)" already exists/,
    mean: (about, [, resource = '', name = '']) => ({
      message:
        `${kindOf(resource)} ${name} appeared in namespace ${about.namespace} ` + 'while helm was about to create it.',
      object: object(kindOf(resource), about.namespace, name),
      remedies: [look('See whether somebody else installs there', about)],
    }),
  },
];
