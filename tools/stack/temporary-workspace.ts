import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { devFolder, SERVICE_NAMES, workspaceRoot } from '@heliograph/testing';

/** Answers that it is ready, and that everything is registered, and does nothing else; ends on SIGTERM like any program. */
const STAND_IN = `
import { createServer } from 'node:http';
const registered = { subscriptions: Array(9).fill({ name: 'all' }), webhooks: [] };
createServer((_, answer) => answer.end(JSON.stringify(registered))).listen(Number(process.env.PORT), process.env.HOST);
console.log('stand-in is up');
`;

/**
 * A copy of this workspace in which every service is a stand-in, so that starting and stopping can be looked at alone and
 * beside a running stack. Installed packages and downloaded brokers are shared with the original.
 */
export class TemporaryWorkspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'heliograph-workspace-'));

  constructor() {
    const root = workspaceRoot();
    const into = (...path: string[]): string => join(this.folder, ...path);
    cpSync(join(root, 'tools'), into('tools'), { recursive: true });
    for (const file of ['nx.json', 'package.json', 'docker-compose.yml']) cpSync(join(root, file), into(file));
    this.#linkPackages(root);
    mkdirSync(into('.dev'));
    mkdirSync(devFolder('cache'), { recursive: true });
    symlinkSync(devFolder('cache'), into('.dev', 'cache'));
    for (const name of SERVICE_NAMES) {
      mkdirSync(into('apps', name, 'dist'), { recursive: true });
      writeFileSync(into('apps', name, 'package.json'), '{"type":"module"}');
      writeFileSync(into('apps', name, 'dist', 'main.js'), STAND_IN);
    }
  }

  /** Libraries are copied, because they find the workspace by where they are. */
  #linkPackages(root: string): void {
    const into = (...path: string[]): string => join(this.folder, 'node_modules', ...path);
    mkdirSync(into('@heliograph'), { recursive: true });
    for (const name of readdirSync(join(root, 'node_modules'))) {
      if (name !== '@heliograph') symlinkSync(join(root, 'node_modules', name), into(name));
    }
    for (const name of ['contracts', 'testing']) {
      const lib = join(this.folder, 'libs', name);
      cpSync(join(root, 'libs', name, 'package.json'), join(lib, 'package.json'));
      cpSync(join(root, 'libs', name, 'dist'), join(lib, 'dist'), { recursive: true });
      symlinkSync(lib, into('@heliograph', name));
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
