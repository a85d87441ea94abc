// The pods of the release.
import {databaseContainer} from '../../chart/names.ts';
import {tryImage} from '../../cluster/image-trial.ts';
import {deletePod, patchPod, resizeProblem} from '../../cluster/pods.ts';
import {podRefusal} from '../../cluster/pod-refusal.ts';
import {trialStart} from '../../cluster/trial-start.ts';
import type {PodsPort} from '../../operations/ports/pods.ts';
import {shutDownFast} from '../../postgres/shut-down.ts';
import type {AdapterContext} from './context.ts';

export function podsPort({connection: {api}, target, exec}: AdapterContext): PodsPort {
  const {namespace} = target;
  return {
    deletePod: (pod) => deletePod(api, namespace, pod),
    shutDownFast: (pod) => shutDownFast({exec, pod, container: databaseContainer}),
    patchPod: (pod, patch) => patchPod(api, namespace, pod, patch),
    resizeProblem: (pod, resources) => resizeProblem(api, namespace, pod, resources),
    podRefusal: (pod) => podRefusal(api, namespace, pod),
    tryImage: (trial, signal) => tryImage(api, target, trial, signal),
    trialStart: (trial, signal) => trialStart(api, target, trial, signal),
  };
}
