// What was asked explicitly and is not so in the release that exists.
import {sameValues} from '../../chart/same-values.ts';
import {fields} from '../../parameters/fields.ts';
import type {AllowFrom, Images, Parameters} from '../../parameters/parameters.ts';
import {compareQuantities} from '../../parameters/quantity.ts';
import type {Survey} from '../survey.ts';
import type {InstallContext} from './rule.ts';

export interface Difference {
  readonly flag: string;
  /** `storageSize is 20Gi, asked 50Gi (--storage-size)` */
  readonly text: string;
}

const quantities = ['storageSize', 'cpu', 'memory'] as const;
const imageFlags: Readonly<Record<keyof Images, string>> = {
  source: '--image-source',
  tag: '--image-tag',
  digest: '--image-digest',
  pullSecret: '--pull-secret',
};

/** Only what the operator spoke about counts; what was filled in follows the release. */
export function differences(
  {secret}: Survey,
  {parameters, explicit, passwordGiven}: InstallContext,
  existing: Parameters,
): readonly Difference[] {
  const password = '--password-file or --password-stdin';
  return [
    ...[...explicit].flatMap((key) => differencesOf(key, existing, parameters)),
    ...(passwordGiven && secret?.passwordMatches === false
      ? [
          {
            flag: password,
            text: `the password is another than the one in Secret ${secret.name} (${password}, or PGHI_PASSWORD)`,
          },
        ]
      : []),
  ];
}

function differencesOf(key: keyof Parameters, existing: Parameters, asked: Parameters): readonly Difference[] {
  if (key === 'images') return imageDifferences(existing.images, asked.images);
  const flag = key === 'allowFrom' ? flagOfAllowFrom(asked.allowFrom) : flagOf(key);
  if (key === 'extraValues') {
    // Not shown: they are long, and nobody promises that they hold nothing private.
    return sameValues(existing.extraValues, asked.extraValues)
      ? []
      : [{flag, text: `the extra values are others (${flag})`}];
  }
  const quantity = quantities.find((one) => one === key);
  const same = quantity
    ? compareQuantities(existing[quantity], asked[quantity]) === 0
    : JSON.stringify(existing[key]) === JSON.stringify(asked[key]);
  return same ? [] : [difference(key, shown(existing, key), shown(asked, key), flag)];
}

function imageDifferences(existing: Images, asked: Images): readonly Difference[] {
  return (Object.keys(imageFlags) as (keyof Images)[]).flatMap((part) =>
    existing[part] === asked[part]
      ? []
      : [difference(`images.${part}`, existing[part] ?? 'none', asked[part] ?? 'none', imageFlags[part])],
  );
}

function difference(what: string, is: string, asked: string, flag: string): Difference {
  return {flag, text: `${what} is ${is}, asked ${asked} (${flag})`};
}

function shown(parameters: Parameters, key: Exclude<keyof Parameters, 'images' | 'extraValues'>): string {
  if (key === 'storageClass') return parameters.storageClass ?? "the cluster's default";
  return key === 'allowFrom' ? allowFromText(parameters.allowFrom) : String(parameters[key] ?? 'none');
}

function allowFromText(allowFrom: AllowFrom): string {
  if (allowFrom.kind === 'cidrs') return allowFrom.cidrs.join(',');
  return allowFrom.kind === 'internal' ? `internal (${allowFrom.cloud})` : allowFrom.kind;
}

function flagOfAllowFrom({kind}: AllowFrom): string {
  return kind === 'internal' ? '--internal' : kind === 'public' ? '--allow-public' : '--allow-from';
}

function flagOf(key: keyof Parameters): string {
  return fields.find((field) => field.key === key)?.flags[0]?.name ?? key;
}
