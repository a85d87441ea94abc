// The database of the applications.
import {database as descriptor} from '../../parameters/descriptors/database.ts';
import {text} from './chart-parameter.ts';

export const database = text(descriptor, 'auth.database');
