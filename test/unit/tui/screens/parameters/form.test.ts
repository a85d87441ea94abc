// The form of the parameters: nothing that was said is lost, and what is wrong keeps the preview back.
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  answersOf,
  changedOf,
  firstProblem,
  formReducer,
  openForm,
  problemOf,
  rowsOf,
  type Form,
  type FormAction,
} from '../../../../../source/tui/screens/parameters/form.ts';
import {allKeys as keys, moreKeys, type FieldKey} from '../../../../../source/parameters/fields.ts';
import type {Answers} from '../../../../../source/parameters/answers.ts';

const typed = (form: Form, key: FieldKey, text: string): Form => formReducer(form, {type: 'type', key, text});
const key = fc.constantFrom<FieldKey>(...keys);
const move: fc.Arbitrary<FormAction> = fc.oneof(
  fc.constantFrom<FormAction>(
    {type: 'go', by: 1},
    {type: 'go', by: -1},
    {type: 'fold'},
    {type: 'reveal'},
    {type: 'insist'},
  ),
  fc.record({
    type: fc.constant('to' as const),
    row: fc.constantFrom(...keys, 'more' as const, 'group network' as const, 'preview' as const),
  }),
);
const action = fc.oneof(move, fc.record({type: fc.constant('type' as const), key, text: fc.string()}));
const given: fc.Arbitrary<Answers> = fc.record(
  {
    username: fc.constantFrom('app', 'a_b'),
    storageSize: fc.constantFrom('1Gi', '1.5Ti'),
    readReplicaCount: fc.integer({min: 0, max: 15}),
    instanceType: fc.constantFrom('any', 't3.medium'),
    hostname: fc.constant('db.example.com'),
    readers: fc
      .record({cpu: fc.constant('250m'), memory: fc.constant('1Gi'), cpuLimit: fc.constant('none')}, {requiredKeys: []})
      .filter((parts) => Object.keys(parts).length > 0),
    images: fc
      .record(
        {
          source: fc.constantFrom('bitnamilegacy' as const, 'mirror:registry.example' as const),
          tag: fc.constant('17.5'),
          pullSecret: fc.constant('pull'),
        },
        {requiredKeys: []},
      )
      .filter((parts) => Object.keys(parts).length > 0),
    extraValues: fc.constant({commonLabels: {a: 'b'}}),
  },
  {requiredKeys: []},
);

describe('what was given', () => {
  it('is in the form, and comes out of it as it was', () => {
    fc.assert(fc.property(given, (answers) => void expect(answersOf(openForm(answers, null))).toEqual(answers)));
  });

  it('comes out also with a load balancer', () => {
    for (const allowFrom of [
      {kind: 'internal'},
      {kind: 'public'},
      {kind: 'cidrs', cidrs: ['10.0.0.0/8', 'fd00::/8']},
    ] as const) {
      const answers: Answers = {exposure: 'load-balancer', allowFrom};
      expect(answersOf(openForm(answers, null))).toEqual(answers);
    }
  });

  it('is shown and can be changed; what has no field stays', () => {
    const form = openForm(
      {username: 'app', images: {source: 'mirror:a.example', tag: '17.5'}, extraValues: {x: 1}},
      'a-long-password',
    );
    expect(form.texts).toMatchObject({
      username: 'app',
      images: 'mirror:a.example',
      password: 'a-long-password',
      storageSize: '',
    });
    expect(changedOf(form, moreKeys)).toEqual(['images', 'images.tag']);
    const changed = typed(typed(form, 'images', 'mirror:b.example'), 'username', 'other');
    expect(answersOf(changed)).toEqual({
      username: 'other',
      images: {source: 'mirror:b.example', tag: '17.5'},
      extraValues: {x: 1},
    });
    expect(answersOf(typed(form, 'images', ''))).toMatchObject({images: {tag: '17.5'}});
  });
});

describe('any sequence of actions', () => {
  it('that types nothing keeps the answers', () => {
    fc.assert(
      fc.property(given, fc.array(move), (answers, moves) => {
        const form = moves.reduce(formReducer, openForm(answers, 'a-long-password'));
        expect(answersOf(form)).toEqual(answers);
        expect(form.texts.password).toBe('a-long-password');
      }),
    );
  });

  it('keeps what was typed last in each field, on a row that can be seen', () => {
    fc.assert(
      fc.property(given, fc.array(action), (answers, actions) => {
        let form = openForm(answers, null);
        const texts: Record<string, string> = {...form.texts};
        for (const one of actions) {
          if (one.type === 'type') texts[one.key] = one.text;
          form = formReducer(form, one);
          expect(rowsOf(form)).toContain(form.row);
        }
        expect(form.texts).toEqual(texts);
      }),
    );
  });

  it('never puts the password among the answers', () => {
    fc.assert(
      fc.property(fc.array(action), (actions) => {
        const form = [...actions, {type: 'type' as const, key: 'password' as const, text: 'Open-Sesame-1'}].reduce(
          formReducer,
          openForm({}, null),
        );
        expect(JSON.stringify(answersOf(form))).not.toContain('Open-Sesame-1');
      }),
    );
  });
});

it('a load balancer of the readers alone is told whom it lets in, and the form takes it', () => {
  const balanced = typed(openForm({}, null), 'readers.exposure', 'load-balancer');
  expect(firstProblem(balanced)).toMatchObject({key: 'allowFrom', problem: expect.stringContaining('10.0.0.0/8')});
  const told = typed(balanced, 'allowFrom', 'public');
  expect(firstProblem(told)).toBeNull();
  expect(answersOf(told)).toEqual({readers: {exposure: 'load-balancer'}, allowFrom: {kind: 'public'}});
  expect(firstProblem(typed(told, 'allowNamespaces', 'shop'))).toMatchObject({key: 'allowNamespaces'});
  const portOfReaders = typed(openForm({}, null), 'readers.exposure', 'node-port');
  expect(firstProblem(typed(portOfReaders, 'allowNamespaces', 'shop'))).toMatchObject({key: 'allowNamespaces'});
  const ofWriter = typed(typed(openForm({}, null), 'exposure', 'load-balancer'), 'allowFrom', 'public');
  expect(firstProblem(typed(ofWriter, 'readers.exposure', 'cluster'))).toBeNull();
});

describe('a wrong value', () => {
  it.each<[FieldKey, string, RegExp]>([
    ['username', '/', /letter or _/],
    ['storageSize', '20 gigs', /20Gi/],
    ['readReplicaCount', '16', /0 to 15/],
    ['exposure', 'everywhere', /cluster, load-balancer, node-port/],
    ['memory', '1Mi', /256Mi/],
    ['readers.memory', '1Mi', /256Mi/],
    ['readers.exposure', 'everywhere', /cluster, load-balancer, node-port/],
    ['allowFrom', '10.0.0.0/8', /load-balancer/],
  ])('%s %s keeps the preview back and says what is right', (field, text, right) => {
    const form = typed(openForm({}, null), field, text);
    expect(firstProblem(form)).toEqual({key: field, problem: problemOf(form, field)});
    expect(problemOf(form, field)).toMatch(right);
    expect(answersOf(form)).toEqual({});
    expect(firstProblem(typed(form, field, ''))).toBeNull();
  });

  it('is never among the answers, whatever is typed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.string())), (pairs) => {
        const form = pairs.reduce((before, [field, text]) => typed(before, field, text), openForm({}, null));
        const answers = answersOf(form);
        for (const [field, text] of pairs) {
          if (
            field === 'password' ||
            // Another part of the answer has a field of its own, whose text may be right.
            pairs.some(([other]) => other.startsWith(`${field}.`)) ||
            form.texts[field] !== text ||
            problemOf(form, field) === null
          )
            continue;
          expect(answers).not.toHaveProperty(field);
        }
        expect(answersOf(openForm(answers, null))).toEqual(answers);
      }),
    );
  });

  it('commas alone are no settings', () => {
    const form = typed(openForm({}, null), 'postgresConfig', ' , ,');
    expect(problemOf(form, 'postgresConfig')).toContain('is not a setting. Use key=value');
    expect(answersOf(form)).toEqual({});
  });

  it('white space alone is no answer, and none is read back', () => {
    expect(answersOf(typed(openForm({}, null), 'postgresConfig', ' '))).toEqual({});
  });

  it('of a load balancer nobody may reach', () => {
    const form = typed(openForm({}, null), 'exposure', 'load-balancer');
    expect(firstProblem(form)).toMatchObject({key: 'allowFrom', problem: expect.stringContaining('10.0.0.0/8')});
    expect(firstProblem(typed(form, 'allowFrom', 'internal'))).toBeNull();
  });
});

describe('the password', () => {
  it('that is short is taken only when one insists on that one', () => {
    const short = typed(openForm({}, null), 'password', 'short');
    expect(problemOf(short, 'password')).toMatch(/5 of at least 12/);
    const insisted = formReducer(short, {type: 'insist'});
    expect(firstProblem(insisted)).toBeNull();
    expect(problemOf(typed(insisted, 'password', 'other'), 'password')).not.toBeNull();
    expect(problemOf(formReducer(typed(insisted, 'password', 'x'.repeat(101)), {type: 'insist'}), 'password')).toMatch(
      /at most 100/,
    );
  });

  it('given with --allow-weak-password is right', () => {
    expect(firstProblem(openForm({}, 'short'))).toBeNull();
  });

  it('is hidden again on leaving the field', () => {
    const revealed = formReducer(formReducer(openForm({}, 'a-long-password'), {type: 'to', row: 'password'}), {
      type: 'reveal',
    });
    expect(revealed.revealed).toBe(true);
    expect(formReducer(revealed, {type: 'go', by: 1}).revealed).toBe(false);
  });
});
