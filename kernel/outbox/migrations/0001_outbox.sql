-- Who wants to be told: an address that only the office's key opens, a language, an area. Whoever leaves is taken out.
CREATE TABLE subscriber (
	id TEXT NOT NULL PRIMARY KEY,
	channel TEXT NOT NULL,
	state TEXT NOT NULL,
	lang TEXT NOT NULL,
	area TEXT NOT NULL,
	sealed TEXT NOT NULL,
	who TEXT NOT NULL,
	door TEXT NOT NULL,
	asked BIGINT NOT NULL,
	asked_at BIGINT NOT NULL,
	since BIGINT NOT NULL,
	bounced BIGINT NOT NULL
);
CREATE UNIQUE INDEX subscriber_who ON subscriber (who);
CREATE UNIQUE INDEX subscriber_door ON subscriber (door);
CREATE INDEX subscriber_active ON subscriber (channel, id) WHERE state = 'active';
CREATE INDEX subscriber_asked ON subscriber (asked_at) WHERE state = 'asked';

-- How often something was asked for lately, by a digest that names nobody.
CREATE TABLE subscriber_try (
	target TEXT NOT NULL PRIMARY KEY,
	tries BIGINT NOT NULL,
	since BIGINT NOT NULL
);

-- The key of the list, wrapped with the office's.
CREATE TABLE subscriber_key (
	name TEXT NOT NULL PRIMARY KEY,
	wrapped TEXT NOT NULL,
	secret TEXT NOT NULL
);

-- What is to be told over one channel: one line for each subject and channel.
CREATE TABLE dispatch (
	id TEXT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	chain TEXT NOT NULL,
	channel TEXT NOT NULL,
	state TEXT NOT NULL,
	urgent BIGINT NOT NULL,
	terms TEXT NOT NULL,
	reached TEXT NOT NULL,
	expires BIGINT NOT NULL,
	made_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	not_before BIGINT NOT NULL,
	holder TEXT NOT NULL,
	lease_until BIGINT NOT NULL,
	fails BIGINT NOT NULL,
	trouble TEXT NOT NULL,
	trouble_at BIGINT NOT NULL
);
CREATE INDEX dispatch_open ON dispatch (channel, made_at) WHERE state IN ('spreading', 'open', 'replacing', 'standing');
CREATE INDEX dispatch_subject ON dispatch (subject);
CREATE INDEX dispatch_chain ON dispatch (chain);

-- One message to one target; dispatch and target are its key.
-- sqlite
CREATE TABLE outbox (
	dispatch TEXT NOT NULL,
	target TEXT NOT NULL,
	lang TEXT NOT NULL,
	state TEXT NOT NULL,
	why TEXT NOT NULL,
	answer TEXT NOT NULL,
	attempt BIGINT NOT NULL,
	next_at BIGINT NOT NULL,
	done_at BIGINT NOT NULL,
	units BIGINT NOT NULL,
	PRIMARY KEY (dispatch, target)
) WITHOUT ROWID;
-- postgres
CREATE TABLE outbox (
	dispatch TEXT NOT NULL,
	target TEXT NOT NULL,
	lang TEXT NOT NULL,
	state TEXT NOT NULL,
	why TEXT NOT NULL,
	answer TEXT NOT NULL,
	attempt BIGINT NOT NULL,
	next_at BIGINT NOT NULL,
	done_at BIGINT NOT NULL,
	units BIGINT NOT NULL,
	PRIMARY KEY (dispatch, target)
);
-- both
CREATE INDEX outbox_due ON outbox (dispatch, next_at, target) WHERE state = 'waiting';
