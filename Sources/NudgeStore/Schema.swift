import GRDB

/// The tables, as append-only migrations.
///
/// `schema.sql` beside the tests shows what they add up to.
enum Schema {
  /// The newest version that this program knows, kept in `PRAGMA user_version`.
  static let version = migrations.count

  /// Brings a database to the newest version, in one transaction.
  ///
  /// - Throws: ``Store/Failure`` for a database of a newer program.
  static func migrate(_ database: Database) throws {
    let found = try checkedVersion(of: database)
    guard found < version else { return }
    try database.inTransaction {
      for migration in migrations[found...] { try database.execute(sql: migration) }
      try database.execute(sql: "PRAGMA user_version = \(version)")
      return .commit
    }
  }

  /// The version of a database; writes nothing.
  ///
  /// - Throws: ``Store/Failure`` for a database of a newer program.
  @discardableResult
  static func checkedVersion(of database: Database) throws -> Int {
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard found <= version else { throw Store.Failure.newerSchema(found: found, known: version) }
    return found
  }

  /// Makes sure that a database can be read as it is; writes nothing.
  ///
  /// - Throws: ``Store/Failure`` for what is no database of nudged, or one of another schema.
  static func checkReadable(_ database: Database, at path: String) throws {
    let found = try checkedVersion(of: database)
    guard found > 0 else { throw Store.Failure.database("\(path) is no database of nudged") }
    guard found == version else {
      throw Store.Failure.olderSchema(found: found, known: version)
    }
  }

  /// Never changed once released; a change of the schema is a further element.
  private static let migrations = [
    """
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
    CREATE UNIQUE INDEX events_by_message_id ON events (message_id);

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
    );

    CREATE TABLE deployments (
      name TEXT PRIMARY KEY,
      at INTEGER NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE facts (
      key INTEGER PRIMARY KEY
    );

    CREATE TABLE acts (
      sequence INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      detail TEXT NOT NULL
    );

    CREATE TABLE subjects (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      subject TEXT NOT NULL,
      memory BLOB NOT NULL,
      due INTEGER NOT NULL,
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
    );
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
    );
    CREATE UNIQUE INDEX deliveries_by_id ON deliveries (id);
    CREATE INDEX deliveries_waiting ON deliveries (channel, due, sequence)
      WHERE state = 'pending';
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
    );
    """,
    """
    ALTER TABLE rule_sets ADD COLUMN context TEXT;
    ALTER TABLE logical_clock ADD COLUMN beat_at INTEGER;
    ALTER TABLE acts ADD COLUMN after_event INTEGER;
    CREATE TRIGGER acts_take_their_place AFTER INSERT ON acts BEGIN
      UPDATE acts SET after_event = (SELECT ifnull(max(sequence), 0) FROM events)
      WHERE sequence = NEW.sequence;
    END;
    """,
    """
    ALTER TABLE deployments ADD COLUMN origin TEXT;
    ALTER TABLE decisions ADD COLUMN intervention TEXT;
    ALTER TABLE facts ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE subjects ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;

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
    """,
    """
    CREATE INDEX decisions_by_recipient ON decisions (recipient) WHERE recipient IS NOT NULL;

    CREATE TABLE erasures (
      tombstone BLOB PRIMARY KEY,
      at INTEGER NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE erasure_key (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      key BLOB NOT NULL
    );
    """,
    """
    ALTER TABLE deliveries ADD COLUMN request TEXT;

    DROP INDEX deliveries_waiting;
    CREATE INDEX deliveries_waiting ON deliveries (channel, attempts > 0, due, sequence)
      WHERE state = 'pending';
    CREATE TABLE retention (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      events_begin_at INTEGER,
      decisions_begin_at INTEGER,
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
    """,
    """
    ALTER TABLE retention DROP COLUMN decisions_begin_at;

    CREATE TABLE message_ids (
      message_id TEXT PRIMARY KEY,
      event INTEGER NOT NULL
    ) WITHOUT ROWID;
    INSERT INTO message_ids SELECT message_id, sequence FROM events ORDER BY message_id;
    DROP INDEX events_by_message_id;

    CREATE TABLE message_index (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      through INTEGER NOT NULL
    );
    INSERT INTO message_index SELECT 1, ifnull(max(sequence), 0) FROM events;

    CREATE TRIGGER events_leave_the_index AFTER DELETE ON events BEGIN
      DELETE FROM message_ids WHERE message_id = OLD.message_id AND event = OLD.sequence;
    END;
    """,
  ]
}
