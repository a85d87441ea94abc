// Two examples for each command, for --help and the man page. A test parses each of them.

const examples: Readonly<Record<string, readonly [string, string]>> = {
  install: [
    'install orders --namespace team-a --username app --read-replicas 2 --yes',
    'install orders --answers orders.yaml --dry-run',
  ],
  list: ['list', "list --output json | jq -r '.releases[].name'"],
  status: ['status orders --watch', "status orders --output json | jq '.replication'"],
  endpoints: ['endpoints orders --role writer --format uri', 'endpoints orders --format psql --ca-file orders.pem'],
  connect: ['connect orders', 'connect orders --role reader --forward 15432'],
  values: ['values orders', 'values orders --output json'],
  logs: ['logs orders --role writer --follow', 'logs orders --tail 20'],
  history: ['history orders', 'history orders --output json'],
  doctor: ['doctor orders', 'doctor orders --bundle orders.json'],
  top: ['top orders', "top orders --output ndjson | jq '.perSecond.commits'"],
  export: ['export orders --format argocd --to gitops', 'export orders --format grafana'],
  scale: ['scale orders --read-replicas 3', 'scale orders --read-replicas 1 --delete-volumes --confirm orders --yes'],
  resize: ['resize orders --memory 4Gi --cpu 2', 'resize orders --storage-size 100Gi --yes'],
  upgrade: ['upgrade orders --image-tag 17.12-bookworm', 'upgrade orders --chart-version 16.7.26 --dry-run'],
  set: ['set orders --postgres-config work_mem=64MB', 'set orders --exposure load-balancer --allow-from 10.0.0.0/8'],
  restart: ['restart orders', 'restart orders --yes --timeout 30m'],
  adopt: ['adopt orders --dry-run', 'adopt orders --yes'],
  rollback: ['rollback orders', 'rollback orders 3 --dry-run'],
  'rotate-password': ['rotate-password orders', 'rotate-password orders --role all --yes'],
  switchover: ['switchover orders --dry-run', 'switchover orders --away-from-node node2 --yes'],
  failover: ['failover orders --dry-run', 'failover orders --node-is-off --confirm orders --yes'],
  backup: ['backup orders run', 'backup orders restore --as orders-copy --yes'],
  recover: ['recover orders', 'recover orders --yes'],
  uninstall: ['uninstall orders --dump-to orders.sql', 'uninstall orders --delete-data --confirm orders --yes'],
  sandbox: ['sandbox up --with legacy', 'sandbox down --delete'],
  demo: ['demo', "demo --yes --fetch-helm --output json | jq '.steps'"],
  completion: [
    'completion bash > ~/.local/share/bash-completion/completions/pg-helm-install',
    'completion fish | source',
  ],
};

/** Two whole command lines; none for a command that nobody calls by its name. */
export function examplesOf(command: string): readonly string[] {
  return (examples[command] ?? []).map((line) => `pg-helm-install ${line}`);
}
