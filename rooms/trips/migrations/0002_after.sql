ALTER TABLE triptask ADD COLUMN obligation TEXT NOT NULL DEFAULT '';
ALTER TABLE triptask ADD COLUMN exchange TEXT NOT NULL DEFAULT '';
CREATE INDEX triptask_obligation ON triptask (obligation) WHERE recorded_to IS NULL;
CREATE INDEX triptask_exchange ON triptask (exchange) WHERE recorded_to IS NULL;
ALTER TABLE trip ADD COLUMN taken_over BIGINT NOT NULL DEFAULT 0;
ALTER TABLE regime ADD COLUMN approver_unit TEXT NOT NULL DEFAULT '';
CREATE INDEX regime_approver_unit ON regime (approver_unit) WHERE recorded_to IS NULL;
