// The volume of each pod.
import {storageSize as descriptor} from '../../parameters/descriptors/storage-size.ts';
import {textInEach} from './chart-parameter.ts';

export const storageSize = textInEach(descriptor, 'persistence.size', 'storageSize');
