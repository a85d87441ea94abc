// Names, as the API server allows them.
import {kinds, type Kind} from '../../store/kinds.ts';
import {fieldError, type FieldError} from '../status-answer.ts';

interface Rule {
  readonly shape: RegExp;
  readonly longest: number;
  readonly text: string;
}

const subdomain: Rule = {
  shape: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  longest: 253,
  text:
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " +
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
};
const label: Rule = {
  shape: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  longest: 63,
  text:
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end " +
    "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is " +
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
};
const oldLabel: Rule = {
  shape: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  longest: 63,
  text:
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic " +
    "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation " +
    "is '[a-z]([-a-z0-9]*[a-z0-9])?')",
};
const pathSegment: Rule = {shape: /^(?!\.{1,2}$)[^/%]+$/, longest: 253, text: "may not contain '/'"};

const labelKey =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const keyText =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
  "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const valueText =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start " +
  "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for " +
  "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

function ruleOf(kind: Kind): Rule {
  if (kind === kinds.namespace) return label;
  if (kind === kinds.service) return oldLabel;
  return kind === kinds.role || kind === kinds.roleBinding ? pathSegment : subdomain;
}

export function nameErrors(kind: Kind, name: string | undefined, field = 'metadata.name'): FieldError[] {
  if (!name) return [fieldError.required(field, 'name or generateName is required')];
  const rule = ruleOf(kind);
  return [
    ...(name.length > rule.longest
      ? [fieldError.invalid(field, name, `must be no more than ${rule.longest} characters`)]
      : []),
    ...(rule.shape.test(name) ? [] : [fieldError.invalid(field, name, rule.text)]),
  ];
}

export function labelErrors(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...(labelKey.test(key) ? [] : [fieldError.invalid(field, key, keyText)]),
    ...(value.length > 63 ? [fieldError.invalid(field, value, 'must be no more than 63 bytes')] : []),
    ...(labelValue.test(value) ? [] : [fieldError.invalid(field, value, valueText)]),
  ]);
}
