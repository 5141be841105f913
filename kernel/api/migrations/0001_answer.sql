-- Answers kept for a while under the key a client gave, so that a request sent twice is done once.
CREATE TABLE api_answer (
	who TEXT NOT NULL,
	key TEXT NOT NULL,
	asked TEXT NOT NULL,
	body TEXT NOT NULL,
	vid TEXT NOT NULL,
	place TEXT NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (who, key)
);
CREATE INDEX api_answer_expires ON api_answer (expires_at);
