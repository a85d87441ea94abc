import {describe, expect, it} from 'vitest';
import {
  databaseProblem,
  instanceTypeProblem,
  namespaceProblem,
  objectNameProblem,
  releaseNameProblem,
  usernameProblem,
} from '../../../source/parameters/identifiers.ts';
import {fullnameProblem} from '../../../source/chart/names.ts';
import {imageDigestProblem, imageTagProblem, parseImageSource} from '../../../source/parameters/image-source.ts';
import {cidrProblem, hostnameProblem} from '../../../source/parameters/network.ts';

const rules: readonly [string, (text: string) => string | null, readonly string[], readonly string[]][] = [
  [
    'a username',
    usernameProblem,
    ['postgres', 'app', '_x', 'App_2', 'größe', 'ü'.repeat(31), 'a'.repeat(63)],
    [
      '',
      'repl_user',
      'pg_app',
      'PG_app',
      'public',
      'none',
      '1a',
      'a-b',
      'a b',
      'a$b',
      'a"b',
      '{{a}}',
      'a\n',
      'ü'.repeat(32),
      'a'.repeat(64),
    ],
  ],
  ['a database', databaseProblem, ['postgres', 'appdb', 'pg_data'], ['', 'template0', 'template1', 'a;b', '9']],
  [
    'a release',
    releaseNameProblem,
    ['a', 'orders', 'a-1', 'x'.repeat(60)],
    ['', '1a', 'A', 'a-', '-a', 'a.b', 'a_b', 'a\n'],
  ],
  [
    'a fullname',
    fullnameProblem,
    ['a'.repeat(33), `postgresql${'a'.repeat(34)}`],
    ['a'.repeat(34), `postgresql${'a'.repeat(35)}`],
  ],
  ['a namespace', namespaceProblem, ['team-a', '1', 'a'.repeat(63)], ['', 'Team', 'a.b', 'a-', 'a'.repeat(64)]],
  ['the name of a Secret', objectNameProblem, ['pull', 'a.b-c', '9'], ['', 'A', '.a', 'a..b', 'a'.repeat(254)]],
  [
    'an instance type',
    instanceTypeProblem,
    ['any', 't3.medium', 'Standard_D2s_v3'],
    ['', 'a b', '.a', '{{x}}', 'a'.repeat(64)],
  ],
  [
    'a CIDR',
    cidrProblem,
    [
      '10.0.0.0/8',
      '0.0.0.0/0',
      '203.0.113.7/32',
      'fd00::/8',
      '::/0',
      '::1/128',
      '2001:db8:0:1::/64',
      '1:2:3:4:5:6:7:8/128',
      '::ffff:10.0.0.0/104',
    ],
    [
      '',
      '10.0.0.0',
      '::1',
      '10.0.0.0/33',
      '10.0.0.0/08',
      '10.0.0.0/',
      '10.0.0/8',
      '10.0.0.256/32',
      '010.0.0.0/8',
      '10.1.2.3/8',
      'fd00::1/8',
      'fd00::/129',
      'fd00:/8',
      '1::2::3/128',
      '1:2:3:4:5:6:7/128',
      '1:2:3:4:5:6:7::8/128x',
      'g::/16',
      '10.0.0.0/8/8',
      '12345::/16',
    ],
  ],
  [
    'a hostname',
    hostnameProblem,
    ['db.example.com', 'a.b', `${'a'.repeat(56)}.example`],
    [
      '',
      'db',
      'db.example.com.',
      'a_b.example',
      '-a.example',
      'a..b',
      '*.example',
      'DB.example',
      `${'a'.repeat(57)}.example`,
      `${'a.'.repeat(125)}a`,
    ],
  ],
  ['a tag', imageTagProblem, ['17', '17.6.0-debian-12-r0', '_x'], ['', '-a', 'a b', 'a/b', 'a:b', 'a'.repeat(129)]],
  [
    'a digest',
    imageDigestProblem,
    [`sha256:${'0a'.repeat(32)}`],
    ['', 'sha256:', `sha256:${'0A'.repeat(32)}`, `sha512:${'0a'.repeat(32)}`, `${'0a'.repeat(32)}`],
  ],
  [
    'an image source',
    (text) => {
      const parsed = parseImageSource(text);
      return 'problem' in parsed ? parsed.problem : null;
    },
    [
      'official',
      'bitnamilegacy',
      'bitnamisecure',
      'image:registry.example.com/library/postgres',
      'image:localhost:5000/x',
      'image:postgres',
      'image:supabase/postgres',
      'mirror:registry.example.com',
      'mirror:registry.example.com:5000/team/x_y',
      'mirror:localhost',
      'mirror:localhost:5000/a',
      'mirror:registry:5000',
      'mirror:10.0.0.1:5000/a',
    ],
    [
      '',
      'bitnami',
      'image:',
      'image:registry.example.com',
      'image:Supabase/postgres',
      'image:supabase/',
      'image:supabase/postgres:17',
      'image:r.example/postgres:17',
      'mirror:',
      'mirror:registry',
      'mirror:registry/a',
      'mirror:r.example/A',
      'mirror:r.example/a/',
      'mirror:https://r.example',
      'mirror:r.example/a:17',
      'mirror:r.example/a@b',
      'mirror:-r.example',
      'mirror:r.example:port',
    ],
  ],
];

describe.each(rules)('%s', (_, problemOf, right, wrong) => {
  it.each(right)('may be "%s"', (text) => {
    expect(problemOf(text)).toBeNull();
  });

  it.each(wrong)('may not be "%s", and the text says what is right', (text) => {
    expect(problemOf(text)).toMatch(/Use[ ,]|Choose|Write|write|Shorten|takes|too long|goes from|is empty/);
  });
});

it.each([
  ['image:supabase/postgres', 'image:docker.io/supabase/postgres'],
  ['image:library/postgres', 'official'],
  ['image:postgres', 'official'],
  ['image:timescale', 'image:docker.io/library/timescale'],
  ['image:docker.io/supabase/postgres', 'image:docker.io/supabase/postgres'],
  ['image:localhost/postgres', 'image:localhost/postgres'],
])('an image without a registry is of Docker Hub, as everywhere: %s is %s', (text, value) =>
  expect(parseImageSource(text)).toEqual({value}),
);

describe('some texts help further', () => {
  it('says how to write one address', () => {
    expect(cidrProblem('203.0.113.7')).toContain('203.0.113.7/32');
    expect(cidrProblem('10.1.2.3/8')).toContain('10.1.2.3/32');
  });

  it('says by how much a release name is too long', () => {
    expect(fullnameProblem('a'.repeat(36))).toContain('Shorten it by 3.');
  });

  it('takes bitnamilegacy by its long name as bitnamilegacy', () => {
    expect(parseImageSource('mirror:docker.io/bitnamilegacy')).toEqual({value: 'bitnamilegacy'});
    expect(parseImageSource('image:docker.io/library/postgres')).toEqual({value: 'official'});
  });
});
