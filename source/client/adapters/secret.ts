// The Secret with the passwords, and their rotation.
import {
  readCredentials,
  writeCredentials,
  writeRoleMove,
  writeSystemIdentifier,
  writeWriterPosition,
} from '../../cluster/credentials.ts';
import {readChartSecret, writeChartSecret} from '../../cluster/chart-secret.ts';
import {paths} from '../../cluster/paths.ts';
import {readSecretReaders} from '../../cluster/secret-readers.ts';
import {dropPrevious, promoteNext, readRotation, writeNext} from '../../cluster/secret-rotation.ts';
import type {SecretPort} from '../../operations/ports/secret.ts';
import type {AdapterContext} from './context.ts';

export function secretPort({connection: {api}, target, names: {secret}}: AdapterContext): SecretPort {
  const {namespace} = target;
  return {
    passwords: async () => (await readCredentials(api, target))?.credentials ?? null,
    storedPasswords: async () => (await readCredentials(api, target))?.found ?? null,
    writePasswords: (passwords, options) => writeCredentials(api, target, passwords, options),
    rememberSystemIdentifier: (identifier) => writeSystemIdentifier(api, namespace, secret, identifier),
    rememberWriterPosition: (position) => writeWriterPosition(api, namespace, secret, position),
    rememberRoleMove: (move) => writeRoleMove(api, namespace, secret, move),
    rotation: () => readRotation(api, target),
    writeNext: (id, next) => writeNext(api, target, id, next),
    promoteNext: (seen) => promoteNext(api, target, seen),
    dropPrevious: () => dropPrevious(api, target),
    secretReaders: (other = secret) => readSecretReaders(api, target, other),
    chartSecret: () => readChartSecret(api, target),
    writeChartSecret: (passwords) => writeChartSecret(api, target, passwords),
    deleteSecret: () => api.delete(`${paths.secrets(namespace)}/${secret}`),
  };
}
