// Makes a fresh clone able to run a tool: installs the packages, brings Node 24, builds, then runs tools/<command>.ts.
// Plain JavaScript without dependencies, for whatever Node from 20 on the machine has.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 20;
const OLDEST_NPM = 9;
const TOOL_NODE = 24;
/** These work on the sources and import nothing that was built. */
const WITHOUT_BUILD = new Set(['build', 'lint', 'models', 'typecheck']);

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockMarker = join(root, 'node_modules', '.heliograph-lock');
const toolNode = join(root, 'node_modules', 'node', 'bin', 'node');

class Refused extends Error {}
const say = (line) => process.stderr.write(`${line}\n`);
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const major = (version) => Number.parseInt(version.replace(/^v/, ''), 10);

function commands() {
  const names = readdirSync(join(root, 'tools')).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
  return names.map((name) => name.slice(0, -3)).sort();
}

function checkMachine(command) {
  if (!(major(process.version) >= OLDEST_NODE)) {
    throw new Refused(`Node ${OLDEST_NODE} or newer is needed to start; this is ${process.version}.`);
  }
  if (!command || !commands().includes(command)) {
    throw new Refused(
      `${command ? `There is no tool "${command}"` : 'Name a tool'}; there are: ${commands().join(', ')}.`,
    );
  }
}

/** Runs npm with its output on stderr, so that a tool's own output stays clean. */
function npm(...args) {
  return spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] });
}

function install() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  if (existsSync(lockMarker) && readFileSync(lockMarker, 'utf8') === hash) return;
  if (!holds(JSON.parse(lock))) {
    const version = spawnSync('npm', ['--version'], { encoding: 'utf8' });
    if (version.error) throw new Refused(`npm ${OLDEST_NPM} or newer is needed and was not found on PATH.`);
    if (!(major(version.stdout) >= OLDEST_NPM)) {
      throw new Refused(`npm ${OLDEST_NPM} or newer is needed; this is ${version.stdout.trim()}.`);
    }
    const start = performance.now();
    say('Installing packages (npm ci) …');
    if (npm('ci', '--no-audit', '--no-fund', '--loglevel=error').status !== 0) {
      throw new Refused('npm ci failed: the lines above say why.');
    }
    say(`Installed packages in ${seconds(start)}.`);
  }
  writeFileSync(lockMarker, hash);
}

/** True when what is installed is what the lock file asks for: somebody ran npm by hand. */
function holds(lock) {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed[path];
    return found ? found.version === wanted.version && found.integrity === wanted.integrity : Boolean(wanted.optional);
  });
}

/** The Node that tools and services run on: the package `node`, else this one when it is new enough. */
function findToolNode() {
  const works = () => spawnSync(toolNode, ['--version'], { encoding: 'utf8' }).stdout?.startsWith(`v${TOOL_NODE}.`);
  if (works()) return toolNode;
  if (major(process.version) === TOOL_NODE) return process.execPath;
  say(`Fetching Node ${TOOL_NODE} …`);
  // What the package's install script does, for machines where install scripts are off.
  spawnSync(process.execPath, ['installArchSpecificPackage'], {
    cwd: dirname(dirname(toolNode)),
    stdio: ['ignore', 2, 2],
  });
  if (works()) return toolNode;
  throw new Refused(
    `Node ${TOOL_NODE} could not be fetched through npm: install Node ${TOOL_NODE} and run this again.`,
  );
}

function environment(node) {
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(
    process.platform === 'win32' ? ';' : ':',
  );
  // A daemon would outlive the tool.
  return { ...process.env, PATH: path, NX_DAEMON: 'false' };
}

function build(env) {
  const start = performance.now();
  const args = [join(root, 'node_modules', '.bin', 'nx'), 'run-many', '-t', 'build', '--outputStyle=static'];
  const result = spawnSync('node', args, { cwd: root, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (result.status !== 0) {
    say(`${result.stdout ?? ''}${result.stderr ?? ''}`);
    throw new Refused('The build failed: the lines above say where.');
  }
  say(`Built in ${seconds(start)}.`);
}

/** Runs the tool; it ends with this process, also when this one is killed (the channel closes), and takes its signals. */
function run(node, command, args, env) {
  const file = join(root, 'tools', `${command}.ts`);
  const child = spawn(
    node,
    ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning', file, ...args],
    {
      env,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (process.env.npm_command) {
    const parent = process.ppid;
    // npm was killed and could not pass a signal on. It is the parent because the scripts say `exec`.
    setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 1000).unref();
  }
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

const [command, ...args] = process.argv.slice(2);
try {
  checkMachine(command);
  install();
  const node = findToolNode();
  const env = environment(node);
  const helpOnly = args.includes('--help') || args.includes('-h');
  if (!WITHOUT_BUILD.has(command) && !(helpOnly && existsSync(join(root, 'libs/testing/dist')))) build(env);
  run(node, command, args, env);
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  say(error.message);
  process.exit(1);
}
