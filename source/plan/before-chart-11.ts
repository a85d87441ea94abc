// Charts before 11 select their pods by other labels, which Kubernetes lets nobody change in a StatefulSet. A
// standalone gets to chart 11 on its volume, with one restart; from there on it can be adopted. Tried with 9.8.13 and
// 10.16.3.
import type {Remedy} from '../core/cause.ts';
import {adoptAsIs, releaseRef} from '../commands/operation.ts';
import {render} from '../commands/command-line.ts';
import {componentLabels, labelKeys, nameLabelOf, objectNames} from '../chart/names.ts';
import {at} from '../chart/tree.ts';
import {helm, kubectlHere} from '../observation/checks/messages.ts';
import type {Snapshot, Target} from '../observation/snapshot.ts';

/** The first chart whose StatefulSets every later one keeps. */
const nextChart = '11.9.13';
/** What chart 11 calls what earlier ones have at the top. Source: its README, "To 11.0.0". */
const renamed =
  'auth.username, auth.database, auth.password, auth.postgresPassword, primary.persistence.size, ' +
  'primary.resources, and image.tag as it is now';

/** Empty where the only way is a copy: with readers, the writer's Service gets another name. */
export function wayToChart11({target, release, statefulSets}: Snapshot): readonly Remedy[] {
  const {writer} = objectNames(target);
  const values = release.values ?? {};
  const isReplicated = at(values, ['replication', 'enabled']) === true;
  if (isReplicated || !statefulSets.some(({metadata}) => metadata.name === writer)) return [];
  const labels = {
    [labelKeys.name]: nameLabelOf(target),
    [labelKeys.instance]: target.release,
    [labelKeys.component]: componentLabels.writer,
  };
  const words = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const upgrade = ['upgrade', target.release, 'CHART', '--version', nextChart, '-f', 'FILE'];
  // The operator's own Secret stays, and needs the keys that chart 11 reads: the chart says so.
  const secret = at(values, ['existingSecret']) ? [] : [secretGoes(target)];
  return [
    {
      title: 'Bring it to chart 11, on its volume and with one restart. First the labels by which that chart finds it',
      command: kubectlHere(target, 'label', 'pod', `${writer}-0`, ...words, '--overwrite'),
    },
    {
      title: 'Then take its StatefulSet away; the pod and the volume stay',
      command: kubectlHere(target, 'delete', 'statefulset', writer, '--cascade=orphan'),
    },
    ...secret,
    {
      title: `Then have helm make it again, with the values under the names that chart 11 has (${renamed})`,
      command: helm(target, ...upgrade),
    },
    {title: 'Then take it over', command: render(adoptAsIs(releaseRef(target)))},
  ];
}

/** Seen with 11.9.13: `The secret "orders-postgresql" does not contain the key "postgres-password"`. */
function secretGoes(target: Target): Remedy {
  return {
    title:
      'Then save the Secret of the passwords and take it away: chart 11 makes it again of auth.password and ' +
      'auth.postgresPassword, with other keys (password, postgres-password), which whoever reads it has to read then',
    command: kubectlHere(target, 'delete', 'secret', target.fullname),
  };
}
