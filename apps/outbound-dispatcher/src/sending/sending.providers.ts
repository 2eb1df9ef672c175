import type { Provider } from '@nestjs/common';
import { loadAccounts } from '@heliograph/accounts';
import { CampaignGate } from '@heliograph/campaigns';
import { ContentFilters } from '@heliograph/content-filters';
import { EventPublisher, Kafka } from '@heliograph/kafka';
import { LedgerStore, RedisClient } from '@heliograph/redis';
import { Log } from '@heliograph/runtime';
import { accountOf } from '../accounts/account-of.ts';
import { SendingAccounts } from '../accounts/sending-accounts.ts';
import { CampaignLeave } from '../campaigns/campaign-leave.ts';
import { CampaignWaits } from '../campaigns/campaign-waits.ts';
import type { DispatcherConfig } from '../config.ts';
import { ConsentGate } from '../consent/consent-gate.ts';
import { consentGate } from '../consent/consent.providers.ts';
import { ContactFinder } from '../contacts/contact-finder.ts';
import { QuietHours } from '../quiet-hours/quiet-hours.ts';
import { QuietHoursGate } from '../quiet-hours/quiet-hours-gate.ts';
import { DoubtStore } from '../rebuild/doubt.store.ts';
import { Places } from '../routes/places.ts';
import { RouteStore } from '../routes/route.store.ts';
import { RoutingChanges } from '../routing/routing-changes.ts';
import { RoutingCheck } from '../routing/routing-check.ts';
import { RoutingContext } from '../routing/routing-context.ts';
import { Diversions } from '../templates/diversions.ts';
import { TemplateChoices } from '../templates/template-choices.ts';
import { templateStates } from '../templates/templates.providers.ts';
import { TemplateLookUps } from '../templates/template-look-ups.ts';
import { TemplateResolver } from '../templates/template-resolver.ts';
import { TemplateTable } from '../templates/template-table.ts';
import { ConversationOpener } from './conversation-opener.ts';
import { Leave } from './leave.ts';
import { LedgeredCall } from './ledgered-call.ts';
import { MessageDelivery } from './message-delivery.ts';
import { MessageSender } from './message-sender.ts';
import { OutcomeFacts } from './outcome-facts.ts';
import { OutgoingContents } from './outgoing-contents.ts';
import { SendGates } from './send-gates.ts';
import { WindowPolicies } from './window-policy.ts';

/** Everything that sends messages. */
export function sendingProviders(config: DispatcherConfig): Provider[] {
  return [
    {
      provide: OutcomeFacts,
      inject: [EventPublisher],
      useFactory: (publisher: EventPublisher) => new OutcomeFacts(publisher),
    },
    {
      provide: LedgeredCall,
      inject: [LedgerStore, DoubtStore],
      useFactory: (ledger: LedgerStore, doubt: DoubtStore) =>
        new LedgeredCall(ledger, (delivery) => doubt.since(delivery)),
    },
    {
      provide: SendGates,
      inject: [TemplateTable, TemplateLookUps],
      useFactory: (templates: TemplateTable, lookUps: TemplateLookUps) =>
        new SendGates(templates, config, outgoing(config), lookUps),
    },
    ...templateStates,
    {
      provide: WindowPolicies,
      inject: [RedisClient, SendGates],
      useFactory: (redis: RedisClient, gates: SendGates) => new WindowPolicies(redis, gates),
    },
    ...consentGate(config),
    { provide: QuietHoursGate, useFactory: () => new QuietHoursGate(quietHours(config)) },
    {
      provide: Leave,
      inject: [ConsentGate, CampaignGate, QuietHoursGate],
      useFactory: (consent: ConsentGate, campaigns: CampaignGate, quiet: QuietHoursGate) =>
        new Leave([consent, new CampaignLeave(campaigns), quiet]),
    },
    {
      provide: CampaignGate,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) => new CampaignGate(redis),
    },
    {
      provide: CampaignWaits,
      inject: [CampaignGate],
      useFactory: (gate: CampaignGate) => new CampaignWaits(gate),
    },
    { provide: Places, inject: [RouteStore], useFactory: (routes: RouteStore) => new Places(routes) },
    { provide: ContactFinder, useFactory: () => new ContactFinder() },
    ...routing(config),
    {
      provide: ConversationOpener,
      inject: [RouteStore, LedgeredCall, OutcomeFacts, RoutingCheck],
      useFactory: (routes: RouteStore, calls: LedgeredCall, facts: OutcomeFacts, check: RoutingCheck) =>
        new ConversationOpener(routes, calls, facts, check),
    },
    {
      provide: MessageDelivery,
      inject: [RouteStore, Places, ConversationOpener, ContactFinder, LedgeredCall, SendGates, TemplateLookUps, Leave],
      useFactory: (
        routes: RouteStore,
        places: Places,
        opener: ConversationOpener,
        contacts: ContactFinder,
        calls: LedgeredCall,
        gates: SendGates,
        lookUps: TemplateLookUps,
        leave: Leave,
      ) => new MessageDelivery({ routes, places, opener, contacts, calls, gates, lookUps, leave }),
    },
    {
      provide: TemplateChoices,
      inject: [TemplateTable, SendingAccounts],
      useFactory: (table: TemplateTable, accounts: SendingAccounts) => {
        const diversions = new Diversions(accountOf(accounts));
        return new TemplateChoices(table, new TemplateResolver(() => table.catalogue, diversions));
      },
    },
    {
      provide: MessageSender,
      inject: [
        SendingAccounts,
        RouteStore,
        MessageDelivery,
        LedgeredCall,
        OutcomeFacts,
        SendGates,
        WindowPolicies,
        Leave,
        TemplateChoices,
        Log,
      ],
      useFactory: (
        accounts: SendingAccounts,
        routes: RouteStore,
        delivery: MessageDelivery,
        calls: LedgeredCall,
        facts: OutcomeFacts,
        gates: SendGates,
        windows: WindowPolicies,
        leave: Leave,
        templates: TemplateChoices,
        log: Log,
      ) => {
        const { holdMs } = config;
        const sending = { accounts, routes, delivery, calls, facts, gates, windows, leave, templates };
        return new MessageSender({ ...sending, log, holdMs });
      },
    },
  ];
}

const tenantsOf = ({ accountsFile }: DispatcherConfig): string[] =>
  loadAccounts(accountsFile, { secrets: [] }).all.map(({ tenant }) => tenant);

const outgoing = (config: DispatcherConfig): OutgoingContents =>
  new OutgoingContents(ContentFilters.read(config.contentFiltersFile, tenantsOf(config)));

const quietHours = (config: DispatcherConfig): QuietHours => QuietHours.read(config.quietHoursFile, tenantsOf(config));

function routing({ routingAgeMs: ageMs, routingEntries: entries }: DispatcherConfig): Provider[] {
  return [
    { provide: RoutingContext, useFactory: () => new RoutingContext({ entries, ageMs }) },
    {
      provide: RoutingCheck,
      inject: [RoutingContext],
      useFactory: (context: RoutingContext) => new RoutingCheck(context),
    },
    {
      provide: RoutingChanges,
      inject: [Kafka, RoutingContext],
      useFactory: (kafka: Kafka, context: RoutingContext) => RoutingChanges.follow(kafka, context),
    },
  ];
}
