// SPDX-License-Identifier: Apache-2.0
// A storm: every ward reports at once, twenty times what is usual, for a minute; then it is calm again. What is
// accepted is stored, what is refused is refused quickly and told when to come back, and calm means calm.
const CALM_PER_SECOND = 500;
const STORM = 20;
const STORM_SECONDS = Number(process.env.BENCH_STORM_SECONDS ?? 60);
const CALM_SECONDS = 10;
const REFUSAL_BUDGET_MS = 50;
const RECOVERY_BUDGET_S = 10;
const NEAR = 1.5; // of the calm before: noise of single seconds

// Seconds until a second of calm is as it was; Infinity: not within the time that is looked at.
async function recovery(calm, before) {
  const start = Date.now();
  while (Date.now() - start < 3 * RECOVERY_BUDGET_S * 1000) {
    const now = await calm(1);
    if (now.refused + now.failed === 0 && now.p99_ms <= before.p99_ms * NEAR) return (Date.now() - start) / 1000;
  }
  return Infinity;
}

export async function measureStorm(cluster, { report }) {
  let accepted = await cluster.count('intake', 'submission');
  const file = async (options) => {
    const result = await cluster.load('file', options);
    accepted += result.runs - result.failed;
    return result;
  };
  const calm = (seconds) => file({ connections: 64, rate: CALM_PER_SECOND, seconds });
  const before = await calm(CALM_SECONDS);
  const storm = await file({ connections: 2000, rate: STORM * CALM_PER_SECOND, seconds: STORM_SECONDS });
  const seconds = await recovery(calm, before);
  const lost = accepted - await cluster.count('intake', 'submission');
  const name = `storm, ${STORM} × ${CALM_PER_SECOND}/s`;
  report.add({ name: `${name}: accepted`, unit: 'requests/s', runs: [storm.per_second],
    detail: `${storm.runs} accepted, p99 ${storm.p99_ms.toFixed(0)} ms; ${storm.refused} refused; ${storm.failed} failed` });
  report.add({ name: `${name}: lost`, unit: 'submissions', runs: [lost], budget: 0, less: true });
  report.add({ name: `${name}: refusal p99`, unit: 'ms', runs: [storm.refused_p99_ms],
    budget: REFUSAL_BUDGET_MS, less: true });
  report.add({ name: `${name}: calm again after`, unit: 's', runs: [seconds], budget: RECOVERY_BUDGET_S,
    less: true, detail: `p99 of the calm before: ${before.p99_ms.toFixed(1)} ms` });
  await cluster.settle();
}
