-- SPDX-License-Identifier: Apache-2.0
-- Who can act, and where. Dates are days in Hanoi; valid_to is the last day.
CREATE TABLE unit (
    code       text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date CHECK (valid_to >= valid_from),
    type       text NOT NULL,
    parent     text,
    name_vi    text NOT NULL,
    name_en    text NOT NULL,
    source     text NOT NULL,
    PRIMARY KEY (code, valid_from) -- codes are reused: 00004 was Truc Bach, now it is Ba Dinh
);

-- Former commune -> current unit, many to many.
CREATE TABLE unit_successor (
    former  text    NOT NULL,
    current text    NOT NULL,
    main    boolean NOT NULL, -- the one that took most of it
    PRIMARY KEY (former, current)
);

-- A set of boundaries replaces the one before as a whole: see reference_state.boundary_set.
CREATE TABLE boundary_set (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    approximate boolean     NOT NULL,
    source      text        NOT NULL,
    loaded_at   timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE boundary (
    boundary_set bigint NOT NULL REFERENCES boundary_set,
    unit         text   NOT NULL,
    wkb          bytea  NOT NULL,
    PRIMARY KEY (boundary_set, unit)
);

CREATE TABLE focal_point (
    unit       text NOT NULL,
    field      text NOT NULL, -- a category, or '*'
    account    text NOT NULL,
    name       text NOT NULL,
    email      text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    PRIMARY KEY (unit, field, account)
);
