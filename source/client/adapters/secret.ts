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
import {translateApiError} from './api-errors.ts';

export function secretPort({connection: {api}, target, names: {secret}}: AdapterContext): SecretPort {
  const {namespace} = target;
  return {
    passwords: async () => (await readCredentials(api, target))?.credentials ?? null,
    storedPasswords: async () => (await translateApiError(readCredentials(api, target)))?.found ?? null,
    writePasswords: (passwords, options) => translateApiError(writeCredentials(api, target, passwords, options)),
    rememberSystemIdentifier: (identifier) =>
      translateApiError(writeSystemIdentifier(api, namespace, secret, identifier)),
    rememberWriterPosition: (position) => translateApiError(writeWriterPosition(api, namespace, secret, position)),
    rememberRoleMove: (move) => translateApiError(writeRoleMove(api, namespace, secret, move)),
    rotation: () => translateApiError(readRotation(api, target)),
    writeNext: (id, next) => translateApiError(writeNext(api, target, id, next)),
    promoteNext: (seen) => translateApiError(promoteNext(api, target, seen)),
    dropPrevious: () => translateApiError(dropPrevious(api, target)),
    secretReaders: (other = secret) => translateApiError(readSecretReaders(api, target, other)),
    chartSecret: () => translateApiError(readChartSecret(api, target)),
    writeChartSecret: (passwords) => translateApiError(writeChartSecret(api, target, passwords)),
    deleteSecret: () => translateApiError(api.delete(`${paths.secrets(namespace)}/${secret}`)),
  };
}
