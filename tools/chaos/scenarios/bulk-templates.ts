import {
  manyTemplates,
  upTo,
  waitFor,
  whatsappTemplate,
  type Arrival,
  type SimulatedTemplate,
} from '@heliograph/testing';
import type { Part } from '../judge/evidence.ts';
import { named } from '../judge/evidence.ts';
import type { Trial } from '../run/trial.ts';
import type { Scenario } from './scenario.ts';

const TEMPLATES = 500;
const LANGUAGES = 5;
const KILLS = 3;
const REVIEW = { afterMs: 1_000, rejectShare: 0.1 };
const WAIT = { timeoutMs: 20 * 60_000, intervalMs: 250 };
const DECIDED = new Set(['APPROVED', 'REJECTED']);
const parts = new WeakMap<Trial, Part>();

const secondsSince = (moment: number): string => `${((performance.now() - moment) / 1_000).toFixed(1)} s`;
const isOfTemplates = ({ path }: Arrival): boolean => /^\/api\/v2\/messaging\/(providers|templates)/.test(path);
const isWrite = (one: Arrival): boolean => one.method !== 'GET' && isOfTemplates(one);

/** What the provider has of them. */
async function listed({ system }: Trial): Promise<SimulatedTemplate[]> {
  return (await system.reviewers.list()).templates.filter(({ name }) => name.startsWith('bulk_'));
}

/** Planned, applied, submitted and reviewed while the registry is killed, and applied again. */
async function applyMany(trial: Trial): Promise<void> {
  const { registry } = trial.system;
  const files = manyTemplates('bulk', trial.short ? TEMPLATES / 4 : TEMPLATES);
  const count = files.length * LANGUAGES;
  const began = performance.now();
  const { counts } = await registry.plan(files);
  if (counts.create !== count) throw new Error(`the plan says ${JSON.stringify(counts)}`);
  trial.say(`${count} template languages planned in ${secondsSince(began)}`);
  const applied = performance.now();
  await registry.apply(files);
  trial.say(`applied in ${secondsSince(applied)}`);
  await Promise.all([reviewed(trial, count), killedMeanwhile(trial, count)]);
  trial.say(`submitted and reviewed ${secondsSince(applied)} after the apply`);
  await registryKnows(trial, count);
  parts.set(trial, await tallyOf(trial, count, await writesOfApplyingAgain(trial, files)));
}

/** Each kill when a further share of them has been created, so that it hits a submission that goes on again. */
async function killedMeanwhile(trial: Trial, count: number): Promise<void> {
  const registry = trial.system.replica('template-registry');
  const kills = trial.times(KILLS);
  for (let kill = 1; kill <= kills; kill++) {
    const share = (kill * count) / (2 * kills + 2);
    const isUnderWay = async () => (await listed(trial)).length >= share;
    await waitFor(isUnderWay, { ...WAIT, description: `${share} are created` });
    await trial.strike(`kill -9 of template-registry while it submits (${kill})`, () => registry.crashAndRestart());
  }
}

/** Each is a record in flight until the provider has decided about it. */
async function reviewed(trial: Trial, count: number): Promise<void> {
  const open = upTo(count).map((number) => `template ${number}`);
  for (const id of open) trial.inFlight.accept(id);
  const allDecided = async (): Promise<boolean> => {
    const decided = (await listed(trial)).filter(({ status }) => DECIDED.has(status)).length;
    for (const id of open.splice(0, decided - (count - open.length))) trial.inFlight.end(id);
    return open.length === 0;
  };
  await waitFor(allDecided, { ...WAIT, description: 'the provider has decided about each' });
}

async function registryKnows({ system }: Trial, count: number): Promise<void> {
  const knowsAll = async (): Promise<boolean> => {
    const { submitted, inReview } = await system.registry.progress();
    return submitted === count && inReview === 0;
  };
  await waitFor(knowsAll, { ...WAIT, description: 'the registry knows of every verdict' });
}

/** What applying the same files again writes at the provider, seen once something that was applied later is there. */
async function writesOfApplyingAgain(trial: Trial, files: ReturnType<typeof manyTemplates>): Promise<Arrival[]> {
  const { registry, reviewers } = trial.system;
  const before = (await trial.witnesses.arrivals()).at(-1)?.seq;
  const began = performance.now();
  const { counts } = await registry.apply(files);
  trial.say(`applied again in ${secondsSince(began)}: ${JSON.stringify(counts)}`);
  await registry.apply([...files, whatsappTemplate('afterwards')]);
  const isThere = async () => (await reviewers.list()).templates.some(({ name }) => name === 'afterwards');
  await waitFor(isThere, { ...WAIT, description: 'what was applied last is at the provider' });
  return (await trial.witnesses.arrivals(before)).filter(isWrite).slice(0, -1);
}

async function tallyOf(trial: Trial, count: number, again: readonly Arrival[]): Promise<Part> {
  const found = await listed(trial);
  const there = new Set(found.map(({ name, language }) => `${name} ${language}`)).size;
  const arrivals = (await trial.witnesses.arrivals()).filter(isOfTemplates);
  // All but the one that was applied last.
  const created = arrivals.filter((one) => isWrite(one) && one.accepted).length - 1;
  const rejected = found.filter(({ status }) => status === 'REJECTED').length;
  const refused = arrivals.filter((one) => isWrite(one) && !one.accepted).length;
  trial.say(
    `${created} created for ${there} wanted, ${rejected} rejected by review; ${again.length} writes by the second apply`,
  );
  trial.say(
    `${arrivals.length} calls about templates: ${created + 1} creations, ${refused} creations refused, the rest readings`,
  );
  const doubles = created - there + again.length;
  const findings = named(
    'written again',
    again.map(({ seq, path }) => `request ${seq} ${path}`),
  );
  return { in: count, done: there, lost: count - there, repeatedSilent: doubles, findings };
}

export const BULK_TEMPLATES: Scenario = {
  name: 'templates-bulk',
  does: '500 templates in 5 languages are applied, reviewed, and applied again; kill -9 of template-registry while it submits',
  needs: { limit: { requests: 2_000, perSeconds: 1 } },
  // They are its load.
  load: { conversations: 40, mostInFlight: 0 },
  prepare: ({ system }) => system.simulator.changeSettings({ review: REVIEW }),
  attack: applyMany,
  alsoJudge: (trial) => Promise.resolve(parts.get(trial) ?? {}),
};
