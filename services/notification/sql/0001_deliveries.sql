-- SPDX-License-Identifier: Apache-2.0
-- Who was told what over which channel, and how that went: the log, the line of mails to be sent,
-- and the messages in the app, in one table. A row is made once for an event, recipient and
-- channel, whatever is repeated.
CREATE TABLE delivery (
    id          uuid PRIMARY KEY,     -- also names the mail (Message-ID)
    event_id    uuid NOT NULL,
    case_id     uuid NOT NULL,
    recipient   text NOT NULL,        -- account or contact ref; never an address
    channel     text NOT NULL CHECK (channel IN ('email', 'inapp')),
    template    text NOT NULL,
    language    text NOT NULL,
    lane        smallint NOT NULL,    -- 0 residents, 1 officials: whose mail goes first
    notice      jsonb NOT NULL,       -- what the words are made from
    created_at  timestamptz NOT NULL,
    state       text NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'skipped')),
    attempts    integer NOT NULL,     -- that a mail server has answered, or should have
    claims      integer NOT NULL,     -- grows with each lease: fences the result of a former one
    reason      text,                 -- a code
    next_attempt_at timestamptz,      -- waiting: when it is due; sending: when the lease ends
    settled_at  timestamptz,
    seq         bigint,               -- of the message in its recipient's inbox
    read_at     timestamptz,
    UNIQUE (event_id, recipient, channel),
    CHECK ((state IN ('waiting', 'sending')) = (next_attempt_at IS NOT NULL)),
    CHECK ((channel = 'inapp') = (seq IS NOT NULL))
);
CREATE INDEX delivery_due ON delivery (lane, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX delivery_open ON delivery (recipient) WHERE next_attempt_at IS NOT NULL;
CREATE UNIQUE INDEX delivery_message ON delivery (recipient, seq) WHERE seq IS NOT NULL;
CREATE INDEX delivery_case ON delivery (case_id, id);

-- The last number given in each account's inbox. Who takes numbers holds the row until its commit,
-- so numbers appear in their order and a reader that has seen n has missed nothing below it.
CREATE TABLE inbox (
    account  text PRIMARY KEY,
    last_seq bigint NOT NULL
);
