// The settings of a release in a form: only what differs is asked for, and each setting finds back to its default.
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {parse} from '../../../../../source/cli/parse-operation.ts';
import {changedParameters} from '../../../../../source/client/requests/edits.ts';
import {argumentsOf} from '../../../../../source/commands/command-line.ts';
import type {Parameters} from '../../../../../source/parameters/parameters.ts';
import {allKeys, fieldOf, type FieldKey} from '../../../../../source/parameters/fields.ts';
import {firstProblem, formReducer, type Form} from '../../../../../source/tui/screens/parameters/form.ts';
import {lockOf} from '../../../../../source/tui/screens/parameters/locked-fields.ts';
import {summarizeSettings} from '../../../../../source/tui/screens/settings/differences.ts';
import {changesOf, openSettings, settingsAsked} from '../../../../../source/tui/screens/settings/settings-state.ts';
import {ordinary, parameters} from '../../../../support/arbitrary-parameters.ts';
import {surveyed} from '../../../../support/fakes/fake-client.ts';

const {place} = surveyed;
const typed = (form: Form, texts: Readonly<Record<FieldKey, string>>): Form =>
  Object.entries(texts).reduce((before, [key, text]) => formReducer(before, {type: 'type', key, text}), form);
const asked = (existing: Parameters, texts: Readonly<Record<FieldKey, string>>) =>
  settingsAsked(typed(openSettings(existing), texts), place);
const unlocked = (form: Form) => allKeys.filter((key) => lockOf(form, key) === null);

/** A release on which every setting is another one than the default. */
const full: Parameters = {
  ...ordinary,
  exposure: 'load-balancer',
  allowFrom: {kind: 'cidrs', cidrs: ['10.0.0.0/8']},
  hostname: 'db.example.com',
  allowNamespaces: ['shop'],
  serviceMesh: 'linkerd',
  tls: {certificate: 'self-signed', required: true},
  metrics: 'exporter',
  synchronousReplicas: 1,
  spread: 'preferred',
  cpuLimit: '4',
  readers: {cpu: '500m', memory: '1Gi', cpuLimit: '3', storageSize: '30Gi', exposure: 'cluster'},
  zoneSpread: 'required',
  nodeSelector: {workload: 'database'},
  priorityClass: 'important',
  sizing: 'off',
  postgresConfig: {work_mem: '16MB'},
  backup: {schedule: '0 3 * * *', size: '20Gi', keep: 30},
  images: {...ordinary.images, digest: `sha256:${'a'.repeat(64)}`, pullSecret: 'pull'},
};

describe('what a release has', () => {
  it('is in the form, which asks for nothing before anything is typed', () => {
    fc.assert(
      fc.property(parameters, (existing) => {
        const form = openSettings(existing);
        expect(settingsAsked(form, place)).toEqual({kind: 'set', answers: {}, valuesFile: null});
        expect(changesOf(form, place).desired).toEqual(existing);
        expect(firstProblem(form)).toBeNull();
      }),
    );
  });

  it('leaves the fields empty that are at their defaults, so that a group is one line', () => {
    const {texts} = openSettings({...ordinary, sizing: 'auto'});
    expect(Object.entries(texts).filter(([, text]) => text !== '')).toEqual([
      ['username', 'app'],
      ['instanceType', 't3.medium'],
      ['readReplicaCount', '2'],
      ['storageClass', 'gp3'],
      ['cpu', '1'],
      ['memory', '2Gi'],
      ['spread', 'required'],
      ['database', 'appdb'],
      ['images', 'bitnamilegacy'],
    ]);
  });
});

describe('what is asked for', () => {
  it.each<[Readonly<Record<FieldKey, string>>, object]>([
    [{tls: 'self-signed'}, {tls: {certificate: 'self-signed', required: false}}],
    [{metrics: 'on'}, {metrics: 'on'}],
    [{backup: '0 3 * * *'}, {backup: {schedule: '0 3 * * *'}}],
    [{backup: '0 3 * * *', 'backup.size': '20Gi'}, {backup: {schedule: '0 3 * * *', size: '20Gi'}}],
    [{'images.pullSecret': 'pull'}, {images: {pullSecret: 'pull'}}],
    [{'readers.memory': '1Gi'}, {readers: {memory: '1Gi'}}],
    [
      {exposure: 'load-balancer', allowFrom: '10.0.0.0/8'},
      {exposure: 'load-balancer', allowFrom: {kind: 'cidrs', cidrs: ['10.0.0.0/8']}},
    ],
    [{postgresConfig: 'work_mem=16MB'}, {postgresConfig: {work_mem: '16MB'}}],
    // What says the same in other words is no difference.
    [{exposure: ' cluster ', tls: 'off', 'readers.memory': '2Gi'}, {}],
  ])('of %j is that alone', (texts, answers) => {
    expect(asked(ordinary, texts)).toEqual({kind: 'set', answers, valuesFile: null});
  });

  it('of a list are the entries that differ', () => {
    const existing = {...ordinary, postgresConfig: {work_mem: '16MB', jit: 'off', TimeZone: 'UTC'}};
    expect(asked(existing, {postgresConfig: 'work_mem=16MB, jit=on'}).answers).toEqual({
      postgresConfig: {jit: 'on', TimeZone: null},
    });
  });

  it('keeps what the readers have otherwise when all pods get another value', () => {
    const existing: Parameters = {...ordinary, readers: {exposure: 'node-port'}};
    const form = typed(openSettings(existing), {exposure: 'load-balancer', allowFrom: 'public'});
    expect(changesOf(form, place).desired).toMatchObject({
      exposure: 'load-balancer',
      readers: {exposure: 'node-port'},
    });
  });

  it('makes any release of any other, as far as it can be typed', () => {
    let made = 0;
    fc.assert(
      fc.property(parameters, parameters, (existing, other) => {
        const wanted = openSettings(other).texts;
        const keys = unlocked(openSettings(existing));
        const form = typed(openSettings(existing), Object.fromEntries(keys.map((key) => [key, wanted[key] ?? ''])));
        if (firstProblem(form) || summarizeSettings(form, surveyed, '→').problem !== null) return;
        made += 1;
        const {desired, given} = changesOf(form, place);
        const {texts} = openSettings(desired);
        // What readers have as the writer has it is not their own any more.
        const asTyped = keys.filter((key) => fieldOf(key).parameter.key !== 'readers');
        for (const key of asTyped) expect(`${key} ${texts[key]}`).toBe(`${key} ${wanted[key]}`);
        expect(changedParameters(existing, given, place)).toEqual(desired);
      }),
      {numRuns: 40},
    );
    expect(made).toBeGreaterThan(3);
  });

  it('never contains what is wrong, nor what cannot be changed here', () => {
    const texts = {tls: 'perhaps', username: 'other', storageSize: '1Ti', images: 'official', cpu: '8'};
    expect(asked(ordinary, texts)).toEqual({kind: 'set', answers: {}, valuesFile: null});
  });
});

describe('back to the default', () => {
  // The ranges of a load balancer go with it.
  const withIt: Readonly<Record<FieldKey, readonly FieldKey[]>> = {exposure: ['allowFrom'], allowFrom: ['exposure']};

  it.each(unlocked(openSettings(full)).filter((key) => openSettings(full).texts[key] !== ''))('goes %s', (key) => {
    const emptied = Object.fromEntries([key, ...(withIt[key] ?? [])].map((one) => [one, '']));
    const form = typed(openSettings(full), emptied);
    const {desired, given} = changesOf(form, place);
    const {parameter} = fieldOf(key);
    const parametersOf = (all: Parameters) => all as unknown as Readonly<Record<string, unknown>>;
    expect(parametersOf(desired)[parameter.key]).not.toEqual(parametersOf(full)[parameter.key]);
    // Opened again, the form has nothing in that field, or the value that the default is in this place.
    const reopened = openSettings(desired).texts[key];
    expect([parameter.fromPlace ? 'required' : '', '']).toContain(reopened);
    expect(changedParameters(full, given, place)).toEqual(desired);
  });

  it('is a command that says so', () => {
    const form = typed(openSettings(full), Object.fromEntries(unlocked(openSettings(full)).map((key) => [key, ''])));
    const operation = {...settingsAsked(form, place), release: 'orders', namespace: 'team-a', context: null};
    expect(argumentsOf(operation)).toEqual([
      ...['set', 'orders', '-n', 'team-a', '--exposure', 'cluster', '--hostname', 'none', '--allow-namespaces', 'all'],
      ...['--service-mesh', 'none', '--tls', 'off', '--cpu-limit', 'none'],
      ...['--reader-cpu', '1', '--reader-memory', '2Gi', '--reader-cpu-limit', 'none'],
      ...['--reader-storage-size', '20Gi', '--reader-exposure', 'cluster', '--spread', 'required'],
      ...['--zone-spread', 'off', '--node-selector', 'workload=', '--priority-class', 'none', '--sizing', 'auto'],
      ...['--postgres-config', 'work_mem=', '--synchronous-replicas', '0', '--metrics', 'off'],
      ...['--backup-schedule', 'off'],
      ...['--image-digest', 'none', '--pull-secret', 'none'],
    ]);
    expect(parse(argumentsOf(operation))).toEqual(operation);
  });
});

describe('what cannot be typed', () => {
  const form = openSettings(full);

  it('says why, or where it is changed', () => {
    const locked = allKeys.flatMap((key) => {
      const lock = lockOf(form, key);
      return lock ? [[key, lock.screen]] : [];
    });
    expect(Object.fromEntries(locked)).toEqual({
      username: null,
      password: 'password',
      instanceType: 'resize',
      storageSize: 'resize',
      readReplicaCount: 'scale',
      storageClass: null,
      cpu: 'resize',
      memory: 'resize',
      database: null,
      images: 'upgrade',
      'images.tag': 'upgrade',
    });
  });

  it('is nothing in the form of a new release', () => {
    expect(allKeys.every((key) => lockOf({release: null}, key) === null)).toBe(true);
  });
});

describe('the list of differences', () => {
  const lines = (texts: Readonly<Record<FieldKey, string>>) =>
    summarizeSettings(typed(openSettings(ordinary), texts), surveyed, '→').lines;

  it('names what is and what is to be, also a default', () => {
    expect(lines({tls: 'self-signed', sizing: '', backup: '@daily'})).toEqual([
      'TLS off → self-signed · Sizing off → auto · Backups off → @daily',
      'TLS self-signed · Sizing auto · Backups @daily',
      '3 changes: TLS, Sizing, Backups',
      '3 changes',
    ]);
  });

  it('says what contradicts itself', () => {
    const {problem} = summarizeSettings(typed(openSettings(ordinary), {synchronousReplicas: '2'}), surveyed, '→');
    expect(problem).toContain('needs 3 readers or more');
  });
});
