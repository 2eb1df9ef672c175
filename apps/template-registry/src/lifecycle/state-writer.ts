import {
  EVENTS,
  factId,
  templateKey,
  type TemplateAlert,
  type TemplateDefinition,
  type TemplateState,
} from '@heliograph/contracts';
import { newEvent, type EventPublisher, type OutgoingEvent } from '@heliograph/kafka';
import type { Lease } from '@heliograph/redis';
import type { Log } from '@heliograph/runtime';
import { SERVICE } from '../config.ts';
import { metrics } from '../metrics.ts';
import type { TemplateTable } from '../templates/template-table.ts';
import { alarmsOf, type Alarm } from './alerts.ts';

const PUBLISH_WITHIN_MS = 5_000;

/** Which template something is said about. */
export type Subject = Pick<TemplateState, 'tenant' | 'account' | 'name' | 'language'>;

/**
 * Publishes states of one account and what they are reported as, one write after the other: what is computed from the table is
 * published before the next is computed.
 */
export class StateWriter {
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly profile: string,
    private readonly table: TemplateTable,
    private readonly publisher: EventPublisher,
    private readonly log: Log,
  ) {}

  /**
   * Publishes what `compute` makes of the table, acknowledged, before the lease ends.
   *
   * @throws Unavailable, RecordTooLarge, the reason of the lease's end
   */
  write(lease: Lease, compute: () => readonly TemplateState[]): Promise<void> {
    const turn = this.#last.then(async () => {
      const states = compute();
      const alerts = states.flatMap((state) => this.#alertsOf(state));
      await this.#publish(lease, [
        ...states.map((state) => this.#stateEvent(state)),
        ...alerts.map((one) => this.#alertEvent(one)),
      ]);
      for (const state of states) this.#applied(state);
      for (const alert of alerts) this.#report(alert);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Reports something that no state shows.
   *
   * @throws as {@link write}
   */
  async alert(lease: Lease, subject: Subject, alarm: Alarm, at: string): Promise<void> {
    const alert = this.#alertOf(subject, alarm, at);
    await this.#publish(lease, [this.#alertEvent(alert)]);
    this.#report(alert);
  }

  /** After the lease no try begins: what a successor has published is never followed by what we knew before it. */
  async #publish(lease: Lease, events: readonly OutgoingEvent[]): Promise<void> {
    lease.signal.throwIfAborted();
    if (events.length === 0) return;
    const left = Math.min(PUBLISH_WITHIN_MS, lease.endsAt - performance.now());
    await this.publisher.publish(events, { deadline: Date.now() + left });
  }

  #applied(state: TemplateState): void {
    const { account, name, language, status } = state;
    this.table.publishedState(state);
    metrics.changes.inc({ account, status });
    this.log.info({ account, template: name, language, status }, 'template changed');
  }

  #report(alert: TemplateAlert): void {
    const { account, name: template, language, what, reason, fallback } = alert;
    metrics.alerts.inc({ account, what });
    this.log.warn({ account, template, language, what, reason, fallback }, 'a template needs attention');
  }

  /** Computed with the state in force, so that what takes over is named. */
  #alertsOf(state: TemplateState): TemplateAlert[] {
    const before = this.table.state(state);
    const alarms = alarmsOf(before, state, this.#definitionOf(state)?.category);
    if (alarms.length === 0) return [];
    const { catalogue } = this.table;
    catalogue.setState(state);
    const alerts = alarms.map((alarm) => this.#alertOf(state, alarm, state.history?.at(-1)?.at ?? state.checkedAt));
    if (before) catalogue.setState(before);
    else catalogue.removeState(templateKey(state));
    return alerts;
  }

  #alertOf(subject: Subject, { what, reason }: Alarm, at: string): TemplateAlert {
    const { tenant, account, name, language } = subject;
    const definition = this.#definitionOf(subject);
    const fallback = what === 'withdrawn' || what === 'refused' ? this.#takesOver(subject, definition) : undefined;
    return {
      tenant,
      account,
      name,
      language,
      what,
      reason,
      ...(definition && { definition: definition.name }),
      ...(fallback !== undefined && { fallback }),
      at,
    };
  }

  #definitionOf(subject: Subject): TemplateDefinition | undefined {
    return this.table.definitionNamed(subject, subject.name);
  }

  /** What a command that names this template is sent as from now on; an older version counts as well as a fallback. */
  #takesOver(subject: Subject, definition: TemplateDefinition | undefined): string | undefined {
    if (!definition) return undefined;
    const route = this.table.route(definition, subject.language);
    if (route.kind !== 'send') return undefined;
    const { fallback } = route;
    if (!fallback) return route.definition.providerName;
    return fallback.channel === undefined ? fallback.template : `${fallback.template} (${fallback.channel})`;
  }

  #stateEvent(state: TemplateState): OutgoingEvent {
    const event = newEvent(EVENTS.templateState, {
      id: factId(JSON.stringify(state)),
      data: state,
      time: state.checkedAt,
      ...this.#about(state),
    });
    return { contract: EVENTS.templateState, event };
  }

  #alertEvent(alert: TemplateAlert): OutgoingEvent {
    const id = factId(JSON.stringify([templateKey(alert), alert.what, alert.at, alert.reason]));
    const event = newEvent(EVENTS.templateAlert, { id, data: alert, ...this.#about(alert) });
    return { contract: EVENTS.templateAlert, event };
  }

  #about(subject: Subject) {
    return {
      key: templateKey(subject),
      tenant: subject.tenant,
      source: `/heliograph/${SERVICE}`,
      subject: `${subject.name} (${subject.language})`,
      extensions: { account: subject.account, profile: this.profile },
    };
  }
}
