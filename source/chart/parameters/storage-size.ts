// The volume of each pod.
import {storageSize as descriptor} from '../../parameters/descriptors/storage-size.ts';
import {textInBoth} from './chart-parameter.ts';

export const storageSize = textInBoth(descriptor, 'persistence.size');
