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

const namedExportsOnly = {selector: 'ExportDefaultDeclaration', message: 'Named exports only.'};

/** What the chart decides: its name, its container, its port, its labels. Each stands once. */
const chartFacts = [
  'Literal[value=/^(tcp-)?postgresql-?$/]',
  'Literal[value=5432]',
  'Literal[value=/(app[.]kubernetes[.]io|helm[.]sh.chart|\\b5432\\b)/]',
  'TemplateElement[value.raw=/(app[.]kubernetes[.]io|helm[.]sh.chart|\\b5432\\b)/]',
  'BinaryExpression > Literal[value=/^(primary|read)$/]',
].map((selector) => ({selector, message: 'This is a fact of the chart: take it from source/chart/names.ts.'}));

/** Those that tsconfig.json includes, so that rules can ask for types. */
const typedTests = ['{sandbox/test,test}/**/*.{ts,tsx}'];
const typed = ['{sandbox/source,source}/**/*.{ts,tsx}', ...typedTests];

export default tseslint.config(
  {ignores: ['dist/', 'dist.*/', 'sandbox/dist/', 'node_modules/', 'coverage/']},
  ...tseslint.configs.strict,
  {
    files: typed,
    extends: [tseslint.configs.recommendedTypeCheckedOnly],
    languageOptions: {parserOptions: {projectService: true, tsconfigRootDir: import.meta.dirname}},
    rules: {
      // `default` says that all other cases are alike; a case that a switch without one forgets is an error.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', {considerDefaultExhaustiveForUnions: true}],
      // What was caught is unknown; it may be thrown again as it is.
      '@typescript-eslint/only-throw-error': ['error', {allowThrowingAny: false, allowThrowingUnknown: true}],
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        {allowThrowingAny: false, allowThrowingUnknown: true},
      ],
      // An interface may promise what one of those that implement it has at once.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: typedTests,
    rules: {
      // vitest's matchers, `expect.any` say, are `any`, and they stand within what is expected.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // Fakes are objects whose functions use no `this`; a test takes one out, to call it in its own.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {files: ['source/tui/**/*.{ts,tsx}'], ...reactHooks.configs.flat.recommended},
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      'no-restricted-syntax': ['error', namedExportsOnly],
    },
  },
  {
    files: ['source/**/*.{ts,tsx}'],
    ignores: ['source/chart/**'],
    rules: {'no-restricted-syntax': ['error', namedExportsOnly, ...chartFacts]},
  },
  {
    files: ['source/**/*.{ts,tsx}'],
    ignores: ['source/core/time.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {object: 'Date', property: 'now', message: 'The clock that never jumps is in source/core/time.ts.'},
      ],
    },
  },
  {files: ['*.config.{js,ts}'], rules: {'no-restricted-syntax': 'off'}},
  // vitest wants the function of a global setup as the default export.
  {
    files: ['{sandbox/test,test}/support/**/*-setup.ts', 'scripts/ink/*.mjs'],
    rules: {'no-restricted-syntax': 'off'},
  },
  // No function is beyond these.
  {
    files: ['{source,sandbox/source,sandbox/programs,scripts,bench,bin,examples}/**/*.{ts,tsx,js,mjs}'],
    rules: {
      'max-lines-per-function': ['error', {max: 60, skipBlankLines: true, skipComments: true}],
      complexity: ['error', 12],
    },
  },
  direction(['source/**/*.{ts,tsx}'], [], ''),
  direction(
    ['source/{commands,parameters,chart,plan,observation,export}/**/*.ts'],
    [...adapters, 'operations', 'client', 'cli', 'tui'],
    pureReason,
    io,
  ),
  direction(
    ['source/parameters/**/*.ts'],
    [...adapters, 'operations', 'client', 'cli', 'tui', 'chart', 'observation', 'plan'],
    'Parameters know nothing of the chart and of what is observed: those two know the parameters.',
    io,
  ),
  direction(
    ['source/chart/**/*.ts'],
    [...adapters, 'operations', 'client', 'cli', 'tui', 'observation', 'plan'],
    'The chart knows the parameters, and nothing of what is observed.',
    io,
  ),
  direction(
    ['source/operations/**/*.ts'],
    [...adapters, 'client', 'cli', 'tui'],
    'Operations see the outside only through operations/ports/.',
    ['execa', '@kubernetes/*', 'pg', 'commander'],
  ),
  direction(
    ['source/tui/**/*.{ts,tsx}'],
    [...adapters, 'operations', 'cli'],
    'A screen draws what the client and observation give it; it asks nobody else.',
    ['execa', '@kubernetes/*', 'pg'],
  ),
  direction(
    ['source/client/**/*.ts'],
    ['cli', 'tui'],
    'The client serves the command line and the screens, and knows nothing of them.',
    ['commander'],
  ),
  direction(
    ['source/{main,start}.ts', 'source/cli/**/*.ts'],
    [...adapters, 'operations', 'tui'],
    'A command asks the client and formats the answer; it asks nobody else, and no screen.',
    ['@kubernetes/*', 'execa', 'pg'],
  ),
  // One opens the screens, the other says what is left to say when they are closed.
  direction(
    ['source/cli/wizard.ts', 'source/cli/output/text/exit-summary-lines.ts'],
    [...adapters, 'operations'],
    'A command asks the client and formats the answer; it asks nobody else.',
  ),
  {
    files: ['source/cli/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        namedExportsOnly,
        ...chartFacts,
        {
          selector:
            'MemberExpression[property.name=/^(ports|api)$/], ObjectPattern > Property[key.name=/^(ports|api)$/]',
          message: 'A session is handed on to the client; a question that is missing is added there.',
        },
      ],
    },
  },
  direction(['sandbox/source/**/*.ts'], ['source'], 'The sandbox is a cluster: it knows nothing of who uses it.', [
    '@kubernetes/*',
    'commander',
    'ink',
    'react',
  ]),
  direction(
    ['source/{helm,cluster,postgres}/**/*.ts'],
    ['operations/steps', 'client', 'cli', 'tui'],
    'An adapter implements operations/ports and knows nothing else of the operations.',
    ['**/operations/*', '!**/operations/ports'],
  ),
);
