-- SPDX-License-Identifier: Apache-2.0
-- Rules: what leads where, by when, and in whose working time.
CREATE TABLE category (
    code       text    NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    name_vi    text    NOT NULL,
    name_en    text    NOT NULL,
    group_vi   text    NOT NULL,
    group_en   text    NOT NULL,
    level      text    NOT NULL CHECK (level IN ('urgent', 'complex', 'normal')),
    keywords   jsonb   NOT NULL,
    sensitive  boolean NOT NULL,
    valid_from date    NOT NULL,
    valid_to   date,
    source     text    NOT NULL,
    PRIMARY KEY (code, version)
);

CREATE TABLE route_rule (
    code        text    NOT NULL,
    version     integer NOT NULL CHECK (version > 0),
    category    text    NOT NULL, -- '*': all
    level       text    NOT NULL CHECK (level IN ('*', 'urgent', 'complex', 'normal')),
    area        text    NOT NULL,
    lead        text    NOT NULL, -- a unit, or '@area'
    cooperating text[]  NOT NULL CHECK (cardinality(cooperating) <= 8),
    valid_from  date    NOT NULL,
    valid_to    date,
    source      text    NOT NULL,
    PRIMARY KEY (code, version)
);

CREATE TABLE deadline_rule (
    code       text    NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    clock      text    NOT NULL CHECK (clock IN ('receive', 'resolve')),
    level      text    NOT NULL CHECK (level IN ('*', 'urgent', 'complex', 'normal')),
    minutes    integer NOT NULL CHECK (minutes > 0), -- of working time
    valid_from date    NOT NULL,
    valid_to   date,
    source     text    NOT NULL,
    PRIMARY KEY (code, version)
);

-- When the timer speaks up: at a share of the running clock, then in steps after it has run out.
CREATE TABLE timer_rule (
    code          text    NOT NULL,
    version       integer NOT NULL CHECK (version > 0),
    step          integer NOT NULL CHECK (step BETWEEN 0 AND 3), -- 0: the reminder
    percent       integer CHECK (percent BETWEEN 1 AND 99),
    after_minutes integer CHECK (after_minutes >= 0),
    target        text,
    valid_from    date    NOT NULL,
    valid_to      date,
    source        text    NOT NULL,
    PRIMARY KEY (code, version),
    CHECK ((step = 0) = (percent IS NOT NULL) AND (step > 0) = (after_minutes IS NOT NULL))
);

CREATE TABLE calendar (
    code       text    NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    valid_from date    NOT NULL,
    valid_to   date,
    body       jsonb   NOT NULL, -- office hours, weekdays, dated exceptions: reference/calendar.json
    source     text    NOT NULL,
    PRIMARY KEY (code, version)
);
