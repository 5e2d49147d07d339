-- SPDX-License-Identifier: Apache-2.0
-- Routing can be explained, tried out and changed while the city works: rules know the process and
-- whom to ask first, a newer version takes over by itself, boundaries know their box, and what the
-- city office must dispatch has a queue of its own.
ALTER TABLE route_rule
    ADD COLUMN process     text NOT NULL DEFAULT '*', -- '*': all
    ADD COLUMN focal_point text,                      -- an account at the lead, asked first
    -- Since when it was known here: who explains an older case must not see it.
    ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT '-infinity';
ALTER TABLE route_rule ALTER COLUMN recorded_at SET DEFAULT now();

-- Two versions of a rule never hold at once, and one that has been replaced does not come back.
CREATE FUNCTION route_rule_supersede() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE route_rule SET valid_to = NEW.valid_from - 1
    WHERE code = NEW.code AND version < NEW.version
      AND (valid_to IS NULL OR valid_to >= NEW.valid_from);
    RETURN NULL;
END $$;
CREATE TRIGGER supersede AFTER INSERT ON route_rule
    FOR EACH ROW EXECUTE FUNCTION route_rule_supersede();

-- In degrees, so that the few boundaries around a point can be read without the others.
ALTER TABLE boundary
    ADD COLUMN west  float8,
    ADD COLUMN south float8,
    ADD COLUMN east  float8,
    ADD COLUMN north float8;

-- By when the city office must say whose it is: near a border, unroutable, disputed. NULL: nothing
-- to say; without a deadline rule the instant of opening, so that nothing is lost from sight.
ALTER TABLE case_current ADD COLUMN dispatch_at timestamptz;
CREATE INDEX case_current_dispatch ON case_current (dispatch_at, case_id)
    WHERE dispatch_at IS NOT NULL;
