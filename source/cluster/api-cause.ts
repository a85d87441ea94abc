// What the API server's refusals mean to a user.
import {cause, type Cause} from '../core/cause.ts';
import {kubectl} from '../commands/kubectl.ts';
import {maybeByLimitRange} from '../observation/pods/pod-refusal.ts';
import {exceededQuotaName, quotaShortage} from '../observation/pods/want-of-room.ts';
import {ApiError} from './api.ts';

/** For an ApiError or a ConnectionError. */
export function causeOfApiError(error: Error): Cause {
  if (!(error instanceof ApiError)) {
    return cause('CONNECTION_LOST', 'The connection to the cluster broke off.', {
      evidence: [error.message],
      remedies: [{title: 'Run the same command again: it goes on where it is', again: true}],
    });
  }
  if (error.status === 403) return causeOfForbidden(error);
  const evidence = [error.message];
  const said = sentenceOf(error);
  if (error.status === 404 && /^namespaces /.test(error.message)) {
    return cause('NAMESPACE_MISSING', 'The namespace does not exist.', {
      evidence,
      remedies: [{title: 'See which there are', command: kubectl(error, 'get', 'namespaces')}],
    });
  }
  if (error.status === 400 || error.status === 422) return notAccepted(error);
  const webhook = /failed calling webhook "([^"]+)"/.exec(error.message)?.[1];
  if (webhook !== undefined) {
    return cause(
      'ADMISSION_DENIED',
      `The cluster asks the webhook ${webhook} before it makes anything of this kind, and got no answer from it.`,
      {
        evidence,
        remedies: [
          {
            title:
              'Have the webhook repaired, or removed, by whoever sets the rules of the cluster, then run the ' +
              'same command again',
          },
        ],
      },
    );
  }
  return cause('CONNECTION_LOST', `The cluster answered ${error.status}: ${said}`, {
    evidence,
    remedies: [{title: 'Run the same command again: it goes on where it is', again: true}],
  });
}

/** The user lacks the permission, the quota has no room, or an admission plugin refuses. */
function causeOfForbidden(error: ApiError): Cause {
  const evidence = [error.message];
  if (/exceeded quota/.test(error.message)) {
    return cause('QUOTA_EXCEEDED', quotaSentence(error.message), {
      evidence,
      remedies: [{title: 'Ask for less, or have the quota raised, then run the same command again'}],
    });
  }
  if (/failed quota/.test(error.message)) {
    return cause('QUOTA_EXCEEDED', `A quota demands what a container does not state: ${sentenceOf(error)}`, {
      evidence,
      remedies: [
        {title: 'Give the pods what it demands (set --cpu-limit QUANTITY), then run the same command again'},
        {title: 'Or have the quota changed by whoever runs the cluster'},
      ],
    });
  }
  if (maybeByLimitRange(error.message)) return notAccepted(error);
  const account = /error looking up service account [^:]*: serviceaccount "([^"]+)" not found/.exec(error.message)?.[1];
  if (account !== undefined) {
    return cause('POD_REFUSED', `There is no ServiceAccount ${account}, and the pods are to run as it.`, {
      evidence,
      remedies: [{title: 'Make it, or name another one (serviceAccount.name in the file of --values)'}],
    });
  }
  if (/admission|denied the request|PodSecurity/.test(error.message)) return notAccepted(error);
  return cause('FORBIDDEN', `The cluster does not allow this user to do it: ${sentenceOf(error)}`, {
    evidence,
    remedies: [{title: 'Ask whoever runs the cluster for the permission, or use another context with --context'}],
  });
}

function quotaSentence(words: string): string {
  const [, kind, name] = /(\S+) "([^"]+)" is forbidden:/.exec(words) ?? [];
  const what = kind === undefined ? 'what was to be made' : `${name} (${kind})`;
  const [quota, shortage] = [exceededQuotaName(words), quotaShortage(words)];
  if (quota === null) return `The namespace's quota has no room for ${what}.`;
  return `The quota ${quota} of the namespace has no room for ${what}: ${shortage}.`;
}

function notAccepted(error: ApiError): Cause {
  return cause('ADMISSION_DENIED', `The cluster did not accept what was to be made: ${sentenceOf(error)}`, {
    evidence: [error.message],
    remedies: [{title: 'Change what it names, or ask whoever sets the rules of the cluster'}],
  });
}

function sentenceOf({message}: ApiError): string {
  return message.replace(/\.?$/, '.');
}
