// SPDX-License-Identifier: Apache-2.0
// make bench: measures the cluster beside the raw paths and prints both.
//
//   bench.mjs [ROWS]       ROWS: ceilings,intake,lifecycle,desk,mail,cluster,storm,memory,drain,replay,figures,stored
//
// It judges no figure: it fails only when something went wrong.
import { Ceilings } from './ceilings.mjs';
import { AnalyticsCluster, Cluster } from './cluster.mjs';
import { measureDesk } from './desk.mjs';
import { measureDrain, measureReplay } from './drain.mjs';
import { measureFigures } from './figures.mjs';
import { measureFilingInCluster, measureIntakeAlone } from './filing.mjs';
import { measureLifecycle } from './lifecycle.mjs';
import { measureMail } from './mail.mjs';
import { measureMemory } from './memory.mjs';
import { Report } from './report.mjs';
import { measureStorm } from './storm.mjs';
import { measureStored } from './stored.mjs';

const STORED = Number(process.env.BENCH_STORED ?? 0);

// Each group begins on an empty cluster; its rows run in this order. Only those of figures need no more than analytics.
const GROUPS = [
  {
    ceilings: (cluster, { ceilings, report }) => ceilings.report(report),
    intake: measureIntakeAlone,
  },
  {
    lifecycle: measureLifecycle,
    desk: measureDesk,
    mail: measureMail,
    cluster: measureFilingInCluster,
    storm: measureStorm,
    memory: measureMemory,
  },
  { drain: measureDrain, replay: measureReplay },
  { figures: measureFigures },
  { stored: (cluster, bench) => measureStored(cluster, bench, STORED || 1000000) },
];

const clusterOf = (group) => ('figures' in group ? new AnalyticsCluster() : new Cluster(() => {}));

const NAMES = GROUPS.flatMap((group) => Object.keys(group));

function chosenRows() {
  const wanted = process.argv[2]?.split(',').filter((name) => name !== '');
  if (!wanted?.length) return NAMES.filter((name) => name !== 'stored' || STORED > 0);
  const unknown = wanted.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) {
    console.error(`no such rows: ${unknown.join(', ')}; there are ${NAMES.join(', ')}`);
    process.exit(2);
  }
  return wanted;
}

let atHand = null; // the cluster that runs

async function measureGroup(cluster, rows, bench) {
  atHand = cluster;
  bench.ceilings.cluster = atHand;
  try {
    await atHand.start();
    for (const measure of rows) await measure(atHand, bench);
  } finally {
    await atHand.discard();
    atHand = null;
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await atHand?.discard();
    process.exit(130);
  });
}

const chosen = chosenRows();
const bench = { report: new Report(), ceilings: new Ceilings() };
for (const group of GROUPS) {
  const rows = Object.keys(group).filter((name) => chosen.includes(name)).map((name) => group[name]);
  if (rows.length === 0) continue;
  try {
    await measureGroup(clusterOf(group), rows, bench);
  } catch (error) {
    console.error(`failed: ${error.message}`);
    process.exitCode = 1;
  }
}
bench.report.write('build/bench.json');
