// The commands, in the order in which --help lists them. Nothing heavy is loaded here.
import {imageSourceForms} from '../parameters/image-source.ts';
import type {Command, Option} from './command.ts';

export const targetOptions: readonly Option[] = [
  {syntax: '-n, --namespace <name>', help: "namespace (default: the context's)"},
  {syntax: '--context <name>', help: 'context of the kubeconfig (default: the current one)'},
  {syntax: '--sandbox', help: 'the sandbox on this machine; it is started when it does not run'},
  {syntax: '--kubeconfig <file>', help: 'kubeconfig (default: KUBECONFIG, else ~/.kube/config)'},
];
export const outputOptions: readonly Option[] = [
  {syntax: '-o, --output <format>', help: 'text, json or ndjson (default: text)'},
  {syntax: '--no-color', help: 'no colour'},
  {syntax: '--plain', help: 'lines that are only added and choices by number, instead of screens'},
  {syntax: '--verbose', help: "show the cluster's events too"},
];
const yes: Option = {syntax: '-y, --yes', help: 'ask nothing; never skips a refusal'};
const dryRun: Option = {syntax: '--dry-run', help: 'show what would happen and change nothing'};
const timeout: Option = {syntax: '--timeout <duration>', help: 'how long to wait, such as 90s or 10m (default: 10m)'};
const chart: readonly Option[] = [
  {
    syntax: '--chart <path|address>',
    help:
      'the chart: a folder, a .tgz, oci:// or https:// ' +
      '(default: oci://registry-1.docker.io/bitnamicharts/postgresql)',
  },
  {syntax: '--chart-version <version>', help: 'its version (default: 16.7.26)'},
];
const strict: Option = {syntax: '--strict', help: 'refuse values of --values that no template of the chart reads'};
const fetchHelm: Option = {
  syntax: '--fetch-helm',
  help: 'where helm is missing or too old, fetch one into the cache of this program without asking',
};
const ownChart: Option = {
  syntax: '--chart <path|address>',
  help: 'where the chart of the release is (default: oci://registry-1.docker.io/bitnamicharts/postgresql)',
};

const files: Option = {
  syntax: '--to <dir>',
  help: 'write the change as files there, for GitOps, instead of applying it; disks grow first',
};

/** What a restore may set differently from the release that the backup is of. */
const restored: readonly Option[] = [
  {syntax: '--read-replicas <count>', help: 'restore: how many readers (default: as the release has it; so are these)'},
  {syntax: '--cpu <quantity>', help: 'restore: what each pod asks for'},
  {syntax: '--memory <quantity>', help: 'restore: what each pod gets'},
  {syntax: '--instance-type <type>', help: 'restore: run on nodes of this type'},
  {syntax: '--storage-size <quantity>', help: 'restore: the disk of each pod'},
  {syntax: '--storage-class <name>', help: 'restore: the storage class'},
];

export const commands: readonly Command[] = [
  {
    name: 'install',
    summary: 'install a writer and readers, and prove that both answer',
    release: 'required',
    changes: true,
    parameters: true,
    options: [
      yes,
      dryRun,
      timeout,
      ...chart,
      fetchHelm,
      {syntax: '--answers <file>', help: 'take the answers of this file'},
      {syntax: '--save-answers <file>', help: 'save the resolved answers, without the password'},
      {syntax: '--require-encryption', help: 'refuse a storage class that is not known to encrypt'},
      strict,
    ],
    load: async () => (await import('./install.ts')).runInstall,
  },
  {
    name: 'list',
    summary: 'list the PostgreSQL releases',
    release: 'none',
    options: [],
    load: async () => (await import('./list.ts')).runList,
  },
  {
    name: 'status',
    summary: 'show how a release is: exit 0 ready, 1 broken, 3 not found, 5 progressing',
    release: 'required',
    options: [{syntax: '-w, --watch', help: 'go on until it is ready or broken'}, timeout],
    load: async () => (await import('./status.ts')).runStatus,
  },
  {
    name: 'endpoints',
    summary: 'show where clients connect, proven just now',
    release: 'required',
    options: [
      {syntax: '--role <role>', help: 'writer or reader (default: both)'},
      {syntax: '--format <format>', help: 'uri, psql, env, jdbc or dotnet'},
      {syntax: '--show-password', help: 'the password in its place, on standard output alone'},
      {
        syntax: '--ca-file <file>',
        help: 'write the certificate to verify TLS with there, and say so in what is printed',
      },
    ],
    load: async () => (await import('./endpoints.ts')).runEndpoints,
  },
  {
    name: 'connect',
    summary: 'open psql, or hold a port open on this machine',
    release: 'required',
    options: [
      {syntax: '--role <role>', help: 'writer or reader (default: writer)'},
      {syntax: '--forward <port>', help: 'hold this local port open instead; 0 takes a free one'},
    ],
    load: async () => (await import('./connect.ts')).runConnect,
  },
  {
    name: 'values',
    summary: 'print the values of a release as helm has them',
    release: 'required',
    options: [],
    load: async () => (await import('./values.ts')).runValues,
  },
  {
    name: 'logs',
    summary: "print the containers' logs",
    release: 'required',
    options: [
      {syntax: '--role <role>', help: 'writer or reader (default: both)'},
      {syntax: '--tail <lines>', help: 'so many lines of each (default: 100)'},
      {syntax: '-f, --follow', help: 'go on until stopped'},
    ],
    load: async () => (await import('./logs.ts')).runLogs,
  },
  {
    name: 'history',
    summary: 'list the revisions of a release',
    release: 'required',
    options: [],
    load: async () => (await import('./history.ts')).runHistory,
  },
  {
    name: 'doctor',
    summary: 'run the checks and name the causes of what is wrong',
    release: 'required',
    options: [{syntax: '--bundle <file>', help: 'save what was seen, without secrets, for a report'}],
    load: async () => (await import('./doctor.ts')).runDoctor,
  },
  {
    name: 'top',
    summary: 'watch what the writer is doing; cancel or end a session',
    release: 'required',
    options: [
      {syntax: '--every <duration>', help: 'from one look to the next (default: 1s)'},
      {syntax: '--count <number>', help: 'so many looks (default: until it is stopped; 1 with --output json)'},
      {syntax: '--cancel <pid>', help: 'cancel what this session runs; it stays'},
      {syntax: '--terminate <pid>', help: 'end this session: what it has not committed is rolled back'},
      yes,
    ],
    load: async () => (await import('./top.ts')).runTop,
  },
  {
    name: 'export',
    summary: 'make files for other tools: helm and GitOps, a dashboard, alert rules',
    release: 'required',
    options: [
      {syntax: '--format <format>', help: 'helm, argocd, flux, helmfile, grafana or prometheus-rules'},
      {
        syntax: '--secret <tool>',
        help: 'also how its Secret comes: external-secrets or sealed-secrets; no password is in it',
      },
      {syntax: '--to <dir>', help: 'write it there (default: print it)'},
      ownChart,
    ],
    load: async () => (await import('./export.ts')).runExport,
  },
  {
    name: 'scale',
    summary: 'change the number of readers; the writer is not touched',
    release: 'required',
    changes: true,
    options: [
      {syntax: '--read-replicas <number>', help: 'how many readers there are to be, 0 to 15'},
      {syntax: '--delete-volumes', help: 'delete the volumes of readers that are not wanted; needs --confirm'},
      {syntax: '--confirm <name>', help: "the release's name again, where data goes"},
      yes,
      dryRun,
      timeout,
      files,
      ownChart,
      fetchHelm,
    ],
    load: async () => (await import('./scale.ts')).runScale,
  },
  {
    name: 'resize',
    summary: 'change CPU, memory, type of node or disk; while it runs, where the cluster can',
    release: 'required',
    changes: true,
    options: [
      {syntax: '--instance-type <type>', help: 'run on nodes of this type; any takes every node'},
      {syntax: '--cpu <quantity>', help: 'what each pod asks for, such as 500m or 2'},
      {syntax: '--memory <quantity>', help: 'what each pod gets, such as 2Gi'},
      {syntax: '--storage-size <quantity>', help: 'the disk of each pod, such as 50Gi; it only grows'},
      {syntax: '--reader-cpu <quantity>', help: 'what each reader asks for, where it is not what the writer does'},
      {syntax: '--reader-memory <quantity>', help: 'what each reader gets, where it is not what the writer gets'},
      {
        syntax: '--reader-storage-size <quantity>',
        help: "the disk of each reader, where it is not as large as the writer's; it only grows",
      },
      {
        syntax: '--switchover <auto|never>',
        help: 'where the writer has to leave its node: its role moves to a reader (auto, the default), or it restarts',
      },
      yes,
      {syntax: '--dry-run', help: 'show what would happen, and why, and change nothing'},
      timeout,
      files,
      ownChart,
      fetchHelm,
    ],
    load: async () => (await import('./resize.ts')).runResize,
  },
  {
    name: 'upgrade',
    summary: 'move to another image or chart version; readers first, the writer last and once',
    release: 'required',
    changes: true,
    options: [
      {syntax: '--chart-version <version>', help: "the chart's version (default: the one that it has)"},
      {syntax: '--image-tag <tag>', help: 'the PostgreSQL image, of the same major version, also with @sha256:…'},
      {
        syntax: '--image-source <source>',
        help: `where the images come from: ${imageSourceForms}`,
      },
      {syntax: '--image-digest <digest>', help: 'sha256:…, wins over the tag'},
      {syntax: '--pull-secret <name>', help: 'a Secret of the namespace to pull the images with'},
      yes,
      dryRun,
      timeout,
      files,
      ownChart,
      fetchHelm,
    ],
    load: async () => (await import('./upgrade.ts')).runUpgrade,
  },
  {
    name: 'set',
    summary: 'change settings, live where it can be; none takes a hostname or pull secret away',
    release: 'required',
    changes: true,
    parameters: 'later',
    options: [yes, dryRun, timeout, files, ownChart, strict, fetchHelm],
    load: async () => (await import('./set.ts')).runSet,
  },
  {
    name: 'restart',
    summary: 'restart each reader, then the writer once, each proven before the next',
    release: 'required',
    changes: true,
    options: [yes, dryRun, timeout, ownChart, fetchHelm],
    load: async () => (await import('./restart.ts')).runRestart,
  },
  {
    name: 'adopt',
    summary: 'take over a release of plain helm: same data, names, addresses and passwords',
    release: 'required',
    changes: true,
    options: [
      {syntax: '--restart <when>', help: 'the one restart that it takes: now or later (default: now)'},
      {syntax: '--detach', help: "take the database out of an application's release, as a release of its own"},
      {syntax: '--read-replicas <number>', help: 'so many readers (default: as many as there are)'},
      {syntax: '--cpu <quantity>', help: 'what each pod asks for (default: what the writer asks for)'},
      {
        syntax: '--memory <quantity>',
        help: 'what each pod gets at most (default: what the writer does; asked for without a limit)',
      },
      yes,
      {syntax: '--dry-run', help: 'show what would become of it, and the way back, and change nothing'},
      timeout,
      ...chart,
      fetchHelm,
    ],
    load: async () => (await import('./adopt.ts')).runAdopt,
  },
  {
    name: 'rollback',
    summary: 'go back to what an earlier revision wanted; data and passwords stay',
    release: 'required',
    changes: true,
    words: '[revision]',
    options: [
      yes,
      {syntax: '--dry-run', help: 'show what comes back and what does not, and change nothing'},
      timeout,
      files,
      ownChart,
      fetchHelm,
    ],
    load: async () => (await import('./rollback.ts')).runRollback,
  },
  {
    name: 'rotate-password',
    summary: 'give new passwords, in server and Secret; readers follow, sessions stay',
    release: 'required',
    changes: true,
    options: [
      {syntax: '--role <role>', help: 'app, admin, replication, metrics or all (default: app)'},
      {syntax: '--password-file <file>', help: 'take the new one from a file, for app or admin (default: generated)'},
      {syntax: '--password-stdin', help: 'take the new one from standard input, for app or admin'},
      {syntax: '--allow-weak-password', help: 'take a password shorter than 12 characters'},
      yes,
      {syntax: '--dry-run', help: 'show what would happen, and who has to read it anew, and change nothing'},
      timeout,
    ],
    load: async () => (await import('./rotate-password.ts')).runRotatePassword,
  },
  {
    name: 'switchover',
    summary: "move the writer's role to a reader; every acknowledged row moves too",
    release: 'required',
    changes: true,
    options: [
      {syntax: '--to <pod>', help: 'the pod of the reader that becomes the writer (default: the closest one)'},
      {
        syntax: '--away-from-node <node>',
        help: 'only where the writer runs on that node: before it is drained, say',
      },
      yes,
      {syntax: '--dry-run', help: 'show what would happen, and what does not move, and change nothing'},
      timeout,
    ],
    load: async () => (await import('./switchover.ts')).runSwitchover,
  },
  {
    name: 'failover',
    summary: 'make a reader the writer in place of one that is lost; says what is at risk',
    release: 'required',
    changes: true,
    options: [
      {
        syntax: '--to <pod>',
        help: 'the pod of the reader that becomes the writer (default: the one with the most WAL)',
      },
      {syntax: '--node-is-off', help: "you have made sure that the machine of the writer's node is off"},
      {syntax: '--confirm <name>', help: "the release's name again: what the writer did not send is lost"},
      yes,
      {syntax: '--dry-run', help: 'show what is seen of the writer, and what is at risk, and change nothing'},
      timeout,
    ],
    load: async () => (await import('./failover.ts')).runFailover,
  },
  {
    name: 'backup',
    summary: 'run one now, list them, verify one by a restore, or restore it as a new release',
    release: 'required',
    words: '<run|list|verify|restore> [backup]',
    options: [
      {syntax: '--as <name>', help: 'restore: the new release that is made of it, in the same namespace'},
      ...restored,
      yes,
      dryRun,
      timeout,
      ...chart,
      fetchHelm,
    ],
    load: async () => (await import('./backup.ts')).runBackup,
  },
  {
    name: 'recover',
    summary: 'go on with an operation that was interrupted',
    release: 'required',
    changes: true,
    options: [yes, dryRun, timeout, ...chart, fetchHelm],
    load: async () => (await import('./recover.ts')).runRecover,
  },
  {
    name: 'uninstall',
    summary: 'remove a release; the data and its password stay, by name and size',
    release: 'required',
    changes: true,
    options: [
      yes,
      {syntax: '--dry-run', help: 'show what would go and what would stay'},
      {
        syntax: '--dump-to <file>',
        help: 'dump everything to this new file first; without a whole dump nothing is removed',
      },
      {syntax: '--delete-data', help: 'delete the volumes and the password too; needs --confirm'},
      {syntax: '--confirm <name>', help: "the release's name again, where data goes"},
      timeout,
      fetchHelm,
    ],
    load: async () => (await import('./uninstall.ts')).runUninstall,
  },
  {
    name: 'sandbox',
    summary: 'a cluster on this machine, with real PostgreSQL: up, down, status, fault',
    release: 'none',
    words: '<action> [faults...]',
    options: [
      {syntax: '--delete', help: 'down: remove all that it kept, databases included'},
      {syntax: '--with <what>', help: 'up: legacy, a release that plain helm made, to try adopt on'},
      {syntax: '--seed <number>', help: 'fault: which requests fail is the same for the same number'},
    ],
    load: async () => (await import('./sandbox.ts')).runSandbox,
  },
  {
    name: 'demo',
    summary: 'show it all in the sandbox, in two minutes, under a client that writes',
    release: 'none',
    options: [timeout, ...chart, fetchHelm, yes],
    load: async () => (await import('./demo.ts')).runDemo,
  },
  {
    name: 'completion',
    summary: 'print what completes commands and names in bash, zsh, fish or powershell',
    release: 'none',
    words: '<shell>',
    options: [],
    load: async () => (await import('./completion/print-script.ts')).runCompletion,
  },
  {
    name: 'wizard',
    summary: 'ask for what is needed, on a terminal',
    release: 'none',
    hidden: true,
    parameters: true,
    options: [
      timeout,
      ...chart,
      fetchHelm,
      {syntax: '--answers <file>', help: 'take the answers of this file'},
      {syntax: '--require-encryption', help: 'refuse a storage class that is not known to encrypt'},
    ],
    load: async () => (await import('./wizard.ts')).runWizard,
  },
];
