// Results and progress, for the reporters to show.
import {cause} from '../../../../source/core/cause.ts';
import {endpointsOf} from '../../../../source/observation/endpoints.ts';
import type {Progress, Result} from '../../../../source/plan/progress.ts';
import {recorded} from '../../observation/recorded.ts';

export const done: Result = {
  operation: 'install',
  outcome: 'succeeded',
  release: 'orders',
  namespace: 'team-a',
  context: 'prod-eu',
  revision: 1,
  chartVersion: '16.7.26',
  postgresVersion: '17.6',
  durationMs: 14_210,
  endpoints: endpointsOf({
    ...recorded('healthy'),
    target: {context: 'prod-eu', namespace: 'team-a', release: 'orders', fullname: 'orders-postgresql'},
  }),
  credentials: {username: 'app', database: 'appdb', secret: 'orders-postgresql-auth', passwordKey: 'password'},
  warnings: [{code: 'IMAGES_FROZEN', message: 'The images are frozen.'}],
  phases: [{name: 'checks', ms: 812}],
  notes: [],
};

export const imageNotFound = cause('IMAGE_NOT_FOUND', 'The registry has no such image.', {
  object: {kind: 'Pod', namespace: 'team-a', name: 'orders-postgresql-primary-0'},
  firstSeen: '2026-01-02T03:04:05Z',
  evidence: ['Failed to pull image: not \u001b[31mfound\u001b[0m'],
  remedies: [{title: 'Choose another tag', command: 'pg-helm-install uninstall orders -n team-a'}, {title: 'Wait'}],
});

const time = '2026-01-02T03:04:05.000Z';
export const progress: readonly Progress[] = [
  {type: 'plan', steps: ['secret', 'release']},
  {type: 'track', time, track: 'storage', state: 'waiting', text: 'not yet', since: null, waitingFor: null},
  {type: 'track', time, track: 'release', state: 'done', text: 'revision 1', since: time, waitingFor: null},
  {
    type: 'track',
    time,
    track: 'writer',
    state: 'running',
    text: 'waits for a node',
    since: time,
    waitingFor: 'UNSCHEDULABLE',
  },
  {
    type: 'log',
    time,
    source: 'event',
    object: {kind: 'Pod', namespace: 'team-a', name: 'orders-postgresql-primary-0'},
    text: 'Started \u001b]0;title\u0007container',
  },
  {type: 'warning', code: 'NO_READERS', message: 'There are no readers.'},
];
