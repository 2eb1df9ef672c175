import type { EventPublisher } from '@heliograph/kafka';
import type { ProviderAccess } from '@heliograph/providers';
import type { LeaseStore, RedisClient } from '@heliograph/redis';
import type { Log } from '@heliograph/runtime';
import { EventApplier } from '../lifecycle/event-applier.ts';
import type { EventFeed } from '../lifecycle/event-feed.ts';
import { StateWriter } from '../lifecycle/state-writer.ts';
import { SubmissionStore } from '../submission/submission.store.ts';
import { Submitter, type SubmitterHost } from '../submission/submitter.ts';
import { AccountReader } from './account-reader.ts';
import { AccountSchedule, type ScheduleOptions } from './account-schedule.ts';
import type { TemplateTable } from './template-table.ts';

interface Parts {
  readonly table: TemplateTable;
  readonly feed: EventFeed;
  readonly publisher: EventPublisher;
  readonly redis: RedisClient;
  readonly leases: LeaseStore;
  readonly options: ScheduleOptions;
  readonly log: Log;
}

/** Everything that is done for one account, all of it through one writer of its states. */
export function scheduleOf(access: ProviderAccess, parts: Parts): AccountSchedule {
  const { table, feed, publisher, redis, leases, options, log } = parts;
  const { tenant, id: account, profile } = access.account;
  const owner = { tenant, account };
  const store = new SubmissionStore(redis, account);
  const writer = new StateWriter(profile, table, publisher, log);
  const readAgain = (): void => schedule.readSoon();
  const applier = new EventApplier(owner, feed.of(owner), table, writer, store, readAgain, log);
  const host: SubmitterHost = { readAgain, submitted: (tenure) => applier.again(tenure, false) };
  const submitter = new Submitter(access, table, writer, store, host, log);
  const reader = new AccountReader(access, table, writer, log);
  const schedule: AccountSchedule = new AccountSchedule({ reader, applier, submitter }, leases, options, log);
  return schedule;
}
