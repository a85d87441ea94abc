// The Status that the API answers with where it has no object to give.
import {StatusError} from '../store/objects.ts';

export interface Answer {
  /** HTTP */
  readonly code: number;
  readonly body: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function statusOf({code, reason, message, details}: StatusError): Answer {
  const shown = Object.keys(details).length > 0 ? {details} : {};
  return {
    code,
    body: {kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...shown, code},
  };
}

export function unknownPath(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource');
}

export function methodNotAllowed(): StatusError {
  return new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export interface FieldError {
  readonly field: string;
  /** `FieldValueInvalid`, `FieldValueRequired`, … */
  readonly reason: string;
  /** Without the field's name: `Required value`, `Invalid value: "x": …` */
  readonly message: string;
}

/** 422, with one cause a field, as the API server words it. */
export function invalid(
  group: string,
  kind: string,
  name: string | undefined,
  errors: readonly FieldError[],
): StatusError {
  const texts = [...new Set(errors.map(({field, message}) => `${field}: ${message}`))];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const causes = errors.map(({field, reason, message}) => ({reason, message, field}));
  const qualified = group === '' ? kind : `${kind}.${group}`;
  return new StatusError(422, 'Invalid', `${qualified} "${name ?? ''}" is invalid: ${list}`, {
    ...(name ? {name} : {}),
    ...(group === '' ? {} : {group}),
    ...(kind === '' ? {} : {kind}),
    causes,
  });
}

/** A value inside an error text, as Go prints it: texts quoted, objects as JSON. */
function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : value === undefined ? 'null' : JSON.stringify(value);
}
export const fieldError = {
  required: (field: string, detail = ''): FieldError => ({
    field,
    reason: 'FieldValueRequired',
    message: `Required value${detail && `: ${detail}`}`,
  }),
  invalid: (field: string, value: unknown, detail: string): FieldError => ({
    field,
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${shown(value)}: ${detail}`,
  }),
  unsupported: (field: string, value: unknown, supported: readonly string[]): FieldError => ({
    field,
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${shown(value)}: supported values: ${supported.map((one) => `"${one}"`).join(', ')}`,
  }),
  forbidden: (field: string, detail: string): FieldError => ({
    field,
    reason: 'FieldValueForbidden',
    message: `Forbidden: ${detail}`,
  }),
  duplicate: (field: string, value: unknown): FieldError => ({
    field,
    reason: 'FieldValueDuplicate',
    message: `Duplicate value: ${shown(value)}`,
  }),
  notFound: (field: string, value: unknown): FieldError => ({
    field,
    reason: 'FieldValueNotFound',
    message: `Not found: ${shown(value)}`,
  }),
};
