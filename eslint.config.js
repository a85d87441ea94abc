import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** The import directions of ARCHITECTURE.md: what a folder may not see. */
const hidden = (folders, reason) => ({
  group: folders.map((folder) => `**/${folder}/**`),
  message: reason,
});
const pureReason = 'parameters, chart, plan and observation are pure: nothing with I/O may be imported here.';
const io = ['node:*', 'execa', '@kubernetes/*', 'pg', 'commander'];
const adapters = ['helm', 'cluster', 'postgres'];

const direction = (files, folders, message, packages = []) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          hidden(['sandbox/source'], 'Of the sandbox there is its package: @pg-helm-install/sandbox.'),
          ...(folders.length ? [hidden(folders, message)] : []),
          ...(packages.length ? [{group: packages, message}] : []),
        ],
      },
    ],
  },
});

export default tseslint.config(
  {ignores: ['dist/', 'dist.*/', 'sandbox/dist/', 'node_modules/', 'coverage/']},
  ...tseslint.configs.strict,
  {files: ['source/faces/ink/**/*.{ts,tsx}'], ...reactHooks.configs.flat.recommended},
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      'no-restricted-syntax': ['error', {selector: 'ExportDefaultDeclaration', message: 'Named exports only.'}],
    },
  },
  {
    files: ['source/**/*.{ts,tsx}'],
    ignores: ['source/time.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {object: 'Date', property: 'now', message: 'The clock that never jumps is in source/time.ts.'},
      ],
    },
  },
  {files: ['*.config.{js,ts}'], rules: {'no-restricted-syntax': 'off'}},
  // vitest wants the function of a global setup as the default export.
  {
    files: ['{sandbox/test,test}/support/*-setup.ts', 'scripts/ink/*.mjs'],
    rules: {'no-restricted-syntax': 'off'},
  },
  direction(['source/**/*.{ts,tsx}'], [], ''),
  direction(
    ['source/{parameters,chart,plan,observation}/**/*.ts'],
    [...adapters, 'operations', 'commands', 'faces', 'inspect'],
    pureReason,
    io,
  ),
  direction(
    ['source/{operations,inspect}/**/*.ts'],
    [...adapters, 'faces', 'commands'],
    'Operations and inspections see the outside only through operations/world.ts, and know no face.',
    ['execa', '@kubernetes/*', 'pg', 'commander'],
  ),
  direction(
    ['source/faces/**/*.{ts,tsx}'],
    [...adapters, 'commands'],
    'A face draws what operations and observation give it; it never asks the world.',
    ['execa', '@kubernetes/*', 'pg'],
  ),
  direction(['sandbox/source/**/*.ts'], ['source'], 'The sandbox is a cluster: it knows nothing of who uses it.', [
    '@kubernetes/*',
    'commander',
    'ink',
    'react',
  ]),
  direction(
    ['source/{helm,cluster,postgres}/**/*.ts'],
    ['operations', 'inspect', 'faces', 'commands'],
    'Adapters serve the operations and know nothing of them.',
  ),
);
