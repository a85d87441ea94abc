// The fields that nobody can type into once the release exists: what they are about never changes, or another operation
// changes it. Pure.
import {fieldOf, type FieldKey} from '../../../parameters/fields.ts';
import type {Form} from './form.ts';

/** The screens on which something is changed that the form only shows. */
export type OtherScreen = 'scale' | 'resize' | 'upgrade' | 'password';

interface LockedField {
  readonly why: string;
  /** The screen on which it is changed; null: it never changes. */
  readonly screen: OtherScreen | null;
}

/** Why what is fixed is fixed, by the parameter's key. */
const reasons: Readonly<Record<string, string>> = {
  username:
    'It cannot be changed: the role was made with the database, which it owns. SQL makes other roles (create role).',
  database: 'It cannot be changed: it was made with the release. SQL makes other databases (create database).',
  storageClass:
    'It cannot be changed: a volume stays in the class that it was made in. A backup that is restored as a new ' +
    'release may have another class.',
};

const sizes = 'The operation resize changes it, in running pods where the cluster can.';
const images = 'The operation upgrade changes it: the image is tried first, readers come before the writer.';

const others: Readonly<Record<FieldKey, LockedField>> = {
  password: {screen: 'password', why: 'The operation rotate-password makes a new one while everything runs.'},
  readReplicaCount: {screen: 'scale', why: 'The operation scale adds readers, and says what becomes of their volumes.'},
  instanceType: {screen: 'resize', why: sizes},
  cpu: {screen: 'resize', why: sizes},
  memory: {screen: 'resize', why: sizes},
  storageSize: {screen: 'resize', why: 'The operation resize makes every volume larger while the database works.'},
  images: {screen: 'upgrade', why: images},
  'images.tag': {screen: 'upgrade', why: images},
};

/** Null: the field can be typed into. */
export function lockOf({release}: Pick<Form, 'release'>, key: FieldKey): LockedField | null {
  if (release === null) return null;
  const {parameter} = fieldOf(key);
  if (parameter.changes === 'never') return {screen: null, why: reasons[parameter.key] ?? 'It cannot be changed.'};
  return others[key] ?? null;
}

/** What the screen does, in a word or two. */
export const screenWords: Readonly<Record<OtherScreen, string>> = {
  scale: 'scale',
  resize: 'resize',
  upgrade: 'upgrade',
  password: 'new password',
};
