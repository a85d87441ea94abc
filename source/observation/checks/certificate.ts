// Whether the desired certificate can be used: an operator's own by its contents, the installer's by who made the
// Secret that has its name.
import {namedSecret} from '../../parameters/descriptors/tls.ts';
import {shownNames} from '../../chart/certificate-names.ts';
import {clusterTimeOf} from '../cluster-time.ts';
import {expiryText, namesText, uncoveredNames, warnBeforeMs} from '../certificate.ts';
import type {ReadableCertificate, ServerCertificate} from '../server-certificate.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import {object} from './messages.ts';
import {refuse, warn, type CheckContext, type CheckRule, type Finding} from './rule.ts';

export const certificate: CheckRule = (survey, context) => {
  const {tls, hostname} = context.parameters;
  const found = survey.certificate ?? null;
  if (tls.certificate === 'off' || found === null) return [];
  if (namedSecret(tls) === null) return found.found === 'missing' || found.ours ? [] : [taken(context, found)];
  const {target} = context;
  if (typeof found.found === 'string') return [unusable(context, found, reasons[found.found])];
  const now = clusterTimeOf(survey);
  const {notBefore, notAfter} = found.found;
  if (notAfter <= now) return [unusable(context, found, `its certificate ended on ${dateOf(notAfter)}`)];
  if (notBefore > now) return [unusable(context, found, `its certificate begins on ${dateOf(notBefore)}`)];
  return [
    ...soon(found.found, found.secret, now),
    ...names(found.found, found.secret, shownNames({...target, hostname, addresses: []})),
  ];
};

const reasons: Readonly<Record<Exclude<ServerCertificate['found'], ReadableCertificate>, string>> = {
  missing: 'it does not exist',
  'lacks keys': 'it does not hold both tls.crt and tls.key',
  unreadable: 'its tls.crt or tls.key is no certificate or key in PEM',
  'other key': 'its tls.key is not the key of its tls.crt',
};

function unusable({target, parameters}: CheckContext, {secret}: ServerCertificate, why: string): Finding {
  return refuse(
    'CERTIFICATE_INVALID',
    `--tls ${parameters.tls.certificate}: the Secret ${secret} in namespace ${target.namespace} cannot be used, ` +
      `because ${why}. Nothing was changed.`,
    {
      object: object('Secret', target, secret),
      remedies: [
        {
          title: 'Make it of a certificate and its key',
          command: kubectlHere(target, 'create', 'secret', 'tls', secret, '--cert=FILE', '--key=FILE'),
        },
        {title: 'Or have the installer make a certificate: --tls self-signed'},
      ],
    },
  );
}

function taken({target}: CheckContext, {secret}: ServerCertificate): Finding {
  return refuse(
    'NAME_COLLISION',
    `The certificate would stand in the Secret ${secret}, and this installer did not make the one that is there.`,
    {
      object: object('Secret', target, secret),
      remedies: [
        {title: `If it holds a certificate for the database, use it: --tls secret:${secret}`},
        {title: 'Or give it another name, or remove it'},
      ],
    },
  );
}

function soon({notAfter}: ReadableCertificate, secret: string, now: number): readonly Finding[] {
  return notAfter - now < warnBeforeMs ? [warn('CERTIFICATE_EXPIRES', expiryText(secret, notAfter, now))] : [];
}

function names(
  found: ReadableCertificate,
  secret: string,
  desired: Parameters<typeof uncoveredNames>[1],
): readonly Finding[] {
  const missing = uncoveredNames(found, desired);
  return missing.length === 0 ? [] : [warn('CERTIFICATE_NAMES', namesText(secret, missing))];
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
