// Whether the database speaks TLS, whose certificate it shows, and whether it refuses clients without TLS.
import {objectNameProblem} from '../identifiers.ts';
import {parameter, type Parsed} from '../parameter.ts';

/**
 * `self-signed`: made by an authority of the installer's; `secret:NAME`: the operator's own Secret in the namespace.
 */
type CertificateSource = 'off' | 'self-signed' | `secret:${string}`;

export interface Tls {
  readonly certificate: CertificateSource;
  /** Clients without TLS are refused. */
  readonly required: boolean;
}

/** `certificate` null: the existing certificate, or a self-signed one where there is none. */
export interface TlsAnswer {
  readonly certificate: CertificateSource | null;
  readonly required: boolean;
}

const secretPrefix = 'secret:';
const usage = 'Use off, self-signed, secret:NAME or required; self-signed,required is both.';

/** The name of the operator's Secret; null: there is none. */
export function namedSecret({certificate}: Tls): string | null {
  return certificate.startsWith(secretPrefix) ? certificate.slice(secretPrefix.length) : null;
}

export const tls = parameter<'tls', TlsAnswer, Tls>({
  key: 'tls',
  label: 'TLS',
  hint: 'off, self-signed or secret:NAME (a kubernetes.io/tls Secret); with ,required plain clients are refused.',
  defaultText: 'off',
  changes: 'anytime',
  form: 'security',
  flags: [{name: '--tls', argument: 'how'}],
  parse: parseTls,
  format: textOf,
  toFile: textOf,
  join: (first, second) => {
    if (second.certificate === null) return {...first, required: true};
    return first.certificate === null ? {...second, required: second.certificate !== 'off'} : second;
  },
  // An answer of `required` alone takes the certificate from the other source.
  merge: (stronger, weaker) =>
    stronger.certificate === null && weaker.certificate !== 'off'
      ? {certificate: weaker.certificate, required: true}
      : stronger,
  resolve: (answer) => ({
    certificate: answer === undefined ? 'off' : (answer.certificate ?? 'self-signed'),
    required: answer?.required ?? false,
  }),
  toAnswer: (value) => (value.certificate === 'off' ? undefined : value),
  show: textOf,
});

function textOf({certificate, required}: TlsAnswer): string {
  return [...(certificate === null ? [] : [certificate]), ...(required ? ['required'] : [])].join(',');
}

function parseTls(text: string): Parsed<TlsAnswer> {
  const words = text.split(',').map((word) => word.trim());
  const required = words.includes('required');
  const [source, more] = words.filter((word) => word !== 'required');
  if (more !== undefined || words.length > 2) return {problem: `"${text}" says more than one thing. ${usage}`};
  if (source === undefined) return {value: {certificate: null, required}};
  const certificate = sourceOf(source);
  if (typeof certificate !== 'string') return certificate;
  if (certificate === 'off' && required)
    return {problem: `"${text}" contradicts itself: what is off cannot be required. ${usage}`};
  return {value: {certificate, required}};
}

function sourceOf(word: string): CertificateSource | {readonly problem: string} {
  if (word === 'off' || word === 'self-signed') return word;
  if (!isSecret(word)) return {problem: `"${word}" is not a mode of TLS. ${usage}`};
  const problem = objectNameProblem(word.slice(secretPrefix.length));
  return problem === null ? word : {problem};
}

function isSecret(word: string): word is `secret:${string}` {
  return word.startsWith(secretPrefix);
}
