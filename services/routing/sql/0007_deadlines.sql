-- SPDX-License-Identifier: Apache-2.0
-- Deadlines of every duty in every process, in working time or around the clock.
ALTER TABLE deadline_rule
    ADD COLUMN process text NOT NULL DEFAULT '*', -- '*': all
    ADD COLUMN mode    text NOT NULL DEFAULT 'working' CHECK (mode IN ('working', 'always')),
    DROP CONSTRAINT deadline_rule_clock_check,
    ADD CONSTRAINT deadline_rule_clock_check CHECK
        (clock IN ('receive', 'resolve', 'dispatch', 'task', 'answer', 'review', 'appointment')),
    -- Who files is promised an instant before anybody knows the process; it is told in pieces of
    -- working time.
    ADD CONSTRAINT deadline_rule_promise_check CHECK
        (clock <> 'receive' OR (process = '*' AND mode = 'working'));
