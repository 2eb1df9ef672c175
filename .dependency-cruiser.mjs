// Who may import whom (design, section 7). Every rule is shown to work by tools/lint/boundaries.spec.ts.

/** Libraries that run the platform or know a domain; contracts are below them, testing is beside them. */
const PLATFORM = [
  'runtime',
  'kafka',
  'redis',
  'accounts',
  'providers',
  'conversations',
  'channels',
  'content-filters',
  'templates',
  'http-api',
  'consent',
  'campaigns',
];

/** Which platform library may use which. Together with contracts, which all may use, this has no cycle. */
const USES = {
  runtime: [],
  redis: ['runtime'],
  kafka: ['runtime'],
  accounts: [],
  providers: ['accounts', 'runtime'],
  conversations: ['redis'],
  channels: [],
  'content-filters': ['runtime'],
  templates: [],
  'http-api': ['runtime'],
  consent: ['redis'],
  campaigns: ['redis'],
};

/** Specs and what only they use. */
const SPECS = '\\.spec\\.ts$|^(?:apps|libs)/[^/]+/(?:test|src/spec-support)/';
/** Resolved through the workspace link, so a library is met as its source or, in built form, as its dist. */
const lib = (...names) => `^libs/(?:${names.join('|')})/`;

const platformRules = PLATFORM.map((name) => ({
  name: `${name}-uses`,
  comment: `libs/${name} may use ${['contracts', ...USES[name]].join(', ')}`,
  severity: 'error',
  from: { path: lib(name), pathNot: SPECS },
  to: { path: '^(?:libs|apps|tools)/', pathNot: lib(name, 'contracts', ...USES[name]) },
}));

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle cannot be understood, tested or built one piece at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'contracts-use-nothing',
      comment: 'Contracts are read by everybody, other teams included: nothing of ours below them.',
      severity: 'error',
      from: { path: lib('contracts'), pathNot: SPECS },
      to: { path: '^(?:libs|apps|tools)/', pathNot: lib('contracts') },
    },
    ...platformRules,
    {
      name: 'app-uses-libraries',
      comment: 'An app is deployed alone: what two apps need is a library, or goes over a topic.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^(?:apps|tools)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'testing-in-tests-only',
      comment: 'libs/testing is for specs, end-to-end tests and tools.',
      severity: 'error',
      from: { pathNot: [SPECS, '^apps/e2e/', '^tools/', lib('testing')] },
      to: { path: lib('testing') },
    },
    {
      name: 'testing-uses',
      comment: 'libs/testing gives independent evidence about the platform libraries.',
      severity: 'error',
      from: { path: lib('testing'), pathNot: SPECS },
      to: { path: '^(?:libs|apps|tools)/', pathNot: lib('testing', 'contracts') },
    },
    {
      name: 'kafkajs-behind-its-port',
      comment:
        'Only libs/kafka knows the Kafka client; libs/testing reads topics without the code under test, and benchmarks measure the bare client.',
      severity: 'error',
      from: { pathNot: [lib('kafka', 'testing'), '^tools/bench/'] },
      to: { path: 'node_modules/kafkajs/' },
    },
    {
      name: 'platformatic-behind-its-port',
      comment: 'Only its adapter knows the other Kafka client, so that it is loaded where it was chosen alone.',
      severity: 'error',
      from: { pathNot: '^libs/kafka/src/platformatic/' },
      to: { path: 'node_modules/@platformatic/kafka/' },
    },
    {
      name: 'ioredis-behind-its-port',
      comment: 'Only libs/redis knows the Redis client.',
      severity: 'error',
      from: { pathNot: lib('redis') },
      to: { path: 'node_modules/ioredis/' },
    },
    {
      name: 'libraries-by-their-index',
      comment: 'A library is used through its src/index.ts.',
      severity: 'error',
      from: { path: '^(?:apps|libs|tools)/([^/]+)/' },
      to: { path: '^libs/[^/]+/', pathNot: ['^libs/[^/]+/(?:src/index\\.ts|dist/index\\.js)$', '^libs/$1/'] },
    },
    {
      name: 'resolvable',
      comment: 'An import that is found nowhere escapes every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Ours; a library's own dist is what an import of it resolves to.
    exclude: { path: '^(?:apps|libs)/[^/]+/dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
