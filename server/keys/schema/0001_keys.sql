-- API keys: what was handed out, and the hash that proves it.
CREATE TABLE api_key (
	id TEXT PRIMARY KEY,
	hash BLOB NOT NULL,
	scope TEXT NOT NULL,
	merchant BLOB,
	terminal TEXT NOT NULL,
	created_ms INTEGER NOT NULL,
	revoked_ms INTEGER NOT NULL
) STRICT
-- [postgres]
CREATE TABLE api_key (
	id text PRIMARY KEY,
	hash bytea NOT NULL,
	scope text NOT NULL,
	merchant bytea,
	terminal text NOT NULL,
	created_ms bigint NOT NULL,
	revoked_ms bigint NOT NULL
)
