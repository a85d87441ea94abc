// The volume of each pod.
import {parameter, textAnswer} from '../parameter.ts';
import {compareQuantities} from '../quantity.ts';
import {storageSizeProblem} from '../sizes.ts';

export const defaultStorageSize = '20Gi';

export const storageSize = parameter<'storageSize', string, string>({
  key: 'storageSize',
  label: 'Storage size',
  hint: 'A quantity such as 20Gi or 500Gi, for each pod. It can grow later, never shrink.',
  defaultText: defaultStorageSize,
  changes: 'grows',
  form: 'main',
  flags: [{name: '--storage-size', argument: 'quantity'}],
  parse: textAnswer(storageSizeProblem),
  resolve: (answer) => answer ?? defaultStorageSize,
  isSame: (a, b) => compareQuantities(a, b) === 0,
});
