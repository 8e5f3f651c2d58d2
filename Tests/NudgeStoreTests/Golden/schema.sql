PRAGMA user_version = 6;

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY,
  message_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  user_id TEXT,
  anonymous_id TEXT,
  group_id TEXT,
  previous_id TEXT,
  name TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  arrived_at INTEGER NOT NULL,
  properties TEXT NOT NULL,
  traits TEXT NOT NULL,
  traits_once TEXT NOT NULL,
  context TEXT NOT NULL
);

CREATE TABLE rejected (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  message BLOB NOT NULL
);

CREATE TABLE rule_sets (
  sequence INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  deployed_at INTEGER NOT NULL,
  git_commit TEXT,
  source TEXT NOT NULL
, context TEXT);

CREATE TABLE deployments (
  name TEXT PRIMARY KEY,
  at INTEGER NOT NULL
, origin TEXT) WITHOUT ROWID;

CREATE TABLE facts (
  key INTEGER PRIMARY KEY
, epoch INTEGER NOT NULL DEFAULT 0);

CREATE TABLE acts (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL
, after_event INTEGER);

CREATE TABLE subjects (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  memory BLOB NOT NULL,
  due INTEGER NOT NULL, epoch INTEGER NOT NULL DEFAULT 0,
  UNIQUE (kind, subject)
);

CREATE TABLE timers (
  due INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  PRIMARY KEY (due, subject)
) WITHOUT ROWID;

CREATE TABLE enrolments (
  subject INTEGER NOT NULL,
  campaign TEXT NOT NULL,
  number INTEGER NOT NULL,
  entered_at INTEGER NOT NULL,
  ended_at INTEGER,
  ending TEXT,
  PRIMARY KEY (subject, campaign, number)
) WITHOUT ROWID;

CREATE TABLE decisions (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  campaign TEXT NOT NULL,
  step TEXT NOT NULL,
  enrolment INTEGER NOT NULL,
  occurrence INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT NOT NULL,
  nominal_at INTEGER NOT NULL,
  channel TEXT,
  recipient TEXT,
  variant TEXT,
  cause TEXT,
  rule_set TEXT NOT NULL
, intervention TEXT);

CREATE UNIQUE INDEX decisions_by_id ON decisions (id);

CREATE INDEX decisions_by_subject ON decisions (subject, sequence);

CREATE TABLE deliveries (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  channel TEXT NOT NULL,
  payload TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  due INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  crashes INTEGER NOT NULL,
  last_answer TEXT,
  segment INTEGER,
  position INTEGER
, request TEXT);

CREATE UNIQUE INDEX deliveries_by_id ON deliveries (id);

CREATE INDEX deliveries_in_flight ON deliveries (channel) WHERE state = 'in-flight';

CREATE INDEX deliveries_dead ON deliveries (channel, sequence) WHERE state = 'dead';

CREATE TABLE file_outboxes (
  channel TEXT PRIMARY KEY,
  segment INTEGER NOT NULL,
  planned INTEGER NOT NULL,
  flushed INTEGER NOT NULL,
  tail_digest BLOB NOT NULL,
  opened_at INTEGER,
  displaced_segment INTEGER,
  displaced_length INTEGER,
  displaced_digest BLOB
) WITHOUT ROWID;

CREATE TABLE disabled_channels (
  channel TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  answer TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE ingested_files (
  digest TEXT PRIMARY KEY,
  path TEXT NOT NULL,
  lines INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE logical_clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  now INTEGER NOT NULL
, beat_at INTEGER);

CREATE TRIGGER acts_take_their_place AFTER INSERT ON acts BEGIN
  UPDATE acts SET after_event = (SELECT ifnull(max(sequence), 0) FROM events)
  WHERE sequence = NEW.sequence;
END;

CREATE TABLE fillings (
  epoch INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  cursor INTEGER NOT NULL
);

CREATE TABLE filled (
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  memory BLOB NOT NULL,
  PRIMARY KEY (kind, subject, epoch)
) WITHOUT ROWID;

CREATE TABLE gathering (
  instant INTEGER NOT NULL,
  id TEXT NOT NULL,
  decision TEXT NOT NULL,
  channel TEXT NOT NULL,
  subject TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  payload TEXT NOT NULL,
  PRIMARY KEY (instant, id, decision)
) WITHOUT ROWID;

CREATE INDEX decisions_by_recipient ON decisions (recipient) WHERE recipient IS NOT NULL;

CREATE TABLE erasures (
  tombstone BLOB PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE erasure_key (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  key BLOB NOT NULL
);

CREATE INDEX deliveries_waiting ON deliveries (channel, attempts > 0, due, sequence)
  WHERE state = 'pending';

CREATE TABLE retention (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  events_begin_at INTEGER,
  last_subject INTEGER
);

CREATE TABLE zone_data (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version TEXT NOT NULL
);

CREATE INDEX decisions_by_intervention ON decisions (intervention)
  WHERE intervention IS NOT NULL;

CREATE TABLE written_lines (
  id TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE message_ids (
  message_id TEXT PRIMARY KEY,
  event INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE message_index (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  through INTEGER NOT NULL
);

CREATE TRIGGER events_leave_the_index AFTER DELETE ON events BEGIN
  DELETE FROM message_ids WHERE message_id = OLD.message_id AND event = OLD.sequence;
END;
