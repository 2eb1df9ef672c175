import { setTimeout as delay } from 'node:timers/promises';
import { SENDS, waitFor, type CampaignView, type ToldEvent, type UploadAnswer } from '@heliograph/testing';
import type { Promised } from '../../judge/campaign-evidence.ts';
import type { RecipientIn } from '../../judge/campaign-evidence.ts';
import type { Trial } from '../../run/trial.ts';
import { rejected } from '../rejection.ts';
import { CampaignArrivals } from './arrivals.ts';
import { optedOut, Stoppers } from './opt-outs.ts';
import { RecipientFile } from './recipient-file.ts';
import { recipientsOnTopic } from './topic-recipients.ts';
import { TransactionalFlow } from './transactional-flow.ts';

const ROWS = { long: 100_000, short: 1_500 };
/** 25 a second: as many as a short run needs to be hit by everything while 500 are left. */
const SHORT_PER_MINUTE = 1_500;
const TEMPLATE = 'spring_news';
const PAUSED_MS = 4_000;
const STORM_MS = 6_000;
/** A stopped account goes on when the moment has come that its last 429 named. */
const AFTER_STORM_MS = 2_000;
/** The partitions of a killed member are given to another one when its session has timed out, and that one looks first what was sent. */
const AFTER_KILL_MS = 10_000;
const SENT_WITHIN_MS = 60 * 60_000;
const WAIT = { timeoutMs: SENT_WITHIN_MS, intervalMs: 500 };

/** What was done, and what is left to be judged. */
export interface Course extends Pick<Promised, 'stops' | 'pauses' | 'rejections'> {
  readonly file: RecipientFile;
  readonly upload: UploadAnswer;
  readonly recipients: readonly RecipientIn[];
  readonly arrivals: CampaignArrivals;
  readonly flow: TransactionalFlow;
  readonly campaignId: string;
}

/** A campaign from its file to its end, with everything that can happen to it on the way. */
export class CampaignCourse {
  readonly #trial: Trial;
  readonly #arrivals: CampaignArrivals;
  readonly #flow: TransactionalFlow;
  readonly #file: RecipientFile;
  readonly #pauses: { acknowledgedAt: number; resumedAt: number }[] = [];
  readonly #rejections: ToldEvent[] = [];
  #campaignId = '';

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#arrivals = new CampaignArrivals(trial);
    this.#flow = new TransactionalFlow(trial);
    this.#file = new RecipientFile(trial.short ? ROWS.short : ROWS.long, trial.numbers, trial.random);
  }

  async run(): Promise<Course> {
    const upload = await this.#drafted();
    const recipients = await recipientsOnTopic(this.#trial.system, this.#campaignId);
    for (const { messageId } of recipients) this.#trial.inFlight.accept(messageId);
    const stoppers = new Stoppers(this.#trial, this.#arrivals, this.#file.of('stops'));
    this.#flow.start();
    const began = performance.now();
    await this.#trial.system.campaigns.order(this.#campaignId, 'start');
    stoppers.start(recipients.length);
    await this.#attacked(recipients.length);
    await this.#until('finished');
    this.#trial.say(`${recipients.length} recipients ended in ${Math.round((performance.now() - began) / 1_000)} s`);
    await this.#flow.stop();
    const stops = await stoppers.stops();
    const [file, arrivals, flow, campaignId] = [this.#file, this.#arrivals, this.#flow, this.#campaignId];
    const [pauses, rejections] = [this.#pauses, this.#rejections];
    return { file, upload, recipients, arrivals, flow, campaignId, stops, pauses, rejections };
  }

  async #drafted(): Promise<UploadAnswer> {
    const { system, short } = this.#trial;
    const { campaignId } = await system.campaigns.create({
      name: 'Spring news',
      channel: 'whatsapp',
      sender: 'news',
      template: { name: TEMPLATE, language: 'en_US' },
      variables: { order: { column: 'order' }, customer: { column: 'customer' } },
      columns: { address: 'phone', externalId: 'crm id' },
      ...(short && { perMinute: SHORT_PER_MINUTE }),
    });
    this.#campaignId = campaignId;
    await optedOut(system, this.#file.of('before'));
    const began = performance.now();
    const upload = await system.campaigns.upload(campaignId, this.#file.csv);
    this.#trial.say(`${upload.rows} rows read in ${Math.round(performance.now() - began)} ms: ${countsOf(upload)}`);
    await optedOut(system, this.#file.of('between'));
    return upload;
  }

  /** Each when a further share has gone out, the last while there is enough left to be hit. */
  async #attacked(recipients: number): Promise<void> {
    const at = (share: number): Promise<void> => this.#arrivals.reach(share * recipients, SENT_WITHIN_MS);
    await at(0.05);
    await this.#killed(0);
    await at(0.15);
    await this.#throttled();
    await at(0.25);
    await this.#trial.strike('the campaign is paused', () => this.#paused());
    await at(0.4);
    const rejection = await this.#trial.strike(`${TEMPLATE} is rejected`, () => rejected(this.#trial, TEMPLATE));
    this.#rejections.push(rejection);
    await at(0.5);
    await this.#killed(1);
  }

  async #killed(index: number): Promise<void> {
    const dispatcher = this.#trial.system.replica('outbound-dispatcher', index);
    const kill = () => this.#flow.disturb(() => dispatcher.crashAndRestart(), AFTER_KILL_MS);
    await this.#trial.strike(`kill -9 of ${dispatcher.name}`, kill);
  }

  async #throttled(): Promise<void> {
    const { simulator } = this.#trial.system;
    const storm = async (): Promise<void> => {
      await simulator.setFault({ kind: 'throttle', probability: 0.5, retryAfterS: 1, match: { path: SENDS } });
      await delay(STORM_MS);
      await simulator.clearFaults();
    };
    const what = 'every second send is answered 429';
    await this.#trial.strike(what, () => this.#flow.disturb(storm, AFTER_STORM_MS));
  }

  async #paused(): Promise<void> {
    const { campaigns } = this.#trial.system;
    await campaigns.order(this.#campaignId, 'pause');
    await this.#until('paused');
    const acknowledgedAt = Date.now();
    await delay(PAUSED_MS);
    const resumedAt = Date.now();
    this.#pauses.push({ acknowledgedAt, resumedAt });
    await campaigns.order(this.#campaignId, 'resume');
    await this.#until('running');
  }

  #until(state: CampaignView['state']): Promise<true> {
    const description = `the campaign is ${state}`;
    const is = async (): Promise<boolean> => (await this.#trial.system.campaigns.of(this.#campaignId)).state === state;
    return waitFor(is, { ...WAIT, description });
  }
}

const countsOf = ({ accepted, invalid, repeated, suppressed }: UploadAnswer): string =>
  JSON.stringify({ accepted, invalid, repeated, suppressed });
