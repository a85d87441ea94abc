// The cloud: gives each Service of type LoadBalancer an address, on which the Service also listens.
import type {Recorder} from '../events.ts';
import {equal} from '../store/canonical.ts';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import type {Store} from '../store/store.ts';
import {serviceSpecOf} from './endpoints.ts';
import {parsedKey} from './shapes.ts';
import {startObjectController} from './object-controller.ts';
import type {Controller} from './work-queue.ts';

const component = 'service-controller';
/**
 * An annotation: the cloud never gives that Service an address, for tests and demos of a load balancer that does not
 * come.
 */
const withoutAddress = 'pg-helm-install/no-address';

/** Without `addresses` (on a machine that has only 127.0.0.1) every Service gets 127.0.0.1. */
export function startLoadBalancers(store: Store, events: Recorder, addresses: boolean): Controller {
  return startObjectController(store, kinds.service, look);

  function look(key: string): void {
    const [namespace, name] = parsedKey(key);
    const service = store.get(kinds.service, namespace, name);
    if (!service) return;
    const balanced = isBalanced(service);
    const {loadBalancer = {}} = (service['status'] ?? {}) as {loadBalancer?: {ingress?: unknown[]}};
    const gives = balanced && service.metadata.annotations?.[withoutAddress] === undefined;
    const next = gives ? {ingress: [{ip: addressOf(service), ipMode: 'VIP'}]} : {};
    if (balanced && !gives && !loadBalancer.ingress)
      events.record(service, {
        type: 'Normal',
        reason: 'EnsuringLoadBalancer',
        message: 'Ensuring load balancer',
        component,
      });
    if (equal(loadBalancer, next)) return;
    if (gives)
      events.record(service, {
        type: 'Normal',
        reason: 'EnsuredLoadBalancer',
        message: 'Ensured load balancer',
        component,
      });
    store.update(kinds.service, {...service, status: {...(service['status'] as object), loadBalancer: next}});
  }
  function addressOf(service: KubeObject): string {
    return addresses ? (serviceSpecOf(service).clusterIP ?? '') : '127.0.0.1';
  }
}

/** Whether the cloud is to give the Service an address; a class would name another load balancer than ours. */
function isBalanced(service: KubeObject): boolean {
  const {type, loadBalancerClass} = serviceSpecOf(service);
  return type === 'LoadBalancer' && !loadBalancerClass;
}
