// SPDX-License-Identifier: Apache-2.0
// Ten thousand overdue cases, planted at once before two processes: the oldest are always first, none
// is forgotten, none told twice, and all is done within a minute.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Desk, submission, submitted } from './desk.mjs';

const CASES = 10000;
const IN_FLIGHT = 2 * 500; // each process takes 500 at a time
const desk = new Desk();
const OTHER = { instance: 'routing-1', port: desk.stack.ports.routing + 7 };
const query = async (sql, ...values) => (await desk.db.query(sql, values)).rows;

before(async () => {
  await desk.start();
  await desk.stack.startService('routing', OTHER);
});
after(() => desk.stop());

// Due a minute apart, in an order that is not that of filing; some are nobody's.
async function plant() {
  await query(`CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.next_timer := 'infinity'; RETURN NEW; END $$`);
  await query('CREATE TRIGGER hold BEFORE INSERT ON case_current FOR EACH ROW EXECUTE FUNCTION hold()');
  const start = Date.now() - 60 * 86400000;
  for (let i = 0; i < CASES; i += 200) {
    const messages = Array.from({ length: 200 }, (_, j) => {
      const due = start + ((i + j) * 7919 % CASES) * 60000;
      return submitted(submission({ submitted_at: new Date(due - 86400000).toISOString(),
        receive_by: new Date(due).toISOString() }));
    });
    await desk.producer.send({ messages });
  }
  const deadline = Date.now() + 60000;
  while ((await query('SELECT count(*)::int AS n FROM case_current'))[0].n < CASES) {
    assert.ok(Date.now() < deadline, 'the cases are opened');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await query('DROP TRIGGER hold ON case_current');
}

test('the oldest come first, each step once, all within a minute', async () => {
  await plant();
  const started = Date.now();
  await query('UPDATE case_current SET next_timer = due_at');
  const done = async () => (await query(
    "SELECT count(*)::int AS n FROM case_history WHERE action = 'escalate'"))[0].n;
  while ((await done()) < 3 * CASES && Date.now() < started + 90000) {
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const seconds = (Date.now() - started) / 1000;
  assert.equal(await done(), 3 * CASES);
  assert.ok(seconds < 60, `took ${seconds} s`);

  const order = await query(`
    SELECT row_number() OVER (ORDER BY h.at, c.due_at) AS told,
           row_number() OVER (ORDER BY c.due_at) AS due
    FROM case_current c JOIN case_history h ON h.case_id = c.case_id AND h.version = 2
    WHERE h.action = 'escalate'`);
  assert.equal(order.length, CASES);
  const late = order.map(({ told, due }) => Number(told) - Number(due));
  assert.ok(Math.max(...late) <= IN_FLIGHT, `one came ${Math.max(...late)} places late`);
  const steps = await query(`SELECT case_id, count(*)::int AS n FROM case_history
    WHERE action = 'escalate' GROUP BY case_id HAVING count(*) <> 3`);
  assert.deepEqual(steps, []);
  console.log(`${CASES} cases, 3 steps each: ${seconds.toFixed(1)} s`);
});
