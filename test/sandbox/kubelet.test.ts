import {Client} from 'pg';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {chartPod, kubeletLab, namespace, passwords, type Lab} from './kubelet-lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await kubeletLab();
});
afterAll(() => lab.close());

async function query(pod: string, sql: string, {user = 'postgres', password = passwords['postgres-password'], database = 'postgres'} = {}): Promise<unknown[][]> {
  const address = lab.kubelet.address({namespace, name: pod}, 5432);
  if (!address) throw new Error(`${pod} has no address`);
  const client = new Client({...address, user, password, database});
  await client.connect();
  try {
    return (await client.query({text: sql, rowMode: 'array'})).rows as unknown[][];
  } finally {
    await client.end();
  }
}

describe('a writer and its reader', () => {
  test('the writer is made as the environment says', async () => {
    await chartPod(lab, 'pg-postgresql-primary');
    await lab.ready('pg-postgresql-primary-0');
    expect(await query('pg-postgresql-primary-0', 'select current_database(), pg_is_in_recovery()', {user: 'app', password: passwords.password, database: 'app'})).toEqual([['app', false]]);
  });

  test('the reader streams from it', async () => {
    await chartPod(lab, 'pg-postgresql-read');
    await lab.ready('pg-postgresql-read-0');
    expect(await query('pg-postgresql-read-0', 'select pg_is_in_recovery()')).toEqual([[true]]);
  });
});
