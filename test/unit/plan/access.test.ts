// What a plan says of who reaches the database.
import {describe, expect, it} from 'vitest';
import {accessConsequences, admittedSentence} from '../../../source/plan/access.ts';
import {parametersWith, targetFor} from '../../support/fakes/survey.ts';

const target = targetFor();
const is = parametersWith();
const told = (changes: Parameters<typeof parametersWith>[0], before = is) =>
  accessConsequences(target, before, parametersWith(changes)).map(({code, object, sentence}) => [
    `${code} ${object}`,
    sentence,
  ]);

describe('accessConsequences', () => {
  it('says who comes in, and which pods of the own namespace the chart lets in all the same', () => {
    const [[about, sentence] = []] = told({allowNamespaces: ['shop']});
    expect(about).toBe('ACCESS_CHANGE NetworkPolicy/orders-postgresql-primary');
    expect(sentence).toContain('let in pods of shop, and the pods of orders themselves.');
    expect(sentence).toContain('orders-postgresql-primary-client=true');
    expect(sentence).toMatch(/Nothing restarts; sessions that are open may stay open\.$/);
    expect(admittedSentence(target, parametersWith({allowNamespaces: ['shop', 'team-a']}))).not.toContain(
      'client=true',
    );
  });

  it('says what the load balancer has to do', () => {
    const allowFrom = {kind: 'cidrs', cidrs: ['192.0.2.0/24']} as const;
    const [[, sentence] = []] = told({allowNamespaces: ['shop'], exposure: 'load-balancer', allowFrom});
    expect(sentence).toContain('Through the load balancer come 192.0.2.0/24: it must pass on the addresses');
  });

  it('says from where the exporters are scraped', () => {
    const before = parametersWith({allowNamespaces: ['shop']});
    const [[, sentence] = []] = told({allowNamespaces: ['shop'], metrics: 'exporter'}, before);
    expect(sentence).toContain('Prometheus reaches the exporters, port 9187, from these alone as well.');
    expect(told({metrics: 'exporter'})).toEqual([]);
  });

  it.each([
    [['monitoring:metrics', 'shop'], 'exporter', /^Network policies let in pods of shop, and the pods of orders them/],
    [
      ['monitoring:metrics'],
      'off',
      /^Network policies let in the pods of orders alone\..* there are none until --metr/,
    ],
  ] as const)('says who reaches the exporters alone: %j', (allowNamespaces, metrics, says) => {
    const [[, sentence] = []] = told({allowNamespaces, metrics});
    expect(sentence).toMatch(says);
    expect(sentence).toContain('Pods of monitoring reach the exporters, port 9187, and not the database');
  });

  it('says that all come in again', () => {
    const [[, sentence] = []] = told({}, parametersWith({allowNamespaces: ['shop']}));
    expect(sentence).toMatch(/^Network policies let in pods of every namespace again\./);
  });

  it('says what a mesh puts beside the database, and what goes', () => {
    expect(told({serviceMesh: 'istio'})).toEqual([
      ['ACCESS_CHANGE Release/orders', expect.stringMatching(/^istio-proxy runs beside .*STRICT/)],
    ]);
    const linkerd = parametersWith({serviceMesh: 'linkerd'});
    expect(told({serviceMesh: 'none'}, linkerd)[0]?.[1]).toMatch(/^linkerd-proxy goes from beside the database, with/);
    expect(told({serviceMesh: 'istio'}, linkerd)[0]?.[1]).toMatch(/^linkerd-proxy goes .*database\. istio-proxy runs/);
  });

  it('says nothing where nothing changes', () => expect(told({})).toEqual([]));
});
