// Reads from the volumes that an earlier release left which settings its readers need to start.
import {createHash} from 'node:crypto';
import {controlFileCommand, settingsInControlFile} from '../chart/control-file.ts';
import type {RequiredSettings} from '../chart/required-settings.ts';
import type {Target} from '../observation/snapshot.ts';
import type {KeptVolumes} from '../operations/ports/storage.ts';
import type {Api} from './api.ts';
import {readFolder, readFromVolume} from './reading-pod.ts';
import {restrictedContainer, restrictedPod} from './restricted-pod.ts';

/** Long enough to pull the image, which the release needs anyway. */
const maxMs = 45_000;
const controlFile = `${readFolder}/data/global/pg_control`;

/** The settings of the volumes that could be read. @throws ApiError, ConnectionError */
export async function readKeptSettings(
  api: Api,
  target: Target,
  {claims, image, pullSecret, tolerations}: KeptVolumes,
): Promise<readonly RequiredSettings[]> {
  const {namespace, fullname} = target;
  const said = await Promise.all(
    claims.map((claim) =>
      readFromVolume(
        api,
        namespace,
        {
          name: `${fullname}-look-${createHash('sha256').update(claim).digest('hex').slice(0, 10)}`,
          purpose: 'kept-settings',
          claim,
          image,
          command: ['sh', '-c', controlFileCommand(controlFile)],
          spec: {
            tolerations,
            ...(pullSecret === null ? {} : {imagePullSecrets: [{name: pullSecret}]}),
            securityContext: restrictedPod,
          },
          containerSecurity: restrictedContainer,
        },
        {read: (lines) => (lines.length === 0 ? null : {settings: settingsInControlFile(lines)}), maxMs},
      ),
    ),
  );
  return said.flatMap((one) => one?.settings ?? []);
}
