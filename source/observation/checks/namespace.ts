// Whether there is a namespace to install into, or one may be made.
import {releaseExists} from './existing-release.ts';
import {refuse, warn, type CheckRule} from './rule.ts';
import {kubectl} from '../../commands/kubectl.ts';

export const namespace: CheckRule = (survey, {target}) => {
  const name = target.namespace;
  const object = {kind: 'Namespace', namespace: null, name};
  switch (survey.namespace.state) {
    case 'exists':
      return [];
    case 'unknown':
      return [warn('NOT_CHECKED', `Whether namespace ${name} exists is not known: this user may not read it.`)];
    case 'terminating':
      // For an existing release, volume-going.ts says what becomes of its data.
      if (releaseExists(survey)) return [];
      return [
        refuse(
          'NAMESPACE_MISSING',
          `Namespace ${name} is being deleted. Nothing new can be made in it until it is gone.`,
          {
            object,
            remedies: [
              {
                title: 'Wait until it is gone, then install again',
                command: kubectl(target, 'wait', '--for=delete', `namespace/${name}`, '--timeout=5m'),
              },
              {title: 'Use another namespace.'},
            ],
          },
        ),
      ];
    case 'absent': {
      const create = survey.permissions.find(({resource, verb}) => resource === 'namespaces' && verb === 'create');
      if (create?.allowed !== false) return [];
      return [
        refuse(
          'NAMESPACE_MISSING',
          `Namespace ${name} does not exist, and ${survey.user === null ? 'this user' : `user "${survey.user}"`} ` +
            'may not create namespaces.',
          {
            object,
            remedies: [
              {
                title: 'Have an administrator of the cluster make it',
                command: kubectl(target, 'create', 'namespace', name),
              },
              {title: 'Use a namespace that exists.'},
            ],
          },
        ),
      ];
    }
  }
};
