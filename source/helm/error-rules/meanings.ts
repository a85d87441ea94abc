// The two errors that helm words in many ways: a cluster that cannot be reached, and a right that is missing.
import type {Remedy} from '../../core/cause.ts';
import type {About, Meaning} from './rule.ts';
import {kubectl} from '../../commands/kubectl.ts';

/** What follows `Kubernetes cluster unreachable: `. Helm says the same when there is no kubeconfig at all. */
export function meanUnreachable(about: About, [, why = '']: RegExpExecArray): Meaning {
  const {context} = about;
  const file = /error loading config file "([^"]+)"/.exec(why)?.[1];
  if (file)
    return {
      message: `The kubeconfig ${file} cannot be read: ${tail(why)}.`,
      remedies: [{title: 'Correct it, or name another with --kubeconfig'}],
    };

  const missing = /context "([^"]*)" does not exist/.exec(why)?.[1];
  if (missing !== undefined) return {message: `The kubeconfig has no context ${missing}.`, remedies: [contexts]};

  if (/Get "https?:\/\/localhost:8080\//.test(why)) {
    return {
      message: 'There is no kubeconfig, so helm does not know of any cluster.',
      remedies: [{title: 'Name one with --kubeconfig or KUBECONFIG'}, contexts],
    };
  }
  const server = /Get "(https?:\/\/[^/"]+)/.exec(why)?.[1] ?? 'its server';
  const certificate = /x509: .*/.exec(why)?.[0];
  if (certificate) {
    return {
      message: `The certificate of ${server} (context ${context}) cannot be trusted: ${certificate}.`,
      remedies: [{title: "Correct the cluster's certificate-authority in the kubeconfig"}],
    };
  }
  return {
    message: `The cluster of context ${context} cannot be reached at ${server}: ${tail(why)}.`,
    remedies: [
      {title: 'See whether it answers (VPN, network, cluster stopped)', command: kubectl(about, 'version')},
      contexts,
    ],
  };
}

const contexts: Remedy = {
  title: 'See the contexts that there are',
  command: kubectl({context: null}, 'config', 'get-contexts'),
};

/** What follows ` is forbidden: `. */
export function meanForbidden(about: About, [, why = '']: RegExpExecArray): Meaning {
  const [, user, verb, resource, group, where] =
    /User "([^"]*)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/.exec(why) ??
    [];
  if (!verb || !resource)
    return {message: `The cluster does not allow it in namespace ${about.namespace}: ${tail(why)}.`};
  const [plural = '', subresource] = resource.split('/');
  const full = group ? `${resource}.${group}` : resource;
  return {
    message: `${user} may not ${verb} ${full} ${where ? `in namespace ${where}` : 'in the cluster as a whole'}.`,
    remedies: [
      {
        title: 'Ask whoever runs the cluster for that right, then see that you have it',
        command: kubectl(
          about,
          'auth',
          'can-i',
          verb,
          group ? `${plural}.${group}` : plural,
          ...(subresource ? ['--subresource', subresource] : []),
          ...(where ? ['--namespace', where] : []),
        ),
      },
    ],
  };
}

/** The last part of a Go error chain's first line. */
function tail(why: string): string {
  return (
    (why.split('\n')[0] ?? '')
      .split(/: (?=[^:]*$|dial |yaml: |connect: )/)
      .slice(1)
      .join(': ') ||
    (why.split('\n')[0] ?? '')
  );
}
