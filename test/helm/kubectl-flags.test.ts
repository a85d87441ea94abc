// kubectl has the flags that our commands are checked for.
import {execFileSync} from 'node:child_process';
import {expect, test} from 'vitest';
import {everywhere, kubectlFlags} from '../support/kubectl-flags.ts';
import {kubectl} from '../support/paths.ts';

test('kubectl has each flag of each verb that the program prints', () => {
  const general = execFileSync(kubectl, ['options'], {encoding: 'utf8'});
  for (const flag of everywhere) expect(general).toMatch(new RegExp(`(^|\\s)${flag}[\\s=,]`));
  for (const [verb, flags] of Object.entries(kubectlFlags)) {
    const own = flags.filter((flag) => !everywhere.includes(flag));
    if (own.length === 0) continue;
    const help = execFileSync(kubectl, [...verb.split(' '), '--help'], {encoding: 'utf8'});
    expect(
      own.filter((flag) => !new RegExp(`(^|\\s)${flag}[\\s=,]`).test(help)).map((one) => `${verb} ${one}`),
    ).toEqual([]);
  }
});
