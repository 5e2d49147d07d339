-- SPDX-License-Identifier: Apache-2.0
-- Uploaded files. A row is there before the first byte is on the volume, so that whatever lies there
-- has a row to be found by; width is set when the file is whole.
CREATE TABLE media (
    id          uuid PRIMARY KEY,     -- keyed hash of uploader and content
    uploader    text NOT NULL,        -- "person …" or "key …"
    uploaded_at timestamptz NOT NULL, -- the last time
    width       integer,
    height      integer,
    bytes       integer
);
