// Adopting a release that plain helm made: the state of the screen, its request, its entry in the menu. Pure.
import type {Status} from '../../../client/questions/status.ts';
import {asItIs, type RequestOf} from '../../../commands/operation.ts';
import {descriptorOf} from '../../../parameters/parameters.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export interface AdoptState {
  readonly name: 'adopt';
  /** When the one restart happens that an adoption takes. */
  readonly restart: RestartTime;
  /** As typed; null: as the release has it, so that nothing is asked. */
  readonly memory: string | null;
  readonly cpu: string | null;
  /** The field that takes keys, where there are fields. */
  readonly row: AdoptRow;
  /** The database is inside the release of an application, and is taken out of that first. */
  readonly detach: boolean;
}

type RestartTime = 'now' | 'later';
export const adoptRows = ['restart', 'memory', 'cpu'] as const;
type AdoptRow = (typeof adoptRows)[number];

export const adoptScreen: AdoptState = {
  name: 'adopt',
  restart: 'now',
  memory: null,
  cpu: null,
  row: 'restart',
  detach: false,
};

/** Null: the release is ours already, or somebody else decides what it is. */
export function adoptEntry(status: Status): ScreenEntry<AdoptState> | null {
  const {parameters, managedBy, steeredBy} = status;
  if (parameters !== null || managedBy === 'pg-helm-install' || steeredBy !== null) return null;
  const screen = {...adoptScreen, detach: status.insideChart !== undefined};
  return {key: 'a', label: 'adopt', does: {show: withMemoryAsked(screen, status)}};
}

/** The screen with a limit of memory where the release has none, so that there is a field for it. */
export function withMemoryAsked(screen: AdoptState, status: Status | null): AdoptState {
  const asked = status?.memoryAsked;
  return asked === undefined || screen.memory !== null || screen.detach
    ? screen
    : {...screen, memory: asked.suggestion, cpu: ''};
}

/** The screen of an adoption that a remedy proposes. */
export function adoptProposed({restartsLater, sizes, detach}: RequestOf<'adopt'>): AdoptState {
  const {memory = null, cpu = memory === null ? null : ''} = sizes;
  return {...adoptScreen, restart: restartsLater ? 'later' : 'now', memory, cpu, detach: detach === true};
}

export function adoptAsked({restart, memory, cpu, detach}: AdoptState): RequestOf<'adopt'> {
  return {
    ...asItIs,
    sizes: {...sizeOf('memory', memory), ...sizeOf('cpu', cpu)},
    restartsLater: restart === 'later',
    ...(detach ? {detach} : {}),
  };
}

function sizeOf(key: 'memory' | 'cpu', typed: string | null): RequestOf<'adopt'>['sizes'] {
  const text = (typed ?? '').trim();
  return text === '' ? {} : {[key]: text};
}

/** A plan is for what was chosen: with something else it is void. */
export function adoptKeyOf({restart, memory, cpu, detach}: AdoptState): string {
  return ['adopt', restart, memory, cpu, detach].join(' ');
}

/** What is wrong, with the name of the field; null where nothing is. CPU may stay as it is. */
export function adoptProblem({memory, cpu}: AdoptState): string | null {
  const problems = (['memory', 'cpu'] as const).flatMap((key) => {
    const typed = key === 'memory' ? memory : (cpu ?? '').trim() || null;
    const parsed = typed === null ? {value: null} : descriptorOf(key).parse(typed.trim());
    return 'problem' in parsed ? [`${descriptorOf(key).label}: ${parsed.problem}`] : [];
  });
  return problems[0] ?? null;
}

export const restartTimes: readonly {readonly id: RestartTime; readonly label: string; readonly text: string}[] = [
  {id: 'now', label: 'now', text: 'the writer is out for a few seconds, once, when all else is done'},
  {id: 'later', label: 'later', text: 'nothing restarts; restart does it when it suits'},
];
