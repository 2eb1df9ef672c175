import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { devFolder } from '../config.ts';
import { freePort } from '../processes/free-port.ts';
import { ManagedProcess } from '../processes/managed-process.ts';
import { runCommand } from '../processes/run-command.ts';
import type { PlaceOptions, RunningKafka } from './controls.ts';
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
  await needJava();
  const jars = devFolder('cache', `kafka-${KAFKA_VERSION}`);
  await copyWithDependencies(
    [
      { groupId: 'org.apache.kafka', artifactId: 'kafka_2.13', version: KAFKA_VERSION },
      { groupId: 'org.apache.logging.log4j', artifactId: 'log4j-slf4j-impl', version: LOG4J_VERSION },
    ],
    jars,
    options.say,
  );
  const port = await freePort(options.port);
  const controllerPort = await freePort();
  const data = join(options.folder, 'data');
  const properties = join(options.folder, 'server.properties');
  mkdirSync(options.folder, { recursive: true });
  writeFileSync(properties, serverProperties(port, controllerPort, data));
  const brokers = [`127.0.0.1:${port}`];
  const launch = async (): Promise<ManagedProcess> => {
    await format(jars, properties, data);
    const java = ['-Xmx768m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dlog4j2.level=WARN', '-cp', `${jars}/*`];
    const kafka = await ManagedProcess.start({
      name: 'kafka',
      command: 'java',
      args: [...java, 'kafka.Kafka', properties],
      logFile: join(options.folder, 'kafka.log'),
      pidFolder: options.pidFolder,
    });
    return serving(kafka, (giveUp) => waitForKafka(brokers, START_TIMEOUT_MS, giveUp));
  };
  const broker = await LocalBroker.start({ launch, dataFolder: data }, options);
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
async function format(jars: string, properties: string, data: string): Promise<void> {
  if (existsSync(join(data, 'meta.properties'))) return;
  const args = ['-XX:TieredStopAtLevel=1', '-cp', `${jars}/*`, 'kafka.tools.StorageTool', 'format'];
  await runCommand('java', [...args, '-t', clusterId(), '-c', properties]);
}

/** Kafka's own form of a UUID: 16 bytes as base64url, not starting with a dash (it would read as an option). */
function clusterId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

function serverProperties(port: number, controllerPort: number, data: string): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': data,
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': '0',
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
