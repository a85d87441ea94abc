// Who asks: the kubeconfig's owner has the sandbox's own token, a service account has one that `kubectl create token`
// asked for. Both may do everything.
import {createHmac, timingSafeEqual} from 'node:crypto';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import type {Store} from '../store/store.ts';

export interface User {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
}

interface Claims {
  readonly aud: readonly string[];
  /** Seconds since the epoch. */
  readonly exp: number;
  readonly iat: number;
  readonly nbf: number;
  readonly iss: string;
  readonly sub: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly serviceaccount: {readonly name: string; readonly uid: string};
  };
}

export const audience = 'https://kubernetes.default.svc.cluster.local';
const owner: User = {username: 'sandbox-admin', groups: ['system:masters', 'system:authenticated']};
const header = encoded({alg: 'HS256', typ: 'JWT'});

export class Tokens {
  /** @param own the kubeconfig's token; the others are signed with it */
  constructor(
    readonly store: Store,
    readonly own: string,
  ) {}

  /** @param authorization the header of a request. Null: the sandbox knows nobody with that token. */
  userOf(authorization: string | undefined): User | null {
    const given = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
    return isSame(given, this.own) ? owner : this.#accountOf(given);
  }

  /**
   * A JWT, as Kubernetes makes them; valid until `expires` (seconds since the epoch), as long as its account exists.
   */
  issue(
    {metadata: {name, namespace = '', uid = ''}}: KubeObject,
    {
      issued,
      expires,
      audiences,
    }: {readonly issued: number; readonly expires: number; readonly audiences: readonly string[]},
  ): string {
    const claims: Claims = {
      aud: audiences,
      exp: expires,
      iat: issued,
      nbf: issued,
      iss: audience,
      sub: `system:serviceaccount:${namespace}:${name}`,
      'kubernetes.io': {namespace, serviceaccount: {name, uid}},
    };
    const signed = `${header}.${encoded(claims)}`;
    return `${signed}.${this.#signature(signed)}`;
  }

  #accountOf(token: string): User | null {
    const [, signed = '', payload = '', signature = ''] = /^([\w-]+\.([\w-]+))\.([\w-]+)$/.exec(token) ?? [];
    if (!isSame(signature, this.#signature(signed))) return null;
    const {
      aud,
      exp,
      sub,
      'kubernetes.io': {namespace, serviceaccount},
    } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
    const account = this.store.get(kinds.serviceAccount, namespace, serviceaccount.name);
    if (exp * 1000 <= Date.now() || !aud.includes(audience) || account?.metadata.uid !== serviceaccount.uid)
      return null;
    return {
      username: sub,
      uid: serviceaccount.uid,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    };
  }

  #signature(text: string): string {
    return createHmac('sha256', this.own).update(text).digest('base64url');
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
