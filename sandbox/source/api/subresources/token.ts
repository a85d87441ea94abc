// `token` of a service account: a TokenRequest, answered and not kept.
import {kinds} from '../../store/kinds.ts';
import {notFound, timestamp, type Store} from '../../store/store.ts';
import {objectIn, type ApiRequest} from '../request.ts';
import type {Place} from '../routing.ts';
import {isRecord} from '../schema/decode.ts';
import {fieldError, invalid, methodNotAllowed, type Answer, type FieldError} from '../status-answer.ts';
import {audience, type Tokens} from '../tokens.ts';

/** Seconds. Source: Kubernetes, pkg/apis/authentication/validation. */
const [shortest, longest] = [600, 2 ** 32];

export function token(store: Store, tokens: Tokens, {namespace, name}: Place, request: ApiRequest): Answer {
  if (request.method !== 'POST') throw methodNotAllowed();
  const account = store.get(kinds.serviceAccount, namespace, name ?? '');
  if (!account) throw notFound(kinds.serviceAccount, name ?? '');
  const asked = objectIn(request)['spec'];
  const {
    audiences,
    expirationSeconds = 3600,
    boundObjectRef,
  } = (isRecord(asked) ? asked : {}) as {
    audiences?: readonly string[];
    expirationSeconds?: number;
    boundObjectRef?: unknown;
  };
  const errors = [
    ...expirationErrors(expirationSeconds),
    ...(boundObjectRef
      ? [fieldError.forbidden('spec.boundObjectRef', 'the sandbox binds tokens to accounts alone')]
      : []),
  ];
  if (errors.length > 0) throw invalid('authentication.k8s.io', 'TokenRequest', '', errors);
  const issued = Math.floor(Date.now() / 1000);
  const spec = {audiences: audiences?.length ? audiences : [audience], expirationSeconds, boundObjectRef: null};
  const expires = issued + expirationSeconds;
  const time = (seconds: number) => timestamp(new Date(seconds * 1000));
  const status = {
    token: tokens.issue(account, {issued, expires, audiences: spec.audiences}),
    expirationTimestamp: time(expires),
  };
  return {
    code: 201,
    body: {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: {name, namespace, creationTimestamp: time(issued)},
      spec,
      status,
    },
  };
}

function expirationErrors(seconds: number): FieldError[] {
  const refused = (text: string) => [fieldError.invalid('spec.expirationSeconds', seconds, text)];
  if (seconds < shortest) return refused('may not specify a duration less than 10 minutes');
  return seconds > longest ? refused('may not specify a duration larger than 2^32 seconds') : [];
}
