import {expect, test} from 'vitest';
import {memory} from '../../../../source/observation/checks/memory.ts';
import {codesOf, goodSurvey, wantedWith} from '../../../support/survey.ts';

test.each([
  ['511Mi', ['warn SMALL_MEMORY']],
  ['512Mi', []],
  ['0.5Gi', []],
])('%s', (size, codes) => {
  expect(codesOf(memory(goodSurvey(), wantedWith({parameters: {memory: size}})))).toEqual(codes);
});
