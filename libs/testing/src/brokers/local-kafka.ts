import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { devFolder } from '../config.ts';
import { freePort } from '../processes/free-port.ts';
import { ManagedProcess } from '../processes/managed-process.ts';
import { runCommand } from '../processes/run-command.ts';
import type { PlaceOptions, RunningKafka, RunningKafkaCluster } from './controls.ts';
import { waitForKafka } from './kafka-ready.ts';
import { LocalBroker, serving } from './local-broker.ts';
import { copyWithDependencies } from './maven.ts';

/** 4.4.0's dependency tree does not resolve; kafkajs 2.2.4 was tried against this one. */
export const KAFKA_VERSION = '4.3.1';
/** Kafka writes through slf4j and carries Log4j without the bridge between them; without it a failed start says nothing. */
const LOG4J_VERSION = '2.25.4';
const OLDEST_JAVA = 17;
const START_TIMEOUT_MS = 60_000;

export interface LocalKafkaOptions extends PlaceOptions {
  /** Taken when free. */
  port?: number;
}

/** One Kafka node, broker and controller at once, as a Java process without root (design, section 8). */
export async function startLocalKafka(options: LocalKafkaOptions): Promise<RunningKafka> {
  const [node] = await startNodes([await placeOf(options, options.port)], options);
  return node!;
}

/** Three such nodes: every record on three of them, and acknowledged when two have it. */
export async function startLocalKafkaCluster(options: PlaceOptions): Promise<RunningKafkaCluster> {
  const places: NodePlace[] = [];
  for (const id of [1, 2, 3]) places.push(await placeOf({ ...options, folder: join(options.folder, `node-${id}`) }));
  const nodes = await startNodes(places, options);
  const brokers = nodes.flatMap((node) => node.brokers);
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
    if (options.temporary) rmSync(options.folder, { recursive: true, force: true });
  };
  return { brokers, nodes, stop };
}

/** Where a node keeps its data and listens. */
interface NodePlace extends PlaceOptions {
  readonly port: number;
  readonly controllerPort: number;
}

async function placeOf(options: PlaceOptions, preferred?: number): Promise<NodePlace> {
  return { ...options, port: await freePort(preferred), controllerPort: await freePort() };
}

/** Starts the nodes of one cluster at the same time: none is ready before most of them are. */
async function startNodes(places: readonly NodePlace[], { say }: PlaceOptions): Promise<RunningKafka[]> {
  await needJava();
  const jars = devFolder('cache', `kafka-${KAFKA_VERSION}`);
  await copyWithDependencies(
    [
      { groupId: 'org.apache.kafka', artifactId: 'kafka_2.13', version: KAFKA_VERSION },
      { groupId: 'org.apache.logging.log4j', artifactId: 'log4j-slf4j-impl', version: LOG4J_VERSION },
    ],
    jars,
    say,
  );
  const cluster = clusterId();
  const started = await Promise.allSettled(places.map((_, index) => startNode(places, index, jars, cluster)));
  const nodes = started.filter((one) => one.status === 'fulfilled').map(({ value }) => value);
  const failed = started.find((one) => one.status === 'rejected');
  if (!failed) return nodes;
  await Promise.all(nodes.map((node) => node.stop()));
  throw failed.reason;
}

async function startNode(
  places: readonly NodePlace[],
  index: number,
  jars: string,
  cluster: string,
): Promise<RunningKafka> {
  const place = places[index]!;
  const data = join(place.folder, 'data');
  const properties = join(place.folder, 'server.properties');
  mkdirSync(place.folder, { recursive: true });
  writeFileSync(properties, serverProperties(places, index, data));
  const brokers = [`127.0.0.1:${place.port}`];
  const launch = async (): Promise<ManagedProcess> => {
    await format(jars, properties, data, cluster);
    const java = ['-Xmx768m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dlog4j2.level=WARN', '-cp', `${jars}/*`];
    const kafka = await ManagedProcess.start({
      name: 'kafka',
      command: 'java',
      args: [...java, 'kafka.Kafka', properties],
      logFile: join(place.folder, 'kafka.log'),
      pidFolder: place.pidFolder,
    });
    return serving(kafka, (giveUp) => waitForKafka(brokers, START_TIMEOUT_MS, giveUp));
  };
  const broker = await LocalBroker.start({ launch, dataFolder: data }, place);
  return Object.assign(broker, { way: 'local' as const, brokers });
}

async function needJava(): Promise<void> {
  const advice = `Kafka needs Java ${OLDEST_JAVA} or newer: install it and Maven, or start Docker`;
  let version: string;
  try {
    version = await runCommand('java', ['--version']);
  } catch {
    throw new Error(advice);
  }
  const major = Number(/^\S+ (\d+)/.exec(version)?.[1]);
  if (!(major >= OLDEST_JAVA)) throw new Error(`${advice} (found: ${version.split('\n')[0]})`);
}

/** Gives a new data folder its cluster id; a formatted one is left as it is. */
async function format(jars: string, properties: string, data: string, cluster: string): Promise<void> {
  if (existsSync(join(data, 'meta.properties'))) return;
  const args = ['-XX:TieredStopAtLevel=1', '-cp', `${jars}/*`, 'kafka.tools.StorageTool', 'format'];
  await runCommand('java', [...args, '-t', cluster, '-c', properties]);
}

/** Kafka's own form of a UUID: 16 bytes as base64url, not starting with a dash (it would read as an option). */
function clusterId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

function serverProperties(places: readonly NodePlace[], index: number, data: string): string {
  const { port, controllerPort } = places[index]!;
  const voters = places.map((place, other) => `${other + 1}@127.0.0.1:${place.controllerPort}`);
  const copies = String(places.length);
  // One may be missing.
  const inSync = String(Math.max(1, places.length - 1));
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': String(index + 1),
    'controller.quorum.voters': voters.join(','),
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': data,
    'default.replication.factor': copies,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': inSync,
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': '0',
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
