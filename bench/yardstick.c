// What the same rows cost in C: the yardstick for the writer of nudged.
//
// usage: yardstick FOLDER [EVENTS [BATCH [USERS]]]      (1000000 events, 100 a transaction, 100000 users)
//
// Each event is a row of the log (363 bytes) with its message id in a unique table, and the state of its
// subject; every fifth moves a timer, every fiftieth writes a delivery. WAL, synchronous=FULL, one
// transaction for each batch, checkpoints by the writer.

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { bodyLength = 363, stateLength = 48, payloadLength = 600, idLength = 36 };

static const char schema[] =
    "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "PRAGMA cache_size = -65536;"
    "CREATE TABLE event (seq INTEGER PRIMARY KEY, body BLOB NOT NULL);"
    "CREATE TABLE message (id TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE state (subject INTEGER PRIMARY KEY, facts BLOB NOT NULL);"
    "CREATE TABLE timer (due INTEGER, subject INTEGER, PRIMARY KEY (due, subject)) WITHOUT ROWID;"
    "CREATE TABLE delivery (id INTEGER PRIMARY KEY, due INTEGER NOT NULL, payload BLOB NOT NULL);";

static sqlite3 *database;
static uint64_t chance = 42;

// SplitMix64.
static uint64_t next(void) {
  uint64_t mixed = chance += 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

static void check(int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  fprintf(stderr, "yardstick: %s\n", sqlite3_errmsg(database));
  exit(74);
}

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  check(sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
  return statement;
}

static void run(sqlite3_stmt *statement) {
  check(sqlite3_step(statement));
  check(sqlite3_reset(statement));
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double processorSeconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void makeId(char id[idLength + 1]) {
  uint64_t high = next(), low = next();
  snprintf(id, idLength + 1, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(high >> 32),
           (unsigned)(high >> 16) & 0xFFFF, (unsigned)high & 0xFFFF, (unsigned)(low >> 48),
           (unsigned long long)(low & 0xFFFFFFFFFFFFu));
}

static void writeAll(long events, long batch, int64_t users) {
  sqlite3_stmt *begin = prepare("BEGIN IMMEDIATE"), *commit = prepare("COMMIT");
  sqlite3_stmt *event = prepare("INSERT INTO event VALUES (?1, ?2)");
  sqlite3_stmt *message = prepare("INSERT INTO message VALUES (?1, ?2) ON CONFLICT DO NOTHING");
  sqlite3_stmt *state = prepare(
      "INSERT INTO state VALUES (?1, ?2) ON CONFLICT (subject) DO UPDATE SET facts = excluded.facts");
  sqlite3_stmt *unplan = prepare("DELETE FROM timer WHERE due = ?1 AND subject = ?2");
  sqlite3_stmt *plan = prepare("INSERT OR IGNORE INTO timer VALUES (?1, ?2)");
  sqlite3_stmt *delivery = prepare("INSERT INTO delivery VALUES (?1, ?2, ?3)");
  int64_t *due = calloc((size_t)users, sizeof *due);
  char body[bodyLength], facts[stateLength], payload[payloadLength], id[idLength + 1];
  memset(body, 'b', sizeof body);
  memset(facts, 's', sizeof facts);
  memset(payload, 'p', sizeof payload);

  for (long row = 0; row < events; row++) {
    if (row % batch == 0) run(begin);
    int64_t subject = (int64_t)(next() % (uint64_t)users);
    makeId(id);
    memcpy(body, id, idLength);
    sqlite3_bind_text(message, 1, id, idLength, SQLITE_STATIC);
    sqlite3_bind_int64(message, 2, row + 1);
    run(message);
    sqlite3_bind_int64(event, 1, row + 1);
    sqlite3_bind_blob(event, 2, body, sizeof body, SQLITE_STATIC);
    run(event);
    memcpy(facts, &row, sizeof row);
    sqlite3_bind_int64(state, 1, subject);
    sqlite3_bind_blob(state, 2, facts, sizeof facts, SQLITE_STATIC);
    run(state);
    if (row % 5 == 0) {
      sqlite3_bind_int64(unplan, 1, due[subject]);
      sqlite3_bind_int64(unplan, 2, subject);
      run(unplan);
      due[subject] = 1700000000000 + row + (int64_t)(next() % 604800000u);
      sqlite3_bind_int64(plan, 1, due[subject]);
      sqlite3_bind_int64(plan, 2, subject);
      run(plan);
    }
    if (row % 50 == 0) {
      sqlite3_bind_int64(delivery, 1, row + 1);
      sqlite3_bind_int64(delivery, 2, 1700000000000 + row);
      sqlite3_bind_blob(delivery, 3, payload, sizeof payload, SQLITE_STATIC);
      run(delivery);
    }
    if (row % batch == batch - 1 || row == events - 1) run(commit);
  }
  free(due);
}

int main(int count, char **arguments) {
  if (count < 2) {
    fprintf(stderr, "usage: yardstick FOLDER [EVENTS [BATCH [USERS]]]\n");
    return 64;
  }
  long events = count > 2 ? atol(arguments[2]) : 1000000;
  long batch = count > 3 ? atol(arguments[3]) : 100;
  int64_t users = count > 4 ? atoll(arguments[4]) : 100000;
  if (events < 1 || batch < 1 || users < 1) return 64;
  char path[4096];
  snprintf(path, sizeof path, "%s/yardstick.db", arguments[1]);
  check(sqlite3_open(path, &database));
  check(sqlite3_exec(database, schema, NULL, NULL, NULL));

  double start = seconds(), processorStart = processorSeconds();
  writeAll(events, batch, users);
  double elapsed = seconds() - start, processor = processorSeconds() - processorStart;
  printf("events_per_second=%.0f cpu_us_per_event=%.2f\n", (double)events / elapsed,
         processor * 1e6 / (double)events);
  return 0;
}
