// Whether what was rendered is what the cluster has, where nobody records that it was applied.
import {isObject} from '../chart/tree.ts';
import {parseQuantity} from '../parameters/quantity.ts';
import {viewOf} from './release-view.ts';
import type {PodSource} from './pods/pod-of-set.ts';
import type {Snapshot} from './snapshot.ts';

/** Compares the pod templates alone: restarts follow from them. What was not rendered is not compared. */
export function isApplied(sets: Readonly<Record<string, PodSource>>, snapshot: Snapshot): boolean {
  const {writerSet, readerSet} = viewOf(snapshot);
  return [writerSet, readerSet].every((set) => {
    const rendered = set && sets[set.metadata.name];
    return !rendered || contains(set.spec.template, rendered.spec.template);
  });
}

/** The cluster adds its defaults, leaves away what is empty, and writes quantities in its own way. */
function contains(live: unknown, rendered: unknown): boolean {
  if (isEmpty(rendered)) return true;
  if (Array.isArray(rendered))
    return (
      Array.isArray(live) && live.length === rendered.length && rendered.every((one, at) => contains(live[at], one))
    );
  if (isObject(rendered))
    return isObject(live) && Object.entries(rendered).every(([key, value]) => contains(live[key], value));
  return String(live) === String(rendered) || isSameQuantity(live, rendered);
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isEmpty);
}

function isSameQuantity(a: unknown, b: unknown): boolean {
  if (typeof a !== 'string' && typeof a !== 'number') return false;
  if (typeof b !== 'string' && typeof b !== 'number') return false;
  const [one, other] = [parseQuantity(String(a)), parseQuantity(String(b))];
  return one !== null && one === other;
}
