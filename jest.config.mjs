import { readFileSync } from 'node:fs';

// Jest resolves the .ts files themselves, so unlike the build it must leave the import extensions alone.
const swc = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));
delete swc.$schema;
swc.jsc.rewriteRelativeImportExtensions = false;

/** One Jest run for the whole workspace; brokers come from `tools/test.ts` through the environment. */
export default {
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tools'],
  testEnvironment: 'node',
  // Conditions decide; this only ends a test whose condition never comes.
  testTimeout: 60_000,
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  moduleNameMapper: { '^@heliograph/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts' },
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false }] },
};
