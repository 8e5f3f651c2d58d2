// Sends events over HTTP/1.1 keep-alive connections, as analytics SDKs do, and measures the answers.
//
// usage: load [--port 8627] [--connections 32] [--per-request 1] [--events 100000] [--users 10000]
//             [--key KEY] [--seed N]
//
// One event a request goes to /v1/track, more to /v1/batch. Each has its own messageId; the first event of a
// user is a sign-up. Prints one line of NAME=VALUE; exits 1 if any answer was not 200.

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { answerLimit = 65536, eventLimit = 512 };

struct Connection {
  int socket;
  char *request;
  size_t length, sent;
  char answer[answerLimit];
  size_t received;
  double start;
};

static struct {
  int port, connections, perRequest;
  long events;
  uint32_t users;
  const char *key;
  uint64_t seed;
} options = {8627, 32, 1, 100000, 10000, NULL, 0};

static uint64_t chance;
static bool *isKnown;
static char now[32], authorization[512];
static long requested, answered, failed;
static double *latencies;
static int poller;

static uint64_t next(void) {
  uint64_t mixed = chance += 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
  exit(74);
}

static long requests(void) { return (options.events + options.perRequest - 1) / options.perRequest; }

static void tellTime(void) {
  struct timespec time;
  struct tm parts;
  clock_gettime(CLOCK_REALTIME, &time);
  gmtime_r(&time.tv_sec, &parts);
  size_t length = strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%S", &parts);
  snprintf(now + length, sizeof now - length, ".%03ldZ", time.tv_nsec / 1000000);
}

// Basic authorization with the key as the user, as the Segment SDKs send it.
static void authorize(const char *key) {
  static const char digits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char text[256], *end = authorization;
  int length = snprintf(text, sizeof text - 3, "%s:", key);
  if (length > 250) length = 250;
  end += sprintf(end, "Authorization: Basic ");
  for (int i = 0; i < length; i += 3) {
    uint32_t group = (uint32_t)(uint8_t)text[i] << 16;
    if (i + 1 < length) group |= (uint32_t)(uint8_t)text[i + 1] << 8;
    if (i + 2 < length) group |= (uint32_t)(uint8_t)text[i + 2];
    *end++ = digits[group >> 18];
    *end++ = digits[group >> 12 & 63];
    *end++ = i + 1 < length ? digits[group >> 6 & 63] : '=';
    *end++ = i + 2 < length ? digits[group & 63] : '=';
  }
  strcpy(end, "\r\n");
}

static int writeEvent(char *out, size_t limit) {
  static const char *names[] = {"Task Completed",      "Logged In",       "Feature Used",
                                "Team Member Invited", "Project Created", "Comment Posted"};
  static const char *zones[] = {"America/New_York", "Europe/Berlin", "Asia/Kolkata", "Asia/Tokyo"};
  uint64_t high = next(), low = next();
  uint32_t user = (uint32_t)(low % options.users);
  const char *name = isKnown[user] ? names[high % 6] : "Signed Up";
  isKnown[user] = true;
  return snprintf(
      out, limit,
      "{\"type\":\"track\",\"messageId\":\"%08x-%04x-%04x-%04x-%012llx\",\"userId\":\"u%07u\","
      "\"event\":\"%s\",\"timestamp\":\"%s\",\"properties\":{\"task_id\":\"t%llu\",\"invitee\":"
      "\"i%llu\",\"timezone\":\"%s\",\"source\":\"organic\"},\"context\":{\"groupId\":\"a%07u\","
      "\"library\":{\"name\":\"analytics-python\",\"version\":\"2.3.4\"}}}",
      (unsigned)(high >> 32), (unsigned)(high >> 16) & 0xFFFF, (unsigned)high & 0xFFFF,
      (unsigned)(low >> 48), (unsigned long long)(low & 0xFFFFFFFFFFFFu), user, name, now,
      (unsigned long long)(high >> 40), (unsigned long long)(low >> 44), zones[user % 4], user / 3);
}

static void writeRequest(struct Connection *connection, int events) {
  static char *body;
  size_t limit = (size_t)options.perRequest * eventLimit + 256, length = 0;
  if (!body && !(body = malloc(limit))) fail("malloc");
  bool isBatch = options.perRequest > 1;
  if (isBatch) length += (size_t)sprintf(body, "{\"sentAt\":\"%s\",\"batch\":[", now);
  for (int i = 0; i < events; i++) {
    if (i > 0) body[length++] = ',';
    length += (size_t)writeEvent(body + length, limit - length);
  }
  if (isBatch) length += (size_t)sprintf(body + length, "]}");
  int head = sprintf(connection->request,
                     "POST /v1/%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: nudged-bench\r\n"
                     "Content-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n",
                     isBatch ? "batch" : "track", options.port, authorization, length);
  memcpy(connection->request + head, body, length);
  connection->length = (size_t)head + length;
  connection->sent = connection->received = 0;
}

static void watch(struct Connection *connection, uint32_t events, int operation) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  if (epoll_ctl(poller, operation, connection->socket, &event) < 0) fail("epoll_ctl");
}

static void sendMore(struct Connection *connection) {
  while (connection->sent < connection->length) {
    ssize_t sent = send(connection->socket, connection->request + connection->sent,
                        connection->length - connection->sent, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return watch(connection, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    if (sent < 0) fail("send");
    connection->sent += (size_t)sent;
  }
}

// Whether there was something left to ask.
static bool ask(struct Connection *connection) {
  long left = options.events - requested * options.perRequest;
  if (left <= 0) return false;
  if (requested % 64 == 0) tellTime();
  writeRequest(connection, left < options.perRequest ? (int)left : options.perRequest);
  requested++;
  connection->start = seconds();
  sendMore(connection);
  return true;
}

// The length of a complete answer at the front of the buffer, or 0.
static size_t answerLength(struct Connection *connection) {
  connection->answer[connection->received] = 0;
  char *end = strstr(connection->answer, "\r\n\r\n");
  if (!end) return 0;
  char *field = strcasestr(connection->answer, "\r\ncontent-length:");
  if (!field || field > end) {
    fprintf(stderr, "load: an answer without Content-Length:\n%s\n", connection->answer);
    exit(65);
  }
  size_t length = (size_t)(end + 4 - connection->answer) + strtoul(field + 17, NULL, 10);
  return connection->received >= length ? length : 0;
}

static void settle(struct Connection *connection) {
  latencies[answered++] = seconds() - connection->start;
  if (strncmp(connection->answer, "HTTP/1.1 200", 12) != 0) {
    if (failed++ == 0) fprintf(stderr, "load: first failure:\n%s\n", connection->answer);
  }
}

static void receive(struct Connection *connection) {
  ssize_t received = recv(connection->socket, connection->answer + connection->received,
                          answerLimit - 1 - connection->received, 0);
  if (received < 0 && errno == EAGAIN) return;
  if (received < 0) fail("recv");
  if (received == 0) {
    fprintf(stderr, "load: the server closed a connection\n");
    exit(74);
  }
  connection->received += (size_t)received;
  if (answerLength(connection) == 0) return;
  settle(connection);
  if (!ask(connection)) watch(connection, 0, EPOLL_CTL_MOD);
}

static void connectTo(struct Connection *connection) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)options.port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection->socket < 0) fail("socket");
  if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
  int yes = 1;
  setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  fcntl(connection->socket, F_SETFL, O_NONBLOCK);
  connection->request = malloc((size_t)options.perRequest * eventLimit + 2048);
  if (!connection->request) fail("malloc");
  watch(connection, EPOLLIN, EPOLL_CTL_ADD);
}

static int compare(const void *left, const void *right) {
  double difference = *(const double *)left - *(const double *)right;
  return difference < 0 ? -1 : difference > 0;
}

static double percentile(double share) {
  return latencies[(long)((double)(answered - 1) * share)] * 1000;
}

static void readOptions(int count, char **arguments) {
  static const struct option known[] = {
      {"port", required_argument, NULL, 'p'},        {"connections", required_argument, NULL, 'c'},
      {"per-request", required_argument, NULL, 'm'}, {"events", required_argument, NULL, 'e'},
      {"users", required_argument, NULL, 'u'},       {"key", required_argument, NULL, 'k'},
      {"seed", required_argument, NULL, 's'},        {NULL, 0, NULL, 0}};
  options.seed = (uint64_t)time(NULL) << 20 ^ (uint64_t)getpid();
  for (int option; (option = getopt_long(count, arguments, "", known, NULL)) != -1;) switch (option) {
      case 'p': options.port = atoi(optarg); break;
      case 'c': options.connections = atoi(optarg); break;
      case 'm': options.perRequest = atoi(optarg); break;
      case 'e': options.events = atol(optarg); break;
      case 'u': options.users = (uint32_t)atol(optarg); break;
      case 'k': options.key = optarg; break;
      case 's': options.seed = strtoull(optarg, NULL, 10); break;
      default: exit(64);
    }
  if (options.connections < 1 || options.perRequest < 1 || options.events < 1 || options.users < 1)
    exit(64);
}

int main(int count, char **arguments) {
  readOptions(count, arguments);
  chance = options.seed;
  if (options.key) authorize(options.key);
  isKnown = calloc(options.users, sizeof *isKnown);
  latencies = calloc((size_t)requests(), sizeof *latencies);
  struct Connection *connections = calloc((size_t)options.connections, sizeof *connections);
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (!isKnown || !latencies || !connections || poller < 0) fail("start");

  for (int i = 0; i < options.connections; i++) connectTo(&connections[i]);
  double start = seconds();
  for (int i = 0; i < options.connections; i++) ask(&connections[i]);
  while (answered < requested) {
    struct epoll_event events[256];
    int ready = epoll_wait(poller, events, 256, 30000);
    if (ready == 0) {
      fprintf(stderr, "load: no answer for 30 s\n");
      return 74;
    }
    for (int i = 0; i < ready; i++) {
      struct Connection *connection = events[i].data.ptr;
      if (events[i].events & EPOLLOUT) {
        watch(connection, EPOLLIN, EPOLL_CTL_MOD);
        sendMore(connection);
      }
      if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) receive(connection);
    }
  }
  double elapsed = seconds() - start;
  qsort(latencies, (size_t)answered, sizeof *latencies, compare);
  printf("requests_per_second=%.0f events_per_second=%.0f p50_ms=%.2f p99_ms=%.2f errors=%ld\n",
         (double)answered / elapsed, (double)options.events / elapsed, percentile(0.5),
         percentile(0.99), failed);
  return failed > 0;
}
