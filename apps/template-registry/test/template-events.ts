import { randomUUID } from 'node:crypto';
import { encodeEvent, EVENTS, templateKey, type TemplateChanged } from '@heliograph/contracts';
import { testKafkaBrokers, writeRecords } from '@heliograph/testing';
import { ACCOUNT } from './registry.ts';

/** Puts what a provider told on the topic, as dedup-router does. Resolves when it is there. */
export async function tell(
  namespace: string,
  ...events: (Pick<TemplateChanged, 'name'> & Partial<TemplateChanged>)[]
): Promise<void> {
  const contract = EVENTS.templateChanged;
  const records = events.map((given) => {
    const owner = { tenant: 'acme', account: ACCOUNT, language: 'en_US' };
    const data: TemplateChanged = { ...owner, at: new Date().toISOString(), ...given };
    const { key, value, headers } = encodeEvent({
      id: randomUUID(),
      type: contract.type,
      source: '/heliograph/dedup-router',
      time: data.at,
      partitionKey: templateKey(data),
      extensions: { tenant: data.tenant },
      data,
    });
    return { partition: 0, key, value, headers };
  });
  await writeRecords(testKafkaBrokers(), namespace + contract.topic.name, records);
}
