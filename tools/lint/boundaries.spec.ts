import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const LIBS = [
  'contracts',
  'runtime',
  'kafka',
  'redis',
  'accounts',
  'providers',
  'conversations',
  'channels',
  'testing',
];

/** What must be refused: the rule, the file with the offence, and its import. */
const OFFENCES: [rule: string, file: string, imports: string][] = [
  ['contracts-use-nothing', 'libs/contracts/src/offence.ts', '@heliograph/runtime'],
  ['kafka-uses', 'libs/kafka/src/offence.ts', '@heliograph/redis'],
  ['runtime-uses', 'libs/runtime/src/offence.ts', '@heliograph/kafka'],
  ['redis-uses', 'libs/redis/src/offence.ts', '@heliograph/conversations'],
  ['accounts-uses', 'libs/accounts/src/offence.ts', '../../../apps/router/src/main.ts'],
  ['providers-uses', 'libs/providers/src/offence.ts', '@heliograph/kafka'],
  ['conversations-uses', 'libs/conversations/src/offence.ts', '@heliograph/kafka'],
  ['channels-uses', 'libs/channels/src/offence.ts', '@heliograph/runtime'],
  ['content-filters-uses', 'libs/content-filters/src/offence.ts', '@heliograph/kafka'],
  ['templates-uses', 'libs/templates/src/offence.ts', '@heliograph/runtime'],
  ['http-api-uses', 'libs/http-api/src/offence.ts', '@heliograph/redis'],
  ['consent-uses', 'libs/consent/src/offence.ts', '@heliograph/kafka'],
  ['campaigns-uses', 'libs/campaigns/src/offence.ts', '@heliograph/kafka'],
  ['app-uses-libraries', 'apps/router/src/offence.ts', '../../crm/src/main.ts'],
  ['testing-in-tests-only', 'apps/router/src/tested.ts', '@heliograph/testing'],
  ['testing-uses', 'libs/testing/src/offence.ts', '@heliograph/kafka'],
  ['kafkajs-behind-its-port', 'apps/crm/src/offence.ts', 'kafkajs'],
  ['platformatic-behind-its-port', 'libs/kafka/src/offence-client.ts', '@platformatic/kafka'],
  ['ioredis-behind-its-port', 'libs/conversations/src/client.ts', 'ioredis'],
  ['libraries-by-their-index', 'apps/router/src/deep.ts', '../../../libs/kafka/src/inner.ts'],
  ['resolvable', 'apps/router/src/missing.ts', '@heliograph/nowhere'],
  ['no-cycles', 'libs/redis/src/cycle-a.ts', './cycle-b.ts'],
];

/** What must be allowed, so that a rule that refuses everything is noticed. */
const ALLOWED: [file: string, imports: string][] = [
  ['apps/router/src/fine.ts', '@heliograph/kafka'],
  ['apps/router/src/fine.spec.ts', '@heliograph/testing'],
  ['apps/e2e/src/fine.ts', '@heliograph/testing'],
  ['tools/fine.ts', '@heliograph/testing'],
  ['libs/kafka/src/fine.ts', 'kafkajs'],
  ['libs/kafka/src/platformatic/fine.ts', '@platformatic/kafka'],
  ['libs/kafka/src/also-fine.ts', '@heliograph/runtime'],
  ['libs/redis/src/fine.ts', 'ioredis'],
  ['libs/testing/src/fine.ts', 'kafkajs'],
  ['libs/providers/src/fine.ts', '@heliograph/accounts'],
];

describe('the rules of who may import whom', () => {
  let folder: string;

  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };

  const offencesNow = (): string[] => {
    const depcruise = join(ROOT, 'node_modules', '.bin', 'depcruise');
    const args = [depcruise, 'apps', 'libs', 'tools', '--output-type', 'json'];
    const report = JSON.parse(
      execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 }),
    );
    const violations: { rule: { name: string }; from: string }[] = report.summary.violations;
    return violations.map(({ rule, from }) => `${rule.name} ${from}`);
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'boundaries-'));
    for (const file of ['.dependency-cruiser.mjs', 'tsconfig.json', 'tsconfig.base.json']) {
      cpSync(join(ROOT, file), join(folder, file));
    }
    write('package.json', '{"type":"module"}');
    mkdirSync(join(folder, 'node_modules', '@heliograph'), { recursive: true });
    for (const name of LIBS) {
      cpSync(join(ROOT, 'libs', name, 'package.json'), join(folder, 'libs', name, 'package.json'));
      write(`libs/${name}/src/index.ts`, 'export {};');
      symlinkSync(`../../libs/${name}`, join(folder, 'node_modules', '@heliograph', name));
    }
    mkdirSync(join(folder, 'node_modules', '@platformatic'));
    for (const name of ['kafkajs', '@platformatic/kafka', 'ioredis', 'typescript']) {
      symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
    }
    for (const file of ['apps/router/src/main.ts', 'apps/crm/src/main.ts', 'libs/kafka/src/inner.ts']) {
      write(file, 'export {};');
    }
    for (const [file, imports] of ALLOWED) write(file, `import '${imports}';`);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('everything the design allows is allowed', () => {
    expect(offencesNow()).toEqual([]);
  }, 30_000);

  describe('with one offence against each rule', () => {
    let found: string[];

    beforeAll(() => {
      for (const [, file, imports] of OFFENCES) write(file, `import '${imports}';`);
      write('libs/redis/src/cycle-b.ts', "import './cycle-a.ts';");
      found = offencesNow();
    }, 30_000);

    it.each(OFFENCES)('%s is broken by %s importing %s', (rule, file) => {
      expect(found).toContain(`${rule} ${file}`);
    });
  });
});
