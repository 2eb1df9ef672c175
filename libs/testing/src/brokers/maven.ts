import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, succeeds } from '../processes/run-command.ts';
import type { Say } from './controls.ts';

/** One artifact of Maven's repository. */
export interface Artifact {
  groupId: string;
  artifactId: string;
  version: string;
}

const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;
const DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

/** @throws Error with one sentence naming what to install */
export async function needMaven(what: string): Promise<void> {
  if (await succeeds('mvn', ['-v'], 30_000)) return;
  throw new Error(`${what} needs Maven (mvn) to be fetched: install Java 17+ and Maven, or start Docker`);
}

/** Fetches artifacts with all they need at run time into a folder, once. */
export async function copyWithDependencies(artifacts: readonly Artifact[], folder: string, say: Say): Promise<void> {
  await fetchOnce(folder, artifacts, say, 'copy-dependencies', ['-DincludeScope=runtime']);
}

/** Unpacks one artifact into a folder, once. */
export async function unpack(artifact: Artifact, folder: string, say: Say): Promise<void> {
  const { groupId, artifactId, version } = artifact;
  await fetchOnce(folder, [artifact], say, 'unpack', [`-Dartifact=${groupId}:${artifactId}:${version}`]);
}

/** Fills a folder beside its place and moves it there whole, so that a cut-off download is never taken for a finished one. */
async function fetchOnce(
  folder: string,
  artifacts: readonly Artifact[],
  say: Say,
  goal: string,
  options: readonly string[],
): Promise<void> {
  if (existsSync(folder)) return;
  const what = `${artifacts[0]?.artifactId} ${artifacts[0]?.version}`;
  await needMaven(what);
  say(`fetching ${what} with Maven`);
  const part = `${folder}.${process.pid}.part`;
  mkdirSync(part, { recursive: true });
  try {
    const pomFile = join(part, 'pom.xml');
    writeFileSync(pomFile, pom(artifacts));
    const place = ['-f', pomFile, `-DoutputDirectory=${part}`];
    const args = ['-q', '-B', ...place, `${DEPENDENCY_PLUGIN}:${goal}`, ...options];
    await runCommand('mvn', args, { timeoutMs: DOWNLOAD_TIMEOUT_MS });
    renameSync(part, folder);
  } catch (error) {
    // Another process that fetched the same has won the race.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

function pom(artifacts: readonly Artifact[]): string {
  const dependencies = artifacts
    .map(
      (a) =>
        `<dependency><groupId>${a.groupId}</groupId><artifactId>${a.artifactId}</artifactId><version>${a.version}</version></dependency>`,
    )
    .join('\n');
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>heliograph</groupId><artifactId>development-brokers</artifactId><version>1</version>
<dependencies>
${dependencies}
</dependencies></project>
`;
}
