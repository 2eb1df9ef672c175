import { setTimeout as delay } from 'node:timers/promises';
import { RegistryClient } from './client.ts';
import { DEFAULT_FOLDER, readFolder } from './files.ts';
import type { Options } from './options.ts';
import { count, paint } from './paint.ts';
import { askPlan, printPlan, type PlanAnswer } from './plan.ts';
import { Refused } from './refused.ts';

interface Progress {
  readonly wanted: number;
  readonly submitted: number;
  readonly waiting: number;
  readonly inReview: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly waitsFor?: { readonly until: string; readonly reason: string };
  readonly doneBy?: string;
  readonly refused: readonly { name: string; version: number; language: string; reason: string }[];
}

const LOOK_MS = 500;

/** `apply`: true when everything is submitted, and nothing was refused. */
export async function apply(options: Options): Promise<boolean> {
  const client = RegistryClient.open(options);
  const files = readFolder(options.target ?? DEFAULT_FOLDER);
  const planned = await askPlan(client, files, options, false);
  if (!options.json) printPlan(planned, options);
  if (!planned.applicable) {
    if (options.json) printPlan(planned, options);
    return false;
  }
  const { account, revision } = planned;
  const request = { files, prune: options.prune, account, revision };
  const { status, body } = await client.call<PlanAnswer>('POST', '/apply', request);
  if (status !== 200) throw new Refused(`${body.message} (${status})`);
  const progress = await watch(client, account, options);
  const ok = progress.refused.length === 0;
  if (options.json) console.log(JSON.stringify({ plan: planned, progress }, null, 2));
  else printEnd(progress);
  return ok;
}

/** Shows how far it is until nothing waits; with `wait` until nothing is in review. */
async function watch(client: RegistryClient, account: string, { wait, json }: Options): Promise<Progress> {
  let shown = '';
  for (;;) {
    const path = `/progress?account=${encodeURIComponent(account)}`;
    const { body: progress } = await client.call<Progress>('GET', path);
    const line = progressLine(progress);
    // Lines that stay are printed when something has happened, not for every moment of waiting.
    const news = process.stdout.isTTY ? line : `${progress.submitted} ${JSON.stringify(progress.statuses)}`;
    if (!json && news !== shown) show(line);
    shown = news;
    if (progress.waiting === 0 && !(wait && progress.inReview > 0)) {
      if (!json && process.stdout.isTTY) process.stdout.write('\n');
      return progress;
    }
    await delay(LOOK_MS);
  }
}

/** One line that changes, where that can be shown. */
function show(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}`);
  else console.log(line);
}

function progressLine({ wanted, submitted, refused, waiting, statuses, waitsFor, doneBy }: Progress): string {
  const said = Object.entries(statuses).map(([status, number]) => `${number} ${status}`);
  const parts = [`${submitted} of ${wanted} submitted`, ...said];
  if (refused.length > 0) parts.push(`${refused.length} refused`);
  if (waiting > 0 && waitsFor) parts.push(`goes on at ${clock(waitsFor.until)} (${waitsFor.reason})`);
  if (waiting > 1 && doneBy !== undefined) parts.push(`all by ${clock(doneBy)}`);
  return parts.join(', ');
}

const clock = (moment: string): string => new Date(moment).toLocaleString('sv-SE');

function printEnd({ wanted, submitted, refused, statuses }: Progress): void {
  for (const { name, version, language, reason } of refused) {
    console.log(paint('red', `! ${name} version ${version} (${language}) was refused by the provider: ${reason}`));
  }
  const said = Object.entries(statuses).map(([status, number]) => `${number} ${status}`);
  const end = `Applied: ${submitted} of ${count(wanted, 'template language')} at the provider${said.length > 0 ? ` (${said.join(', ')})` : ''}`;
  const lacking = refused.length > 0 ? `, ${refused.length} refused: change their files and apply again.` : '.';
  console.log(paint(refused.length > 0 ? 'red' : 'green', end + lacking));
}
