-- SPDX-License-Identifier: Apache-2.0
-- Where unusually many reported the same within a window: noticed once, whichever replica sees it.
CREATE TABLE burst (
    from_at    timestamptz NOT NULL, -- of the window
    area       integer NOT NULL,     -- ten cells by ten (submission.cell): about 2.2 km
    category   text NOT NULL,
    id         uuid NOT NULL UNIQUE, -- of the event; rises, so lists page by it
    noticed_at timestamptz NOT NULL,
    noticed    integer NOT NULL,     -- reports by then
    reports    integer NOT NULL,     -- so far
    usual      double precision NOT NULL, -- in a window of the weeks before
    PRIMARY KEY (from_at, area, category)
);
