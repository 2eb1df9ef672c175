import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const SETTINGS_BELONG_IN_CONFIG = 'Read settings in config.ts alone, where they are validated once at start.';

/** Specs and what only they use. */
const TESTS = ['**/*.spec.ts', '*/*/test/**/*.ts', '**/spec-support/**/*.ts'];

export default defineConfig(
  { ignores: ['**/dist/', '**/node_modules/', '.dev/', '.nx/', 'docs/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // A class without methods of its own is what Nest modules and contracts are.
      '@typescript-eslint/no-extraneous-class': 'off',
      // An async function without await is how an interface of promises is kept, errors included.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: SETTINGS_BELONG_IN_CONFIG }],
    },
  },
  {
    files: ['**/config.ts', ...TESTS, 'libs/testing/**/*.ts', 'apps/e2e/**/*.ts', 'tools/**/*.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['tools/**/*.ts'],
    rules: {
      'no-console': 'off',
      // Node runs the tools by stripping their types, so every construct must vanish with them.
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Node cannot strip an enum: use a const object.' },
        { selector: 'TSParameterProperty', message: 'Node cannot strip a parameter property: declare a field.' },
        { selector: 'Decorator', message: 'Node cannot strip a decorator.' },
      ],
    },
  },
  {
    files: TESTS,
    rules: {
      // A test may take a value apart that it knows.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
