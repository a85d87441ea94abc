// The StorageClass of the volumes; null: the cluster's default, whichever that is (its name could not be read).
import {objectNameProblem} from '../identifiers.ts';
import {parameter, textAnswer} from '../parameter.ts';
import type {PlaceStorageClass} from '../place.ts';

const defaultText = "the cluster's default";

export const storageClass = parameter<'storageClass', string, string | null>({
  key: 'storageClass',
  label: 'Storage class',
  hint: 'The StorageClass of the volumes. It cannot be changed later.',
  defaultText,
  changes: 'never',
  form: 'placement',
  fromPlace: true,
  flags: [{name: '--storage-class', argument: 'name'}],
  parse: textAnswer(objectNameProblem),
  resolve: (answer, _, {storageClasses}) => answer ?? newestDefault(storageClasses ?? []),
  show: (value) => value ?? defaultText,
  choices: (offer) => offer?.storageClasses.map(({name}) => name) ?? [],
  choicesText: ({place, storageClasses}) => {
    if (place.storageClasses === null) return 'Storage classes may not be listed: type one.';
    const classes = storageClasses.map(
      ({name, grows, encrypted}) => `${name} (${growth(grows)}${encrypted === 'yes' ? ', encrypted' : ''})`,
    );
    return `There are: ${classes.join(', ')}.`;
  },
  remark: (value, {storageClasses}) => {
    const chosen = storageClasses.find(({name}) => name === value);
    if (!chosen) return '';
    const encrypted = {yes: 'encrypted', no: 'not encrypted', unknown: 'encryption unknown'}[chosen.encrypted];
    return `${growth(chosen.grows)}, ${encrypted}`;
  },
});

const growth = (grows: boolean): string => (grows ? 'can grow' : 'cannot grow');

/**
 * When several are the default, Kubernetes takes the newest. Source: Kubernetes,
 * plugin/pkg/admission/storage/storageclass/setdefault.
 */
function newestDefault(classes: readonly PlaceStorageClass[]): string | null {
  const [newest] = classes
    .filter(({isDefault}) => isDefault)
    .sort((a, b) => (a.createdAt === b.createdAt ? (a.name < b.name ? -1 : 1) : a.createdAt < b.createdAt ? 1 : -1));
  return newest?.name ?? null;
}
