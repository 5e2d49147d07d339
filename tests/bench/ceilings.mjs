// SPDX-License-Identifier: Apache-2.0
// The raw paths, measured in the same run: PostgreSQL, the HTTP server and Kafka, each alone, with
// the same rows, requests and events. Measured when first asked for, on the cluster at hand.
import { Process, until } from '../../deploy/local/process.mjs';
import { inSeries, medians } from './report.mjs';

const RUNS = 3;
const SECONDS = 2;
const KAFKA_EVENTS = 100000;
const HTTP_PORT = 9799;

export class Ceilings {
  constructor() {
    this.cluster = null; // the one at hand
    this.known = new Map();
    this.topics = 0;
  }

  #once(key, measure) {
    if (!this.known.has(key)) this.known.set(key, measure());
    return this.known.get(key);
  }

  async #runs(measure) {
    const runs = [];
    for (let i = 0; i < RUNS; i++) runs.push(await measure());
    return { ...medians(runs), runs };
  }

  // batch rows a transaction, depth transactions under way.
  pg(batch, depth = 2) {
    return this.#once(`pg ${batch} ${depth}`, () => this.#runs(() => this.cluster.program('ceiling_pg', [
      this.cluster.stack.postgres.url('ceiling'), '--batch', batch, '--depth', depth,
      '--seconds', SECONDS])));
  }

  // Facts of analytics, batch of them a transaction, upserted one transaction after the other.
  facts(batch) {
    return this.#once(`facts ${batch}`, () => this.#runs(() => this.cluster.program('ceiling_pg', [
      this.cluster.stack.postgres.url('ceiling'), '--rows', 'facts', '--batch', batch, '--depth', 1,
      '--seconds', SECONDS])));
  }

  // What of a topic a bare client reads.
  reading(topic, events) {
    return this.#once(`reading ${topic}`, () => this.#runs(() => this.cluster.program('ceiling_kafka', [
      this.cluster.stack.kafka.brokers, topic, events, 'read'])));
  }

  http(connections) {
    return this.#once(`http ${connections}`, async () => {
      const { stack } = this.cluster;
      const server = new Process({ name: 'ceiling_http', command: 'build/release/bench/ceiling_http',
        args: [String(HTTP_PORT), stack.apiKeysFile], log: stack.logFile('ceiling_http') });
      try {
        await until('ceiling_http is ready', async () =>
          (await fetch(`http://127.0.0.1:${HTTP_PORT}/livez`)).ok, 5000, () => server.endedError());
        return await this.#runs(() => this.cluster.load('file', { port: HTTP_PORT, connections,
          seconds: SECONDS }));
      } finally {
        await server.stop();
      }
    });
  }

  // Rates of produce and consume, and the time of one hop.
  kafka() {
    return this.#once('kafka', () => this.#runs(() => this.cluster.program('ceiling_kafka', [
      this.cluster.stack.kafka.brokers, `bench.ceiling.${++this.topics}`, KAFKA_EVENTS])));
  }

  // ---- combined: what the parts could do one after the other on the same CPU ----

  // A closed loop of n connections fills two batches of half of them.
  async filing(connections) {
    const rows = await this.pg(Math.max(1, connections / 2), connections === 1 ? 1 : 2);
    return inSeries((await this.http(connections)).per_second, rows.per_second);
  }

  // Milliseconds of n commits, requests and hops over Kafka in sequence.
  async sequence({ commits, requests, hops }) {
    const [commit, request, hop] = [await this.pg(1, 1), await this.http(1), await this.kafka()];
    return commits * commit.p50_ms + requests * request.p50_ms + hops * hop.hop_p50_ms;
  }

  async report(report) {
    const add = (name, unit, measured, field) => report.add({ name, unit,
      runs: measured.runs.map((run) => run[field]) });
    add('ceiling: one durable commit', 'ms p50', await this.pg(1, 1), 'p50_ms');
    for (const batch of [32, 64, 500]) {
      add(`ceiling: PostgreSQL, batches of ${batch}`, 'rows/s', await this.pg(batch), 'per_second');
    }
    add('ceiling: HTTP server, 64 connections', 'requests/s', await this.http(64), 'per_second');
    add('ceiling: Kafka, produce', 'events/s', await this.kafka(), 'produced_per_second');
    add('ceiling: Kafka, consume', 'events/s', await this.kafka(), 'consumed_per_second');
    add('ceiling: Kafka, one hop', 'ms p50', await this.kafka(), 'hop_p50_ms');
  }
}
