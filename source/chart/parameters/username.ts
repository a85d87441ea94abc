// The role of the applications.
import {username as descriptor} from '../../parameters/descriptors/username.ts';
import {text} from './chart-parameter.ts';

export const username = text(descriptor, 'auth.username');
