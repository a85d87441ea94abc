// The pods of the release.
import {databaseContainer} from '../../chart/names.ts';
import {tryImage} from '../../cluster/image-trial.ts';
import {deletePod, patchPod, resizeProblem} from '../../cluster/pods.ts';
import {podRefusal} from '../../cluster/pod-refusal.ts';
import {trialStart} from '../../cluster/trial-start.ts';
import type {PodsPort} from '../../operations/ports/pods.ts';
import {shutDownFast} from '../../postgres/shut-down.ts';
import type {AdapterContext} from './context.ts';
import {translateApiError} from './api-errors.ts';

export function podsPort({connection: {api}, target, exec}: AdapterContext): PodsPort {
  const {namespace} = target;
  return {
    deletePod: (pod) => translateApiError(deletePod(api, namespace, pod)),
    shutDownFast: (pod) => shutDownFast({exec, pod, container: databaseContainer}),
    patchPod: (pod, patch) => translateApiError(patchPod(api, namespace, pod, patch)),
    resizeProblem: (pod, resources) => translateApiError(resizeProblem(api, namespace, pod, resources)),
    podRefusal: (pod) => translateApiError(podRefusal(api, namespace, pod)),
    tryImage: (trial, signal) => translateApiError(tryImage(api, target, trial, signal)),
    trialStart: (trial, signal) => translateApiError(trialStart(api, target, trial, signal)),
  };
}
