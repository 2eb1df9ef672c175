import {
  type ContainerRuntimeClient,
  type GenericContainer,
  getContainerRuntimeClient,
  ImageName,
  type StartedTestContainer,
} from 'testcontainers';
import { identify, isRunning, type ProcessIdentity } from '../processes/process-identity.ts';
import type { Controls, Say } from './controls.ts';

/** A killed container stays, so that it can be brought back; only a stop removes it. */
const REMOVE = { remove: true, removeVolumes: true };
const PULL_TIMEOUT_MS = 5 * 60_000;
const OWNER_LABEL = 'heliograph.test-owner';

type EngineContainer = ReturnType<ContainerRuntimeClient['container']['getById']>;

/** How one kind of broker runs as a container. */
export interface ContainerLaunch {
  /** A container that publishes the same host port each time. */
  create(): GenericContainer;
  /** Waits until the broker serves. */
  ready(): Promise<void>;
}

/** The controls of a broker that runs as a container. */
export class ContainerBroker implements Controls {
  readonly process = undefined;
  readonly #how: ContainerLaunch;
  #container: StartedTestContainer;

  private constructor(how: ContainerLaunch, container: StartedTestContainer) {
    this.#how = how;
    this.#container = container;
  }

  static async start(how: ContainerLaunch): Promise<ContainerBroker> {
    return new ContainerBroker(how, await run(how));
  }

  async stop(): Promise<void> {
    await this.#container.stop(REMOVE);
  }

  async kill(): Promise<void> {
    const container = await this.#engineView();
    if ((await container.inspect()).State.Running) await container.kill({ signal: 'SIGKILL' });
  }

  async restart({ empty = false }: { empty?: boolean } = {}): Promise<void> {
    await this.kill();
    if (empty) {
      await this.#container.stop(REMOVE);
      this.#container = await run(this.#how);
      return;
    }
    await (await this.#engineView()).start();
    await this.#how.ready();
  }

  async pause(): Promise<void> {
    await (await this.#engineView()).pause();
  }

  async resume(): Promise<void> {
    await (await this.#engineView()).unpause();
  }

  async #engineView(): Promise<EngineContainer> {
    return (await getContainerRuntimeClient()).container.getById(this.#container.getId());
  }
}

async function run(how: ContainerLaunch): Promise<StartedTestContainer> {
  const owner = JSON.stringify(identify(process.pid));
  const container = await how
    .create()
    .withLabels({ [OWNER_LABEL]: owner })
    .withAutoRemove(false)
    .start();
  try {
    await how.ready();
    return container;
  } catch (error) {
    await container.stop(REMOVE);
    throw error;
  }
}

/** @throws Error when no engine answers, or the image is neither here nor to be had within five minutes */
export async function needImage(image: string, say: Say): Promise<void> {
  const { image: images } = await getContainerRuntimeClient();
  const name = ImageName.fromString(image);
  if (await images.exists(name)) return;
  say(`pulling ${image}`);
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`pulling ${image} took too long`)), PULL_TIMEOUT_MS);
  });
  try {
    await Promise.race([images.pull(name), tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

/** Removes containers whose test run was killed before it could stop them. Returns how many. */
export async function removeLeftoverContainers(): Promise<number> {
  const { container } = await getContainerRuntimeClient();
  const found = await container.dockerode.listContainers({ all: true, filters: { label: [OWNER_LABEL] } });
  const left = found.filter(({ Labels }) => {
    const owner = parseOwner(Labels[OWNER_LABEL]);
    return owner !== undefined && !isRunning(owner);
  });
  await Promise.all(left.map(({ Id }) => container.getById(Id).remove({ force: true, v: true })));
  return left.length;
}

function parseOwner(label: string | undefined): ProcessIdentity | undefined {
  try {
    return JSON.parse(label ?? '') as ProcessIdentity;
  } catch {
    return undefined;
  }
}
