import type { CampaignProgress } from '@heliograph/contracts';
import { NEWS_TEMPLATES, upTo, waitFor } from '@heliograph/testing';
import { judgeCampaign } from '../../judge/campaign.ts';
import { percentile } from '../../judge/campaign-promises.ts';
import { sumOf, type Part } from '../../judge/evidence.ts';
import type { Trial } from '../../run/trial.ts';
import type { Scenario } from '../scenario.ts';
import { CampaignCourse, type Course } from './course.ts';

const courses = new WeakMap<Trial, Course>();
const WIDE = { requests: 2_000, perSeconds: 1 };
const WAIT = { timeoutMs: 120_000, intervalMs: 500 };

async function prepared(trial: Trial): Promise<void> {
  await applied(trial);
  await pairsAllow(trial);
}

/**
 * After a start WhatsApp's pair limit is taken for used up, and each pair gets one message every 6.1 s (docs/decisions/0009): waits would
 * tell of that. Once one contact has got three, every other pair may have three, too.
 */
async function pairsAllow({ system, numbers, witnesses }: Trial): Promise<void> {
  const to = numbers.next();
  for (const number of upTo(3)) {
    const template = { name: 'order_update', language: 'en_US', parameters: [`before/${number}`, 'soon'] };
    await system.api.send({ channel: 'whatsapp', sender: 'news', to, template });
  }
  const areOut = async () =>
    (await witnesses.arrivals()).filter(({ accepted, text }) => accepted && text?.startsWith('before/')).length === 3;
  await waitFor(areOut, { ...WAIT, description: 'pairs may have messages' });
}

async function applied({ system }: Trial): Promise<void> {
  await system.simulator.changeSettings({ review: { afterMs: 100 } });
  await system.registry.apply(NEWS_TEMPLATES);
  const areSendable = async () => (await system.registry.progress()).sendable >= NEWS_TEMPLATES.length;
  await waitFor(areSendable, { ...WAIT, description: 'the templates may be sent' });
}

async function judged(trial: Trial): Promise<Part> {
  const course = courses.get(trial);
  if (!course) return {};
  const { file, upload, arrivals, flow, ...done } = course;
  await arrivals.count();
  const { entries } = await trial.evidence();
  const waits = flow.waits(arrivals.all);
  const { sent, failedBy, suppressed, unresolved, replies, optOuts } = await progressOf(trial, course);
  trial.say(`by the API: ${JSON.stringify({ sent, failedBy, suppressed, unresolved, replies, optOuts })}`);
  trial.say(
    `transactional waits: ${quantiles(waits.undisturbed)}; with those of kills and 429: ${quantiles(waits.all)}`,
  );
  const { findings, ...counts } = sumOf(
    judgeCampaign({
      ...done,
      rows: file.recipients.map(({ order }) => order),
      upload: { wanted: file.wanted, wrongLines: file.of('wrong').map(({ line }) => line), answer: upload },
      entries,
      arrivals: arrivals.all,
      overLimit: await overLimit(trial),
      waits: waits.undisturbed,
      progress: await progressOf(trial, course),
    }),
  );
  return { ...counts, findings };
}

const progressOf = async ({ system }: Trial, { campaignId }: Course): Promise<CampaignProgress> =>
  (await system.campaigns.of(campaignId)).progress;

/** What exceeds a limit in any of the provider's sliding windows. */
async function overLimit(trial: Trial): Promise<string[]> {
  const { buckets, pairs } = await trial.system.simulator.buckets();
  const all = Object.entries(buckets).filter(([, { limit }]) => limit !== undefined);
  const over = all.filter(([, { maxInWindow = 0, limit }]) => maxInWindow > limit!.requests);
  const numbers = all.filter(([name]) => name.startsWith('number:whatsapp'));
  const most = Math.max(...numbers.map(([, { maxInWindow = 0 }]) => maxInWindow));
  trial.say(`${numbers.length} numbers, at most ${most} messages of one in a second`);
  const pair = pairs && pairs.mostOwed > pairs.borrow ? [`a pair owes ${pairs.mostOwed} of ${pairs.borrow}`] : [];
  return [...over.map(([name, { maxInWindow, limit }]) => `${name}: ${maxInWindow} of ${limit!.requests}`), ...pair];
}

const quantiles = (waits: readonly number[]): string =>
  `${waits.length}, p50 ${Math.round(percentile(waits, 0.5))} ms, p99 ${Math.round(percentile(waits, 0.99))} ms`;

export const CAMPAIGN: Scenario = {
  name: 'campaign',
  does: 'a campaign of 100,000 over 20 numbers: kills, a 429 storm, a pause, a rejected template, and STOP by 1 %',
  needs: {
    replicas: { 'outbound-dispatcher': 2 },
    limit: WIDE,
    limits: {
      ...{ client: WIDE, campaign: WIDE, agentless: WIDE },
      number: { requests: 20, perSeconds: 1 },
      pair: { perSeconds: 6, borrow: 45 },
    },
    newsNumbers: 20,
  },
  load: { conversations: 40, mostInFlight: 0, customerMessagesPerSecond: 5 },
  prepare: prepared,
  attack: async (trial) => void courses.set(trial, await new CampaignCourse(trial).run()),
  alsoJudge: judged,
};
