// What this machine gives every pod: programs, a user, folders, places to listen.
import {createServer} from 'node:net';
import {chmod, mkdir} from 'node:fs/promises';
import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {isSilent} from '../faults.ts';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import type {Address, KubeletOptions} from '../parts.ts';
import type {Binaries} from './binaries/binaries.ts';
import {PulledImages} from './images/images.ts';
import type {RunsAs} from './process/runs-as.ts';
import type {Gateway} from './programs/gateway.ts';

export interface Machine extends Omit<KubeletOptions, 'onDoing'> {
  readonly binaries: Binaries;
  readonly runsAs: RunsAs;
  readonly pulledImages: PulledImages;
  /** Where the shells of pods look for programs. */
  readonly programFolders: readonly string[];
  isSilent(node: string): boolean;
  hostIP(node: string): string;
  /** Where a server of that pod listens for its port. */
  place(pod: KubeObject, podIP: string, port: number): Address;
  /** Null: the path would be too long for a socket. */
  socketFolder(pod: KubeObject): Promise<string | null>;
  /**
   * The variables of a container's programs besides those of its definition. By `token` the stand-ins of programs name
   * their pod.
   */
  readonly machineEnvironment: (token: string) => Record<string, string>;
  makeOwned(folder: string): Promise<void>;
  /** The pod has ended. */
  forget(pod: KubeObject): void;
}

interface MachineParts {
  readonly binaries: Binaries;
  readonly user: RunsAs;
  readonly gateway: Gateway;
  readonly forget: (pod: KubeObject) => void;
}

/** Bytes. The path of a socket may have 107 on Linux and 103 on macOS. */
const longestSocketPath = 103;

export function machineFor(
  {store, events, network, volumes, folder, faults}: KubeletOptions,
  {binaries, user, gateway, forget}: MachineParts,
): Machine {
  const programs = [join(folder, 'programs'), binaries.programs];
  const programFolders = [...programs, '/usr/local/bin', '/usr/bin', '/bin'];
  const freePorts = new Map<string, number>();
  const machine: Machine = {
    store,
    events,
    network,
    volumes,
    folder,
    faults,
    binaries,
    programFolders,
    forget,
    runsAs: user,
    pulledImages: new PulledImages(join(folder, 'images.json')),
    isSilent: (node) => isSilent(faults(), node),
    hostIP: (node) => {
      const status = store.get(kinds.node, null, node)?.['status'] as
        {addresses?: {type: string; address: string}[]} | undefined;
      return status?.addresses?.find(({type}) => type === 'InternalIP')?.address ?? '127.0.0.1';
    },
    place: (pod, podIP, port) =>
      network.podsHaveAddresses
        ? {host: podIP, port}
        : {host: '127.0.0.1', port: freePorts.get(`${pod.metadata.uid} ${port}`) ?? 0},
    async socketFolder(pod) {
      const place = join(
        folder,
        'sockets',
        createHash('sha256')
          .update(pod.metadata.uid ?? '')
          .digest('hex')
          .slice(0, 8),
      );
      if (Buffer.byteLength(join(place, '.s.PGSQL.65535')) > longestSocketPath) return null;
      await machine.makeOwned(place);
      await chmod(place, 0o700);
      for (const port of network.podsHaveAddresses ? [] : portsOf(pod))
        freePorts.set(`${pod.metadata.uid} ${port}`, await freePort());
      return place;
    },
    machineEnvironment: (token) => ({
      PATH: programFolders.join(':'),
      LC_ALL: 'C',
      PGHI_SANDBOX: gateway.variable(token),
    }),
    async makeOwned(place) {
      await mkdir(place, {recursive: true});
      await user.own(place);
    },
  };
  return machine;
}

function portsOf(pod: KubeObject): number[] {
  const {containers = []} = pod['spec'] as {containers?: {ports?: {containerPort: number}[]}[]};
  const named = containers.flatMap(({ports = []}) => ports.map(({containerPort}) => containerPort));
  return named.length > 0 ? named : [5432];
}

/** A free port of 127.0.0.1. Another program may take it first: then the server says so and is started again. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const {port} = server.address() as {port: number};
      server.close(() => resolve(port));
    });
  });
}
