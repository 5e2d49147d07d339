-- SPDX-License-Identifier: Apache-2.0
-- What notification keeps of city.reference.v1: names to write, and which officials to tell where.
CREATE TABLE unit (
    code    text PRIMARY KEY,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    type    text NOT NULL,
    parent  text
);

CREATE TABLE category_name (
    code    text PRIMARY KEY,
    name_vi text NOT NULL,
    name_en text NOT NULL
);

CREATE TABLE focal_point (
    unit       text NOT NULL,
    field      text NOT NULL,   -- a category, or * for all
    account    text NOT NULL,
    name       text NOT NULL,
    email      text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to   timestamptz,
    PRIMARY KEY (unit, field, account)
);

-- Grows with each change of the three tables; every replica polls it.
CREATE TABLE reference_change (changes bigint NOT NULL);
INSERT INTO reference_change VALUES (0);
