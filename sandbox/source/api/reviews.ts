// Answers who asks and what they may do: in the sandbox everybody may do everything.
import type {Answer} from './status-answer.ts';
import type {User} from './tokens.ts';

const everything = {verbs: ['*'], apiGroups: ['*'], resources: ['*']};

/** Null where the path is not that of a review. */
export function reviewed(path: string, asked: Record<string, unknown>, user: User): Answer | null {
  const answer = (status: object): Answer => ({code: 201, body: {...asked, metadata: {}, status}});
  switch (path) {
    case '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews':
      return answer({allowed: true});
    case '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews':
      return answer({
        resourceRules: [everything],
        nonResourceRules: [{verbs: ['*'], nonResourceURLs: ['*']}],
        incomplete: false,
      });
    case '/apis/authentication.k8s.io/v1/selfsubjectreviews':
      return answer({userInfo: user});
    default:
      return null;
  }
}
