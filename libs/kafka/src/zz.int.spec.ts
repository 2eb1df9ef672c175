import { it } from '@jest/globals';
import { EVENTS } from '@heliograph/contracts';
import { ensureTopics } from './cluster/ensure-topics.ts';
import { testKafka, webhookEvent, plainTopic } from './spec-support/test-kafka.ts';
import { EventPublisher } from './publisher/event-publisher.ts';
import { readPartition } from './readers/read-partition.ts';
it('bench', async () => {
  const kafka = testKafka(); const topic = plainTopic(12); await ensureTopics(kafka, [topic]);
  const p = new EventPublisher(kafka);
  const data = Buffer.from(JSON.stringify({ text: 'x'.repeat(900) }));
  const c = { type: EVENTS.webhookReceived.type, topic };
  for (const conc of [1, 64, 512]) {
    const N = conc === 1 ? 2000 : 40000; let i = 0; const lat: number[] = [];
    const b = performance.now();
    await Promise.all(Array.from({ length: conc }, async () => { while (i < N) { const n = i++; const s = performance.now(); await p.publish([{ contract: c, event: webhookEvent(String(n), `k${n % 1000}`, data) }]); lat.push(performance.now() - s); } }));
    lat.sort((a, b) => a - b);
    console.log('RES conc', conc, Math.round(N / (performance.now() - b) * 1000), '/s p50', lat[N >> 1]!.toFixed(2), 'p99', lat[Math.floor(N * .99)]!.toFixed(2));
  }
  await p.close();
  const b = performance.now(); let n = 0;
  for (let q = 0; q < 12; q++) n += (await readPartition(kafka, topic, q, { visit: () => undefined })).records;
  console.log('RES read', n, Math.round(n / (performance.now() - b) * 1000), '/s');
}, 120000);
